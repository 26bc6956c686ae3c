"""From the configuration to the owner's mail servers: passwords, logins, connections."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from triage.config import Account, Auth, Login, Smtp
from triage.core.attempt import Answer, Outcome
from triage.core.grant import Client
from triage.edges import credential, providers, tokens
from triage.edges.clock import system_clock
from triage.edges.imap_line import ImapServer, LoginRejected
from triage.edges.mailbox import ImapMailbox
from triage.edges.smtp import Postman, Server
from triage.errors import ConfigError
from triage.jobs import oauth
from triage.jobs.fetch import Mailbox

M = TypeVar("M")

Connect = Callable[[Account, str], AbstractContextManager[Mailbox]]
"""Opens the mailbox of an account with its password."""


def password_of(login: Login) -> str:
    """Return what opens a login: a password or an access token; "" where none is needed.

    Raises:
        ConfigError: it cannot be read, or the owner's consent does not hold any more.
        Unavailable: a new access token cannot be had now.
    """
    if not login.user:
        return ""
    if login.auth is Auth.XOAUTH2:
        # a token runs out in real time, whatever instant the owner pretends
        return oauth.access(token_file_of(login), consent_of(login), system_clock())
    return credential.password(
        file=login.password_file,
        command=login.password_command,
        credential=login.password_credential,
    )


def token_file_of(login: Login) -> Path:
    if login.token_file is None:
        raise ConfigError("token_file не указан")
    return login.token_file


def consent_of(login: Login) -> oauth.Consent:
    """Say where a login's tokens come from, and by which client.

    Raises:
        ConfigError: no such provider is known, or the client's secret cannot be read.
    """
    authority = providers.load(login.own_packs).authority(login.oauth_provider)
    if authority is None:
        raise ConfigError(f"oauth_provider: {login.oauth_provider}: такого входа нет")
    file = login.client_secret_file
    secret = credential.password(file=file) if file else ""
    return oauth.Consent(authority, Client(login.client_id, secret))


def lasting_of(login: Login, password: str) -> str:
    """Return what changes only when the owner changes it: an access token does not last."""
    if login.user and login.auth is Auth.XOAUTH2:
        return tokens.read(token_file_of(login)).mark
    return password


def settings_of(login: Login) -> str:
    """Write down all that a login depends on, but the password."""
    words = f"{login.host}:{login.port} {login.tls} {login.ca_file} {login.user}"
    return f"{words} {login.client_id}" if login.auth is Auth.XOAUTH2 else words


def connect(account: Account, password: str) -> ImapMailbox:
    """Open the mailbox of an account."""
    return open_as(ImapMailbox, account, password)


def open_as(kind: Callable[[ImapServer], M], account: Account, password: str) -> M:
    """Open the mailbox of an account as one of a kind."""
    server = ImapServer(
        host=account.host,
        port=account.port,
        tls=account.tls.value,
        ca_file=account.ca_file,
        user=account.user,
        password=password,
        by_token=account.auth is Auth.XOAUTH2,
    )
    try:
        return kind(server)
    except LoginRejected:
        _spend(account)
        raise


@dataclass(frozen=True, slots=True)
class Courier:
    """Sends letters of the owner to the owner. A token that is not taken is not kept."""

    smtp: Smtp
    postman: Postman

    def send(self, raw: bytes, recipient: str) -> Answer:
        return self._told(self.postman.send(raw, recipient))

    def check(self) -> Answer:
        """Try the connection and the login without sending anything."""
        return self._told(self.postman.check())

    def _told(self, answer: Answer) -> Answer:
        if answer.outcome is Outcome.LOGIN_REJECTED:
            _spend(self.smtp)
        return answer


def _spend(login: Login) -> None:
    """Ask for another token next time; where none is kept yet there is nothing to do."""
    path = login.token_file
    if login.auth is Auth.XOAUTH2 and path is not None and path.exists():
        oauth.spend(path)


def postman(smtp: Smtp, owner: str, password: str) -> Courier:
    """Make the sender of letters to the owner."""
    server = Server(
        host=smtp.host,
        port=smtp.port,
        tls=smtp.tls.value,
        ca_file=smtp.ca_file,
        user=smtp.user,
        password=password,
        by_token=smtp.auth is Auth.XOAUTH2,
        sender=smtp.sender,
    )
    return Courier(smtp, Postman(server, owner))
