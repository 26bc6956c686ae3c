"""What the owner's word alone does to a case: an answer that came, money that is back."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from triage.core.act import Act, ActKind
from triage.core.event import EventKind
from triage.core.facts import amount_of
from triage.core.question import Episode, Question
from triage.core.words import parse_amount

ANSWERS = {
    "support_reply": EventKind.SUPPORT_ANSWERED,
    "dispute_reply": EventKind.DISPUTE_DECIDED,
}
"""Facts that say what a letter would have said."""

REFUNDS = frozenset({EventKind.REFUND_PAID, EventKind.RECEIPT_REFUND})
REFUNDED = (
    "amount_refunded"  # fact: a sum that came back, on the day since when it is so
)


def is_fact_of(act: Act, posting: str | None) -> bool:
    """Say whether the owner told a fact of the order itself, or of the parcel."""
    told = act.kind is ActKind.FACT and act.case is None
    return told and (posting is None or act.posting in (None, posting))


def closed_by_word(
    question: Question, episode: Episode, amount: Decimal | None
) -> Iterator[date]:
    """Yield the days on which an act of the owner's ended an episode.

    What was told before the case was last reopened, or of an earlier episode, ends
    nothing. The day is the one from which the owner says that it is so.
    """
    reopened = question.last(ActKind.REOPENED)

    def counts(act: Act) -> bool:
        late = reopened is None or act.at > reopened.at
        return late and question.day(act.at) >= episode.opens_on

    resolved = question.last(ActKind.RESOLVED)
    acts = [resolved] if resolved and counts(resolved) else []
    for name, kind in ANSWERS.items():
        if kind in question.rule.until:
            acts += list(filter(counts, question.told(name)))[:1]
    refunds = [act for act in question.told(REFUNDED) if counts(act)]
    acts += filter(None, [_repaid(question, refunds, amount)])
    for act in acts:
        yield max(question.since(act), episode.opens_on)


def _repaid(question: Question, told: list[Act], amount: Decimal | None) -> Act | None:
    """Find the word by which all of a case's money has come back.

    A sum that a letter names as well is that refund, and one told twice for a day
    corrects itself.
    """
    rule = question.rule
    if amount is None or not REFUNDS & {*rule.until, *rule.until_repaid, *rule.since}:
        return None
    named = {amount_of(e) for e in question.events if e.kind in REFUNDS}
    back: dict[date, Decimal] = {}
    for act in told:
        value = parse_amount(act.data["value"])
        if value and value not in named:
            back[question.since(act)] = value
        if back and sum(back.values()) >= amount:
            return act
    return None
