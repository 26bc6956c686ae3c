"""Compare what was read with what the letter says."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC

from builders import MOSCOW
from letters import ozon, packs_of
from mails import AUTHSERV_ID, a_sighting

from letterset.letter import Letter, Truth
from triage.core.event import Event, EventKind
from triage.core.message import Message, Role
from triage.core.reading import read
from triage.core.recogniser import Reading
from triage.edges.authentication import authenticate
from triage.edges.parser import parse

JUDGED = (
    "amount",
    "promised_on",
    "keep_until",
    "due_on",
    "cancelled_by",
    "return_number",
)
MONEY = frozenset(
    EventKind(name)
    for name in (
        "order_cancelled item_cancelled refund_promised refund_paid return_refused "
        "payment_failed receipt_prepayment receipt_full receipt_refund"
    ).split()
)
"""What costs the owner money when it is misread."""

MOVES_MONEY = frozenset(
    EventKind(name)
    for name in (
        "order_placed order_paid payment_failed item_cancelled refund_promised refund_paid "
        "receipt_prepayment receipt_full receipt_refund"
    ).split()
)


def message_of(letter: Letter) -> Message:
    """Parse a letter as it came in, the moment it was sent."""
    vouched = authenticate(letter.raw, [AUTHSERV_ID])
    sighting = a_sighting(
        letter.raw,
        role=Role.SENT if letter.sent else Role.INBOX,
        received_at=letter.sent_at.astimezone(UTC),
        authentication=vouched,
    )
    return parse(letter.raw, sighting, vouched["domain"])


def reading_of(letter: Letter) -> Reading:
    """Read a letter as the product does."""
    owner = frozenset({"me@example.org"})
    return read(message_of(letter), packs_of(ozon()), MOSCOW, owner)


@dataclass
class Verdict:
    """What became of one letter."""

    letter: Letter
    reading: Reading
    found: list[Truth] = field(default_factory=list)
    missed: list[Truth] = field(default_factory=list)
    wrong: list[tuple[Event, str]] = field(default_factory=list)
    thin: list[tuple[Truth, str]] = field(default_factory=list)
    """Found, but without an attribute that the letter says."""

    @property
    def silenced(self) -> bool:
        """The letter tells something, and was put aside as one that does not."""
        hushed = self.reading.outcome not in ("recognised", "unrecognised", "ambiguous")
        return bool(self.letter.tells) and hushed

    @property
    def word(self) -> str:
        if self.wrong:
            return "misread"
        if self.silenced:
            return "silenced"
        if not self.letter.tells:
            return "left alone"
        if not self.missed:
            return "read"
        return "partly read" if self.found else "not read"


def judge(letter: Letter) -> Verdict:
    """Read a letter and hold every event against its truth."""
    verdict = Verdict(letter, reading_of(letter))
    open_truths = list(letter.tells)
    for event in verdict.reading.events:
        fitting = [one for one in open_truths if not _against(one, event, letter)]
        if fitting:
            best = max(fitting, key=lambda one: _agreement(one, event))
            open_truths.remove(best)
            verdict.found.append(best)
            verdict.thin += [(best, what) for what in _lacking(best, event)]
        elif not _allowed(event, verdict):
            verdict.wrong.append((event, _why(event, letter)))
    verdict.missed = open_truths
    return verdict


def _allowed(event: Event, verdict: Verdict) -> bool:
    """Pass over what may be read, and what is said twice and moves no money."""
    twice = [] if event.kind in MOVES_MONEY else verdict.found
    letter = verdict.letter
    return any(not _against(one, event, letter) for one in (*letter.may, *twice))


def _against(truth: Truth, event: Event, letter: Letter) -> str:
    """Say in what an event contradicts a truth; "" when it does not."""
    if (truth.kind, truth.order) != (event.kind, event.order):
        return "kind or order"
    other = event.posting != truth.posting and (
        event.posting or len(letter.postings) > 1
    )
    if truth.posting and other:
        return f"posting {event.posting}"
    for name in JUDGED:
        said = event.attributes.get(name)
        if said not in (None, truth.attributes.get(name), *_near(name, truth, letter)):
            return f"{name} {said}"
    return ""


def _near(name: str, truth: Truth, letter: Letter) -> list[str | None]:
    """Name what else an event may rightly carry of a letter.

    An event that moves no money may carry any sum that the letter tells of its order: «заказ
    отменён, вернём 990 ₽» leaves open which of the two the sum is said of.
    """
    if name == "return_number":
        return [letter.return_number]
    if name != "amount" or truth.kind in MOVES_MONEY:
        return []
    return [
        one.attributes["amount"]
        for one in (*letter.tells, *letter.may)
        if one.order == truth.order and "amount" in one.attributes
    ]


def _agreement(truth: Truth, event: Event) -> int:
    pairs = [(truth.posting, event.posting)]
    pairs += [(truth.attributes.get(n), event.attributes.get(n)) for n in JUDGED]
    return sum(one == other for one, other in pairs)


def _lacking(truth: Truth, event: Event) -> list[str]:
    lacking = [name for name in truth.attributes if name not in event.attributes]
    return lacking + (["posting"] if truth.posting and not event.posting else [])


def _why(event: Event, letter: Letter) -> str:
    """Say what is wrong with an event: the kind, or which part of it."""
    reasons = [_against(one, event, letter) for one in (*letter.tells, *letter.may)]
    return next((one for one in reasons if one != "kind or order"), "kind or order")


@dataclass
class Figures:
    """What was counted for one event kind."""

    letters: int = 0
    told: int = 0
    found: int = 0
    wrong: int = 0

    @property
    def precision(self) -> float | None:
        said = self.found + self.wrong
        return self.found / said if said else None

    @property
    def recall(self) -> float | None:
        return self.found / self.told if self.told else None


def figures(verdicts: Iterable[Verdict]) -> dict[EventKind, Figures]:
    """Count by event kind."""
    by_kind = {kind: Figures() for kind in EventKind}
    for one in verdicts:
        for kind, count in Counter(truth.kind for truth in one.letter.tells).items():
            by_kind[kind].told += count
            by_kind[kind].letters += 1
        for truth in one.found:
            by_kind[truth.kind].found += 1
        for event, _ in one.wrong:
            by_kind[event.kind].wrong += 1
    return by_kind
