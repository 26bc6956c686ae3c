"""Send what waits in the outbox, and write down what became of it.

    queued ─take→ sending ─→ accepted    journal first, then the row
                          ─→ deferred    4xx or no line: again after a growing pause
                          ─→ rejected    5xx: told, never repeated
                          ─→ unsure      no answer, or we died: look before repeating,
                                         also after further attempts that came to nothing
    queued, deferred ─→ withdrawn        a later digest tells what it would have told

A letter may arrive twice, with one Message-ID; it is never lost in silence.
"""

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from triage.core.act import Act, ActKind
from triage.core.attempt import Answer, Outcome
from triage.edges import accounts, mentions, outbox
from triage.edges.journal import Journal
from triage.edges.store import Store
from triage.errors import EvidenceError, Refused
from triage.jobs.act import catch_up, record

log = logging.getLogger(__name__)

LETTERS_A_DAY = 5  # that a server took or may have taken, repeats included
LOGIN_TRIES = 2
_SENT_TODAY = "letters_sent"
_REFUSED = "smtp_login_refused"


class Sender(Protocol):
    """Hands one letter to the owner's mail server."""

    def send(self, raw: bytes, recipient: str) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Login:
    """What a login to the mail server depends on."""

    settings: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What one pass over the outbox came to."""

    accepted: int = 0
    deferred: int = 0
    rejected: int = 0
    unsure: int = 0
    login_refused: str = ""  # the server's words; waits for another configuration
    refusal: str = ""  # the server's words of a letter that it will never take


def send(
    store: Store,
    journal: Journal,
    sender: Sender,
    *,
    seen: Callable[[str], bool | None],
    login: Login,
    now: datetime,
) -> Sent:
    """Make the attempts that are due.

    `seen` says whether a Message-ID lies in the owner's mailbox, None where nobody
    can tell. After two refused logins nothing is tried until `login` is another.
    """
    for _ in range(outbox.crashed(store, now)):
        _spend(store, now)
    counts, refusal = dict.fromkeys(Outcome, 0), ""
    for key in outbox.due(store, now):
        if words := login_refused(store, login):
            return _sent(counts, refusal, words)
        if _spent(store, now) >= LETTERS_A_DAY:
            log.warning("the day's letters are spent; %s waits", key)
            outbox.put_off(store, key, now + timedelta(hours=1))
            continue
        letter = outbox.take(store, key, now)
        if letter is None:
            continue
        if _journalled(store, journal, key):
            outbox.finish(store, letter, "accepted", "по журналу")
            continue
        answer = _attempt(letter, sender, seen)
        log.info("attempt %d of %s: %s", letter.attempts, key, answer.outcome)
        counts[answer.outcome] += 1
        if answer.outcome is Outcome.REJECTED:
            refusal = answer.words
        _note(store, journal, letter, answer, login=login, now=now)
    return _sent(counts, refusal, login_refused(store, login))


def login_refused(store: Store, login: Login) -> str:
    """Return the server's words while this very login counts as refused."""
    tries, mark, words = _refusals(store)
    if tries < LOGIN_TRIES or not accounts.matches(
        mark, login.settings, login.password
    ):
        return ""
    return words


def _attempt(
    letter: outbox.Queued, sender: Sender, seen: Callable[[str], bool | None]
) -> Answer:
    """Send a letter, unless it is known to have arrived."""
    if letter.state == "unsure" and seen(letter.message_id):
        return Answer(Outcome.ACCEPTED, "письмо найдено в ящике")
    try:
        return sender.send(letter.raw, letter.recipient)
    except Refused as error:  # of an owner that was, say: it must not stop the others
        return Answer(Outcome.REJECTED, str(error))


def _note(
    store: Store,
    journal: Journal,
    letter: outbox.Queued,
    answer: Answer,
    *,
    login: Login,
    now: datetime,
) -> None:
    damage: EvidenceError | None = None
    if answer.outcome is Outcome.ACCEPTED:
        act = Act(at=now, kind=ActKind.DIGEST_ACCEPTED, data=letter.data())
        try:
            record(store, journal, act)
        except EvidenceError as error:  # the letter has gone out all the same
            damage = error
    with store.transaction():
        match answer.outcome:
            case Outcome.REJECTED:
                mentions.withdraw(store, letter.key, letter.mentions)
            case Outcome.ACCEPTED | Outcome.UNSURE:
                _spend(store, now)
        state = answer.outcome
        if state is Outcome.LOGIN_REJECTED:
            _refuse(store, login, answer.words)
            state = Outcome.DEFERRED
        if state is Outcome.DEFERRED and letter.state == Outcome.UNSURE:
            state = Outcome.UNSURE  # an earlier attempt may still have arrived
        outbox.finish(store, letter, state, answer.words)
    if damage:
        raise damage


def _refusals(store: Store) -> tuple[int, str, str]:
    """Return how often, and which login, was refused with what words."""
    tries, mark, words = (store.meta(_REFUSED) or "0\n\n").split("\n", 2)
    return int(tries), mark, words


def _refuse(store: Store, login: Login, words: str) -> None:
    tries, mark, _ = _refusals(store)
    if not accounts.matches(mark, login.settings, login.password):
        tries, mark = 0, accounts.fingerprint(login.settings, login.password)
    store.set_meta(_REFUSED, f"{tries + 1}\n{mark}\n{words or 'вход отклонён'}")


def _journalled(store: Store, journal: Journal, key: str) -> bool:
    """Say whether a letter was accepted whose row says nothing of it.

    We may have died before the row was written, or an older index was put back.
    """
    with suppress(EvidenceError):  # what the index knows of it must do then
        catch_up(store, journal)
    return outbox.accepted(store, key)


def _spent(store: Store, now: datetime) -> int:
    day, _, count = store.meta(_SENT_TODAY).partition(" ")
    return int(count) if day == now.astimezone(UTC).date().isoformat() else 0


def _spend(store: Store, now: datetime) -> None:
    day = now.astimezone(UTC).date().isoformat()
    store.set_meta(_SENT_TODAY, f"{day} {_spent(store, now) + 1}")


def _sent(counts: Mapping[Outcome, int], refusal: str, login_refused: str) -> Sent:
    return Sent(
        accepted=counts[Outcome.ACCEPTED],
        deferred=counts[Outcome.DEFERRED] + counts[Outcome.LOGIN_REJECTED],
        rejected=counts[Outcome.REJECTED],
        unsure=counts[Outcome.UNSURE],
        refusal=refusal,
        login_refused=login_refused,
    )
