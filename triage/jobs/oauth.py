"""Get the owner's consent by OAuth2, and renew what it yields without hammering anybody."""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from triage.core.grant import (
    LATER,
    SLOWER,
    Client,
    Denied,
    Device,
    Grant,
    Visit,
    device_question,
    device_request,
    read_device,
    read_grant,
    renewal,
)
from triage.core.provider import Authority
from triage.edges import oauth, tokens
from triage.errors import ConfigError, Refused, Unavailable

log = logging.getLogger(__name__)

PATIENCE = 5  # failures to reach the server in a row, while the owner types the code

_REASONS = {
    "access_denied": "вы отказали в доступе",
    "expired_token": "код устарел, пока его вводили",
    "invalid_client": "сервер не знает client_id или секрет",
    "unauthorized_client": "этому приложению такой вход не разрешён",
    "invalid_scope": "этому приложению не даны права на почту",
    "invalid_grant": "доступ отозван или истёк",
    "no_refresh_token": "сервер дал доступ только на час",
    "unreadable": "ответ сервера входа непонятен",
}

_LOGGED = LATER.union(_REASONS, ("invalid_request", "unsupported_grant_type"))
"""Codes that may stand in the log; any other is what some server chose to say."""


@dataclass(frozen=True, slots=True)
class Consent:
    """Where a consent is got, and by which client."""

    authority: Authority
    client: Client


def by_device(
    consent: Consent,
    show: Callable[[Device], None],
    *,
    wait: Callable[[float], None],
    clock: Callable[[], datetime],
) -> Grant:
    """Let the owner type a code on another device, and wait until that is done.

    Raises:
        Refused: the owner said no, the code ran out, or the client is not accepted.
        Unavailable: the server cannot be reached.
    """
    authority, client = consent.authority, consent.client
    try:
        answer = oauth.ask(authority.device_url, device_request(authority, client))
        device = read_device(answer)
        show(device)
        ends, pause, failed = (
            clock() + timedelta(seconds=device.seconds),
            device.interval,
            0,
        )
        question = device_question(authority, client, device)
        while clock() < ends:
            wait(pause)
            try:
                return read_grant(oauth.ask(authority.token_url, question), clock())
            except Denied as error:
                if error.code == "slow_down":
                    pause += SLOWER  # RFC 8628, 3.5
                elif error.code != "authorization_pending":
                    raise
            except Unavailable:
                failed += 1
                pause *= 2
                if failed > PATIENCE:
                    raise
        raise Denied("expired_token")
    except Denied as error:
        raise Refused(f"вход не удался: {_words(error)}") from None


def new_visit(redirect: str, state: str) -> Visit:
    """Begin a visit with a verifier that nobody can guess."""
    verifier = secrets.token_urlsafe(64)
    return Visit(verifier=verifier, state=state, redirect=redirect)


def by_browser(
    consent: Consent,
    visit: Visit,
    address: str,
    clock: Callable[[], datetime],
) -> Grant:
    """Take tokens for the address that the browser was sent back to.

    Raises:
        ValueError: that is another address.
        Refused: the owner said no, or the client is not accepted.
        Unavailable: the server cannot be reached.
    """
    try:
        question = visit.exchange(consent.client, visit.code(address))
        return read_grant(oauth.ask(consent.authority.token_url, question), clock())
    except Denied as error:
        raise Refused(f"вход не удался: {_words(error)}") from None


def access(path: Path, consent: Consent, now: datetime) -> str:
    """Return an access token, renewed where it has run out.

    A refused renewal is noted in the file and not tried again: only a new consent helps.

    Raises:
        ConfigError: there is no consent, or it does not hold any more.
        Unavailable: the server cannot be reached; it is left alone for a while.
    """
    if (grant := _usable(path)).is_fresh(now):
        return grant.access
    with tokens.held(path):
        grant = _usable(path)  # another process may have renewed it
        if grant.is_fresh(now):
            return grant.access
        if grant.waits(now):
            raise Unavailable(f"{_host(consent)}: сервер входа не отвечал, подождём")
        return _renewed(path, grant, consent, now)


def spend(path: Path) -> None:
    """Forget an access token that a mail server did not take; the next is a new one."""
    with tokens.held(path):
        grant = tokens.read(path)
        tokens.write(path, grant.spent())


def _renewed(path: Path, grant: Grant, consent: Consent, now: datetime) -> str:
    url = consent.authority.token_url
    try:
        fresh = read_grant(oauth.ask(url, renewal(consent.client, grant)), now, grant)
    except Denied as error:
        code = error.code if error.code in _LOGGED else "another code"
        log.warning("grant not renewed: %s", code)
        if error.code in LATER:
            tokens.write(path, grant.postponed(now))
            raise Unavailable(
                f"{_host(consent)}: сервер входа просит подождать"
            ) from None
        words = _words(error)
        tokens.write(path, replace(grant, access="", refused=words))
        raise ConfigError(_lost(words)) from None
    except Unavailable:
        tokens.write(path, grant.postponed(now))
        raise
    tokens.write(path, fresh)
    log.info("grant renewed")
    return fresh.access


def _usable(path: Path) -> Grant:
    grant = tokens.read(path)
    if grant.refused:
        raise ConfigError(_lost(grant.refused))
    return grant


def _lost(words: str) -> str:
    return (
        f"почта больше не пускает по OAuth2: {words}; больше не пробуем, пока вы не "
        "войдёте заново: triage setup --login"
    )


def _words(error: Denied) -> str:
    known = _REASONS.get(error.code)
    return f"{known} ({error.code})" if known else str(error)


def _host(consent: Consent) -> str:
    return consent.authority.token_url.split("/")[2]
