"""Consents and tokens, against a scripted authorization server on a socket."""

import os
import re
import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, quote_plus, urlsplit

import pytest
from authority import CLIENT, Authority

from triage.core.grant import Client, Grant
from triage.core.provider import Authority as Known
from triage.core.provider import Flow
from triage.edges import oauth as line
from triage.edges import tokens
from triage.edges.redirect import Redirect
from triage.errors import ConfigError, Refused, Unavailable
from triage.jobs import oauth

START = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


class World:
    """A server, a clock that only waiting moves, and a file for the grant."""

    def __init__(self, server: Authority, folder: Path) -> None:
        self.server, self.path = server, folder / "token"
        self.now = START
        self.waited: list[float] = []
        self.shown: list[str] = []
        self.consent = self.by(Client(CLIENT))

    def by(self, client: Client, flow: Flow = Flow.DEVICE) -> oauth.Consent:
        url = self.server.url
        known = Known(
            id="example",
            flow=flow,
            token_url=f"{url}/token",
            device_url=f"{url}/device",
            authorize_url=f"{url}/authorize",
            scopes=("mail.read", "mail.send"),
            grant_type="urn:ietf:params:oauth:grant-type:device_code",
            code_field="device_code",
        )
        return oauth.Consent(known, client)

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += timedelta(seconds=seconds)

    def device(self) -> Grant:
        return oauth.by_device(
            self.consent,
            lambda device: self.shown.append(device.user_code),
            wait=self.wait,
            clock=lambda: self.now,
        )

    def access(self) -> str:
        return oauth.access(self.path, self.consent, self.now)

    def questions(self) -> list[dict[str, str]]:
        return [form for path, form in self.server.asked if path == "/token"]


@pytest.fixture
def world(tmp_path):
    with Authority("me@example.org") as server:
        yield World(server, tmp_path)


@pytest.fixture
def granted(world):
    tokens.write(world.path, world.device())
    world.server.asked.clear()
    return world


def test_a_code_is_shown_and_asked_about_until_the_owner_agreed(world):
    world.server.script = ["authorization_pending", "authorization_pending"]

    grant = world.device()

    assert world.shown == ["ABCD-EFGH"]
    assert world.waited == [1, 1, 1]
    assert grant.refresh == "refresh-1"
    assert grant.expires_at == world.now + HOUR
    assert world.questions()[0] == {
        "client_id": CLIENT,
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "device_code": "dev-1",
    }
    assert world.server.asked[0][1]["scope"] == "mail.read mail.send"


def test_a_server_that_is_asked_too_often_is_asked_less(world):
    world.server.script = ["slow_down", "authorization_pending", "slow_down"]

    world.device()

    assert world.waited == [1, 6, 6, 11]  # RFC 8628, 3.5: five seconds more each time


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("access_denied", "отказали"),
        ("expired_token", "устарел"),
        ("invalid_client", "client_id"),
        ("invalid_scope", "права"),
        ("something_new", "something_new"),
    ],
)
def test_a_refusal_is_said_in_words_and_asked_no_more(world, code, words):
    world.server.script = [code]

    with pytest.raises(Refused, match=words):
        world.device()

    assert len(world.questions()) == 1


def test_a_code_that_runs_out_ends_the_waiting(world):
    world.server.fields = {"interval": 5, "expires_in": 20}
    world.server.script = ["authorization_pending"] * 50

    with pytest.raises(Refused, match="устарел"):
        world.device()

    assert world.waited == [5, 5, 5, 5]


def test_a_token_is_used_until_shortly_before_its_end_and_then_renewed(granted):
    first = granted.access()
    granted.now += timedelta(minutes=50)
    assert granted.access() == first
    assert granted.questions() == []

    granted.now += timedelta(minutes=6)
    second = granted.access()

    assert second != first
    assert [q["grant_type"] for q in granted.questions()] == ["refresh_token"]


def test_a_refresh_token_that_changes_with_each_use_is_kept(granted):
    for _ in range(3):
        granted.now += HOUR
        granted.access()

    assert [q["refresh_token"] for q in granted.questions()] == [
        "refresh-1",
        "refresh-2",
        "refresh-3",
    ]
    assert tokens.read(granted.path).refresh == "refresh-4"
    assert tokens.read(granted.path).granted_at == START + timedelta(seconds=1)


def test_a_withdrawn_consent_is_asked_for_once_and_never_again(granted):
    granted.server.refresh = "refresh-9"
    granted.now += HOUR

    for _ in range(100):
        with pytest.raises(ConfigError, match="setup --login"):
            granted.access()
        granted.now += HOUR

    assert len(granted.questions()) == 1


def test_a_new_consent_ends_a_withdrawal(granted):
    granted.server.refresh = "refresh-9"
    granted.now += HOUR
    with pytest.raises(ConfigError):
        granted.access()

    tokens.write(granted.path, granted.device())

    assert granted.access()


@pytest.mark.parametrize(
    "trouble",
    [(503, {}), (429, {}), (400, {"error": "temporarily_unavailable"})],
)
def test_a_server_in_trouble_is_left_alone_for_longer_and_longer(granted, trouble):
    granted.server.script = [trouble] * 100
    granted.now += HOUR
    begun, asked = granted.now, []

    for _ in range(60):
        before = len(granted.questions())
        with pytest.raises(Unavailable):
            granted.access()
        if len(granted.questions()) > before:
            asked.append((granted.now - begun) // timedelta(minutes=1))
        granted.now += timedelta(minutes=1)

    assert asked == [0, 1, 3, 8, 18, 48]
    granted.server.script = []
    granted.now += timedelta(minutes=30)
    assert granted.access()
    assert tokens.read(granted.path).tries == 0


def test_a_token_the_mail_server_refused_is_not_shown_again(granted):
    first = granted.access()

    oauth.spend(granted.path)

    assert granted.access() != first


def test_the_file_is_its_owners_alone_and_replaced_whole(granted):
    granted.now += HOUR
    before = os.umask(0)
    try:
        granted.access()
    finally:
        os.umask(before)

    assert stat.S_IMODE(granted.path.stat().st_mode) == 0o600
    assert sorted(p.name for p in granted.path.parent.iterdir()) == [
        "token",
        "token.lock",
    ]
    granted.path.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        granted.access()


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"access_token": 5}'])
def test_a_file_that_is_no_grant_is_named(world, text):
    world.path.write_text(text)
    world.path.chmod(0o600)

    with pytest.raises(ConfigError, match="setup --login"):
        world.access()


def test_nothing_secret_stands_in_a_grants_words(granted):
    grant = tokens.read(granted.path)

    assert grant.access not in repr(grant)
    assert grant.refresh not in repr(grant)
    assert "hush" not in repr(Client("id", "hush"))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_of_the_token_server_is_not_followed(granted, status):
    granted.server.script = [(status, {})]
    granted.now += HOUR

    with pytest.raises(Unavailable, match=str(status)):
        granted.access()


@pytest.mark.parametrize(
    "url", ["http://example.org/token", "file:///etc/passwd", "ftp://127.0.0.1/x"]
)
def test_tokens_are_asked_for_over_tls_only(url):
    with pytest.raises(ConfigError, match="https"):
        line.ask(url, {})


def test_a_server_that_is_not_there_is_unavailable():
    with pytest.raises(Unavailable, match="отказано"):
        line.ask("http://127.0.0.1:9/token", {})


def test_an_answer_that_is_no_json_is_unavailable(world, monkeypatch):
    monkeypatch.setattr(line, "LONGEST", 3)  # half an object

    with pytest.raises(Unavailable, match="непонятен"):
        world.device()


class Browser:
    """The owner's browser at the provider's page."""

    def __init__(self, world: World) -> None:
        self.consent = world.by(Client(CLIENT), Flow.BROWSER)
        self.visit = oauth.new_visit("http://127.0.0.1:1/", "state-1")
        page = self.visit.page(self.consent.authority, self.consent.client, "me@x.org")
        self.asked = {k: v[0] for k, v in parse_qs(urlsplit(page).query).items()}
        world.server.challenge = self.asked["code_challenge"]
        self.world = world

    def back_at(self, address: str) -> Grant:
        return oauth.by_browser(
            self.consent, self.visit, address, lambda: self.world.now
        )


def test_a_browser_brings_back_a_code_that_only_this_visit_can_use(world):
    browser = Browser(world)

    grant = browser.back_at("http://127.0.0.1:1/?state=state-1&code=code-1")

    assert grant.refresh == "refresh-1"
    assert browser.asked["code_challenge_method"] == "S256"
    assert browser.asked["redirect_uri"] == "http://127.0.0.1:1/"
    assert browser.asked["login_hint"] == "me@x.org"
    other = Browser(world)
    world.server.challenge = "another"
    with pytest.raises(Refused, match="отозван"):
        other.back_at("/?state=state-1&code=code-1")


@pytest.mark.parametrize(
    "address",
    ["", "code-1", "/?code=code-1", "/?state=state-2&code=code-1", "/?state=state-1"],
)
def test_an_address_of_another_visit_is_not_taken(world, address):
    with pytest.raises(ValueError, match=r"visit|code"):
        Browser(world).back_at(address)

    assert world.questions() == []


def test_a_browser_that_brings_back_a_no_is_believed(world):
    with pytest.raises(Refused, match="отказали"):
        Browser(world).back_at("/?state=state-1&error=access_denied")


def test_the_loopback_page_knows_its_visitor():
    import urllib.error
    import urllib.request

    with Redirect("state-1", "спасибо") as redirect:
        for stranger in ("", "?state=other&code=1", "favicon.ico"):
            with pytest.raises(urllib.error.HTTPError) as error:
                urllib.request.urlopen(redirect.url + stranger, timeout=5)
            error.value.close()
        assert redirect.came() == ""
        with urllib.request.urlopen(
            f"{redirect.url}?state=state-1&code=c", timeout=5
        ) as page:
            assert page.read().decode() == "спасибо"
        assert redirect.came(1) == "/?state=state-1&code=c"


@pytest.mark.parametrize("key", ["error", "error_description"])
def test_what_a_server_repeats_of_a_question_is_told_to_nobody(granted, caplog, key):
    """Neither on the terminal, nor in the log, nor kept in the file of the grant."""
    world = granted
    world.now += 2 * HOUR
    secret = "s3cret+of/the=client"
    consent = world.by(Client(CLIENT, secret))
    refresh = tokens.read(world.path).refresh
    told = f"no: client_secret={secret}&{quote_plus(secret)} {refresh}\n\x1b[31mERROR"
    world.server.script = [(400, {"error": "new_code", key: told})]

    with pytest.raises((ConfigError, Unavailable)) as refused:
        oauth.access(world.path, consent, world.now)

    kept = tokens.read(world.path).refused
    for words in (str(refused.value), caplog.text, kept):
        assert not {secret, quote_plus(secret), refresh} & set(
            re.split(r"[ =&]", words)
        )
        assert secret not in words
        assert refresh not in words
        assert "\x1b" not in words
    assert "\n" not in kept


@pytest.mark.parametrize(
    ("code", "logged"),
    [
        ("invalid_grant", "invalid_grant"),
        ("server_error", "server_error"),
        ("12345678-0001", "another code"),
        ("anna-at-mail.example", "another code"),
    ],
)
def test_the_log_names_only_codes_that_are_known(granted, caplog, code, logged):
    world = granted
    world.now += 2 * HOUR
    world.server.script = [(400, {"error": code})]

    with pytest.raises((ConfigError, Unavailable)):
        oauth.access(world.path, world.by(Client(CLIENT)), world.now)

    assert f"grant not renewed: {logged}" in caplog.text
    assert code == logged or code not in caplog.text


@pytest.mark.parametrize("code", [{"a": 1}, 7, "x" * 500, "two words", "<html>"])
def test_a_refusal_that_is_none_of_the_norm_takes_no_consent_away(granted, code):
    """A gate of a hotel's network answers too (RFC 6749, 5.2 says what a code is)."""
    world = granted
    world.now += 2 * HOUR
    world.server.script = [(400, {"error": code})]

    with pytest.raises(Unavailable, match="повторим позже"):
        world.access()

    assert tokens.read(world.path).refused == ""


def test_a_server_of_another_certificate_is_named_with_what_to_look_at(
    sink_certificate,
):
    certificate, key = sink_certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = Authority("me@example.org", tls=context)
    with server, pytest.raises(Unavailable) as refused:
        line.ask(f"{server.url}/token", {"a": "b"})

    assert "сертификат сервера не подтверждён" in str(refused.value)
    assert "часы" in str(refused.value)
