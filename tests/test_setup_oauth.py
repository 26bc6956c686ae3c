"""OAuth2 from the first question to the daily tick: Dovecot and SMTP take XOAUTH2 only."""

import json
import re
import stat
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from authority import CLIENT, Authority, a_token
from click.testing import CliRunner, Result
from dovecot import Dovecot
from mails import a_letter
from newcomer import OAUTH, TRIAGE, Newcomer, Screen, arrived

from triage.cli import cli
from triage.config import Account, load
from triage.core.attempt import Outcome
from triage.edges import tokens
from triage.edges.clock import system_clock
from triage.edges.imap_line import LoginRejected
from triage.errors import ConfigError
from triage.jobs.servers import connect, lasting_of, password_of, postman


@pytest.fixture
def owner(tmp_path: Path, dovecot: Dovecot) -> Iterator[Newcomer]:
    with arrived(tmp_path, dovecot) as newcomer:
        newcomer.sink.password = "no password is taken here"
        yield newcomer


@pytest.fixture
def server(owner: Newcomer) -> Iterator[Authority]:
    with Authority(owner.address) as authority:
        owner.sink.tokens = authority.tokens
        owner.describe(OAUTH.format(url=authority.url, flow="device"), passwords=False)
        yield authority


def set_up(owner: Newcomer, *more: str) -> Result:
    told = ("--address", owner.address, "--client-id", CLIENT, "--yes", *more)
    return owner.run(*told)


def an_account(owner: Newcomer) -> Account:
    return load(owner.config).account[0]


def worn_out(owner: Newcomer) -> Path:
    """Let the access token have run out; return the file of the grant."""
    path = an_account(owner).token_file
    text = json.loads(path.read_text())
    text["expires_at"] = (system_clock() - timedelta(hours=1)).isoformat()
    path.write_text(json.dumps(text))
    return path


def test_a_code_typed_elsewhere_lets_the_program_read_and_send(owner, server):
    server.script = ["authorization_pending"]
    owner.receive(a_letter(subject="Заказ 12345678-0001 принят"))
    before = owner.dovecot.changes(owner.address)

    done = set_up(owner)

    assert done.exit_code == 0, done.output
    assert "ABCD-EFGH" in done.output
    assert f"{server.url}/enter" in done.output
    assert "1 из 1" in done.output
    account = an_account(owner)
    assert (account.auth, account.oauth_provider) == ("xoauth2", "example")
    assert not account.password_sources()
    assert load(owner.config).smtp.token_file == account.token_file
    assert stat.S_IMODE(account.token_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(account.token_file.parent.stat().st_mode) == 0o700
    assert len(owner.sink.taken) == 1
    assert owner.dovecot.changes(owner.address) == before
    assert not any(t in done.output for t in (*server.tokens, "refresh-1"))


def test_a_token_that_ran_out_is_renewed_by_the_tick(owner, server):
    set_up(owner)
    path = worn_out(owner)
    tomorrow = (system_clock() + timedelta(days=1)).isoformat()

    done = CliRunner(env=owner.environment).invoke(
        cli, ["--config", str(owner.config), "--now", tomorrow, "tick"]
    )

    assert done.exit_code == 0, done.output
    assert tokens.read(path).refresh == "refresh-2"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_withdrawn_consent_is_told_once_tried_never_and_mended_by_signing_in(
    owner, server
):
    set_up(owner)
    worn_out(owner)
    server.refresh = "refresh-9"
    server.asked.clear()

    for _ in range(3):
        with pytest.raises(ConfigError, match="triage setup --login"):
            password_of(an_account(owner))
    assert len(server.asked) == 1

    again = owner.run("--login", "--yes")
    assert again.exit_code == 0, again.output
    assert password_of(an_account(owner))


def test_a_token_that_dovecot_refuses_is_not_kept(owner, server):
    set_up(owner)
    path = an_account(owner).token_file
    text = json.loads(path.read_text())
    path.write_text(json.dumps({**text, "access_token": a_token("another@x.org")}))
    account = an_account(owner)
    mark = lasting_of(account, "")

    with pytest.raises(LoginRejected, match="OAuth2"):
        connect(account, password_of(account))
    connect(account, password_of(account)).close()

    assert lasting_of(account, "") == mark


def test_a_token_that_the_mail_server_refuses_is_not_kept(owner, server):
    set_up(owner)
    smtp, to = load(owner.config).smtp, owner.address
    server.tokens.clear()

    refused = postman(smtp, to, password_of(smtp)).check()
    taken = postman(smtp, to, password_of(smtp)).check()

    assert refused.outcome is Outcome.LOGIN_REJECTED
    assert taken.outcome is Outcome.ACCEPTED


def test_an_owner_who_says_no_leaves_nothing_behind(owner, server):
    server.script = ["access_denied"]

    done = set_up(owner)

    assert "отказали" in str(done.exception)
    assert owner.left() == []


@pytest.mark.parametrize("prompt", ["client_id", "введите код", "Во сколько"])
def test_cancelled_on_the_way_nothing_is_left(owner, server, prompt):
    server.script = ["authorization_pending"] * (100 * (prompt == "введите код"))
    words = [str(TRIAGE), *owner.words("--address", owner.address)]

    with Screen(words, owner.environment, owner.folder) as screen:
        if prompt != "client_id":
            screen.wait_for("client_id")
            screen.type(f"{CLIENT}\n")
        screen.wait_for(prompt)
        assert screen.interrupt() == 130, screen.text

    assert owner.left() == []


@pytest.mark.parametrize("where", ["on this machine", "on another one"])
def test_a_browser_is_sent_out_and_comes_back(owner, server, where):
    owner.describe(OAUTH.format(url=server.url, flow="browser"), passwords=False)
    told = ("--address", owner.address, "--client-id", CLIENT)
    words = [str(TRIAGE), *owner.words(*told, "--no-first-look", "--no-unit")]

    with Screen(words, owner.environment, owner.folder) as screen:
        screen.wait_for("разрешите доступ к почте:")
        shown = screen.wait_for("Браузер на этом же")
        page = "".join(re.search(r"http://\S+(?:\n\S+)*", shown)[0].split())
        fields = {k: v[0] for k, v in parse_qs(urlsplit(page).query).items()}
        server.challenge = fields["code_challenge"]
        back = f"{fields['redirect_uri']}?state={fields['state']}&code=code-1"
        screen.wait_for("Адрес")
        if where == "on this machine":
            screen.type("\n")  # too early
            screen.wait_for("ещё не вернулся")
            with urllib.request.urlopen(back, timeout=10) as answer:
                assert "вернитесь в терминал" in answer.read().decode()
            screen.type("\n")
        else:
            screen.type(f"{back}\n")
        screen.wait_for("Во сколько")
        screen.type("\n")
        screen.wait_for("Фамилия")
        screen.type("\n")
        assert screen.end() == 0, screen.text

    assert an_account(owner).auth == "xoauth2"
    assert len(owner.sink.taken) == 1
