"""What the directory of providers knows, and how their refusals are told apart."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.core.authserv import is_named, usual
from triage.core.provider import Endpoint, Flow, Trouble, elsewhere, endpoint
from triage.edges.providers import load
from triage.edges.unit import text_for
from triage.edges.zone import local_zone
from triage.errors import ConfigError

KNOWN = load()


@pytest.mark.parametrize(
    ("address", "provider"),
    [
        ("me@yandex.ru", "yandex"),
        ("me@ya.ru", "yandex"),
        ("me@mail.ru", "mailru"),
        ("me@bk.ru", "mailru"),
        ("me@list.ru", "mailru"),
        ("me@inbox.ru", "mailru"),
        ("Me@GMail.com", "gmail"),
        ("me@outlook.com", "outlook"),
        ("me@hotmail.com", "outlook"),
        ("me@live.com", "outlook"),
    ],
)
def test_a_provider_is_recognised_by_the_domain(address, provider):
    found = KNOWN.of(address)

    assert found is not None
    assert found.id == provider


@pytest.mark.parametrize(
    "address", ["me@yandex.ru.example", "me@notmail.ru", "me@example.org"]
)
def test_no_password_goes_to_a_provider_that_only_looks_right(address):
    assert KNOWN.of(address) is None


def test_every_provider_says_where_what_and_in_both_languages():
    for provider in KNOWN.providers:
        assert provider.imap.port == 993
        assert provider.imap.tls == "tls"
        assert provider.smtp.tls in ("tls", "starttls")
        assert provider.prepare["ru"]
        assert len(provider.prepare["ru"]) == len(provider.prepare["en"])
        assert provider.password_page.startswith("https://") or not provider.passwords


def test_every_trouble_has_its_advice_in_both_languages():
    for provider in KNOWN.providers:
        for trouble in Trouble:
            russian, english = KNOWN.advise(provider, trouble)
            assert russian
            assert english
            assert "{" not in russian + english


def test_token_servers_are_reached_over_tls_only():
    offers = {p.id: p.authority for p in KNOWN.providers if p.authority}

    assert set(offers) == {"yandex", "gmail", "outlook"}
    for each in offers.values():
        urls = (each.token_url, each.device_url, each.authorize_url)
        assert all(url.startswith("https://") for url in urls if url)
        assert each.register_page.startswith("https://")
    assert offers["gmail"].flow is Flow.BROWSER
    assert offers["yandex"].scopes == ("mail:imap_ro", "mail:smtp")
    assert "offline_access" in offers["outlook"].scopes


@pytest.mark.parametrize(
    ("provider", "words", "trouble"),
    [
        (
            "yandex",
            "[AUTHENTICATIONFAILED] LOGIN invalid credentials or IMAP is disabled sc=1",
            Trouble.IMAP_OFF,
        ),
        (
            "yandex",
            "535 5.7.8 Error: authentication failed: Invalid user or password!",
            Trouble.PASSWORD,
        ),
        (
            "yandex",
            (
                "535 5.7.8 Error: authentication failed: This user does not have access "
                "rights to this service"
            ),
            Trouble.SMTP_OFF,
        ),
        (
            "mailru",
            (
                "535 5.7.0 NEOBHODIM parol prilozheniya https://help.mail.ru/mail/security/"
                "protection/external / Application password is REQUIRED"
            ),
            Trouble.APP_PASSWORD,
        ),
        ("mailru", "[AUTHENTICATIONFAILED] Authentication failed", Trouble.PASSWORD),
        (
            "gmail",
            (
                "[ALERT] Application-specific password required: https://support.google.com"
                "/accounts/answer/185833 (Failure)"
            ),
            Trouble.APP_PASSWORD,
        ),
        (
            "gmail",
            "[AUTHENTICATIONFAILED] Invalid credentials (Failure)",
            Trouble.PASSWORD,
        ),
        (
            "gmail",
            (
                "[ALERT] Please log in via your web browser: https://support.google.com/mail"
                "/accounts/answer/78754 (Failure)"
            ),
            Trouble.BROWSER,
        ),
        ("gmail", "[ALERT] Too many simultaneous connections. (Failure)", Trouble.BUSY),
        (
            "outlook",
            "535 5.7.139 Authentication unsuccessful, basic authentication is disabled.",
            Trouble.NO_PASSWORDS,
        ),
        ("outlook", "BAD User is authenticated but not connected.", Trouble.IMAP_OFF),
        ("mailru", "454 4.7.0 Temporary authentication failure", Trouble.BUSY),
    ],
)
def test_the_words_of_a_refusal_are_told_apart(provider, words, trouble):
    assert KNOWN.diagnose(KNOWN.named(provider), words, Trouble.PASSWORD) is trouble


def test_an_own_directory_takes_the_place_of_the_built_in_one(tmp_path):
    (tmp_path / "providers.toml").write_text(
        '[[provider]]\nid = "mine"\ntitle = "Mine"\ndomains = ["example.org"]\n'
        'imap = { host = "i", port = 1, tls = "tls" }\n'
        'smtp = { host = "s", port = 2, tls = "tls" }\n'
    )

    assert [p.id for p in load(tmp_path).providers] == ["mine"]
    assert load(tmp_path / "nowhere").providers == KNOWN.providers


def test_faults_of_a_directory_come_all_at_once(tmp_path):
    (tmp_path / "providers.toml").write_text(
        '[[provider]]\nid = "x"\ntitel = "X"\nimap = { host = "i", tls = "off" }\n'
        '[[provider.trouble]]\nkind = "pasword"\nmatch = ["("]\n'
    )

    with pytest.raises(ConfigError) as error:
        load(tmp_path)

    text = str(error.value)
    for word in ("titel", "tls must be", "pasword", "not a regular expression"):
        assert word in text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("mx.example.org", Endpoint("mx.example.org", 993, "tls")),
        (" mx.example.org:143 ", Endpoint("mx.example.org", 143, "starttls")),
        ("mx.example.org:1993", Endpoint("mx.example.org", 1993, "tls")),
    ],
)
def test_a_server_is_read_with_or_without_a_port(text, found):
    assert endpoint(text, elsewhere("me@example.org").imap) == found


@pytest.mark.parametrize("text", ["", "a b", "host:x", "host:0", "host:70000"])
def test_what_is_no_server_is_refused(text):
    with pytest.raises(ValueError, match=text or "^$"):
        endpoint(text, elsewhere("me@example.org").imap)


@pytest.mark.parametrize(
    ("server", "ids", "counts"),
    [
        ("mx.example.org", {"mx.example.org"}, True),
        ("MX.example.org", {"mx.example.org"}, True),
        ("mail-60.iva.yp-c.yandex.net", {"*.yandex.net"}, True),
        ("yandex.net", {"*.yandex.net"}, False),
        ("evilyandex.net", {"*.yandex.net"}, False),
        ("yandex.net.evil.example", {"*.yandex.net"}, False),
        ("anything.example", {"*."}, False),
        ("anything.example", {"*"}, False),
        ("", {""}, False),
        ("mx.example.org", set(), False),
    ],
)
def test_a_name_counts_alone_or_for_the_machines_under_it(server, ids, counts):
    assert is_named(server, ids) is counts


@given(st.text("abc.*", max_size=12), st.text("abc", min_size=1, max_size=8))
def test_a_stranger_never_fits_a_name_under_another_domain(name, domain):
    assert not is_named(f"{name}.evil.example", {f"*.{domain}.net"})


@pytest.mark.parametrize(
    ("seen", "known", "found"),
    [
        ({"a.yandex.net": 1, "b.yandex.net": 1}, "*.yandex.net", "*.yandex.net"),
        ({"mx.example.org": 3, "other.example": 1}, "", "mx.example.org"),
        ({"spf=pass": 9}, "", ""),
        ({"relay.example": 2}, "mxs.mail.ru", "relay.example"),
        ({}, "mxs.mail.ru", ""),
        ({"": 29, "stranger.example": 1}, "", ""),
        ({"": 15, "stranger.example": 15}, "", ""),
        ({"": 9, "mx.example.org": 21}, "", "mx.example.org"),
        ({"": 29, "mxs.mail.ru": 1}, "mxs.mail.ru", "mxs.mail.ru"),
    ],
)
def test_the_server_that_vouches_is_found_in_the_newest_letters(seen, known, found):
    assert usual(Counter(seen), known) == found


@pytest.mark.parametrize(
    ("environ", "link", "text", "zone"),
    [
        ({"TZ": "Asia/Omsk"}, "", "", "Asia/Omsk"),
        ({"TZ": ":Asia/Omsk"}, "", "", "Asia/Omsk"),
        ({"TZ": "UTC"}, "Europe/Samara", "", "Europe/Samara"),
        ({}, "Asia/Yekaterinburg", "", "Asia/Yekaterinburg"),
        ({}, "Etc/UTC", "Europe/Moscow\n", "Europe/Moscow"),
        ({}, "", "Etc/UTC\n", ""),
        ({"TZ": "/etc/passwd"}, "", "", ""),
        ({"TZ": "MSK-3"}, "", "", ""),
        ({}, "", "", ""),
    ],
)
def test_the_zone_of_the_machine_is_found_where_it_has_one(
    tmp_path, environ, link, text, zone
):
    if link:
        (tmp_path / "localtime").symlink_to(f"/usr/share/zoneinfo/{link}")
    if text:
        (tmp_path / "timezone").write_text(text)

    assert local_zone(environ, tmp_path) == zone


def test_a_unit_calls_the_program_with_words_systemd_reads_back():
    unit = text_for(["/home/Anna S/bin/triage"], Path("/home/Anna S/100%/$x.toml"))

    (line,) = [each for each in unit.splitlines() if each.startswith("ExecStart=")]
    assert line == (
        'ExecStart="/home/Anna S/bin/triage" --config "/home/Anna S/100%%/$$x.toml" run'
    )
    assert "RestartPreventExitStatus=78 77" in unit


def test_the_unit_inside_the_program_is_the_one_beside_it():
    root = Path(__file__).parents[1]

    inside = root / "triage" / "edges" / "triage-user.service"
    assert inside.read_bytes() == (root / "systemd/triage-user.service").read_bytes()
