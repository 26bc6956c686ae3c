"""Look into every account whose time has come, and never hammer a server that says no."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from triage.edges import accounts
from triage.edges.accounts import Polls
from triage.edges.imap_line import LoginRejected
from triage.edges.store import Store
from triage.errors import (
    ConfigError,
    EvidenceError,
    Refused,
    TriageError,
    Unavailable,
)
from triage.jobs.confined import Fault, confined

log = logging.getLogger(__name__)

PAUSES = tuple(timedelta(minutes=m) for m in (1, 2, 5, 10, 30))
"""How long to wait after the first, second … failure in a row; the last one stays. What
a server refuses for another reason than the password is tried at the last pause."""

LOGINS = 2  # refused logins after which only a changed configuration is tried


@dataclass(frozen=True, slots=True)
class Due:
    """One account as the poll needs it."""

    name: str
    settings: str  # everything that a login depends on, but the password
    password: Callable[[], str]
    collect: Callable[[str], None]  # takes the password
    lasting: Callable[[str], str] = str  # what of a password only the owner changes


def poll(
    store: Store, due: Sequence[Due], every: timedelta, clock: Callable[[], datetime]
) -> list[str]:
    """Collect what is due; return the problems in words.

    Errors of the disk pass through: nothing else would work either. A fault of ours in one
    mailbox is a problem of that mailbox: there is still a digest to send.
    """
    problems = []
    for account in due:
        before = accounts.polls(store, account.name)
        now = clock()
        if before.next_at and now < before.next_at <= now + max(every, PAUSES[-1]):
            continue  # a later time was set by a clock that was ahead
        after = _try(account, before, every, clock)
        accounts.remember(store, after)
        if after.problem:
            log.warning(
                "account %s: %d failures, %d refusals, next at %s",
                account.name,
                after.tries,
                after.refused,
                after.next_at,
            )
            problems.append(f"{account.name}: {after.problem}")
    return problems


def _try(
    account: Due, before: Polls, every: timedelta, clock: Callable[[], datetime]
) -> Polls:
    try:
        password = account.password()
    except ConfigError as error:
        return replace(
            before, problem=str(error), lasting=True, next_at=clock() + every
        )
    except Unavailable as error:  # of a server that gives out access tokens
        return _failed(before, error, clock())
    if before.refused >= LOGINS:
        lasting = account.lasting(password)
        if accounts.matches(before.config, account.settings, lasting):
            return replace(before, next_at=clock() + every)
        before = Polls(name=account.name, polled_at=before.polled_at)
    try:
        with confined(f"account {account.name}"):
            account.collect(password)
    except LoginRejected as error:
        return _rejected(account, before, password, str(error), clock())
    except (Refused, Unavailable, ConfigError, EvidenceError, Fault) as error:
        return _failed(before, error, clock())
    now = clock()
    return Polls(name=account.name, polled_at=now, next_at=now + every)


def _failed(before: Polls, error: TriageError, now: datetime) -> Polls:
    hopeful = isinstance(error, Unavailable)
    pause = PAUSES[min(before.tries, len(PAUSES) - 1) if hopeful else -1]
    return replace(
        before,
        tries=before.tries + 1,
        problem=str(error),
        lasting=not hopeful,
        next_at=now + pause,
    )


def _rejected(
    account: Due, before: Polls, password: str, words: str, now: datetime
) -> Polls:
    refused = before.refused + 1
    if refused < LOGINS:
        return replace(before, refused=refused, problem=words, next_at=now + PAUSES[0])
    return replace(
        before,
        refused=refused,
        config=accounts.fingerprint(account.settings, account.lasting(password)),
        lasting=True,
        problem=f"{words}; больше не пробуем, пока не изменится пароль или настройка",
        next_at=now + PAUSES[0],
    )
