"""What the owner's word alone does to a case: an answer that came, money that is back."""

from collections.abc import Iterator
from datetime import date

from triage.core.act import Act, ActKind
from triage.core.case import Case
from triage.core.event import EventKind
from triage.core.owing import REFUNDS, Owing
from triage.core.question import Episode, Question

ANSWERS = {
    "support_reply": EventKind.SUPPORT_ANSWERED,
    "dispute_reply": EventKind.DISPUTE_DECIDED,
}
"""Facts that say what a letter would have said."""


def is_fact_of(act: Act, posting: str | None) -> bool:
    """Say whether the owner told a fact of the order itself, or of the parcel."""
    told = act.kind is ActKind.FACT and act.case is None
    return told and (posting is None or act.posting in (None, posting))


def is_report_of(act: Act, case: Case) -> bool:
    """Say whether the owner reported what a case is about."""
    return (
        act.kind is ActKind.REPORTED
        and (act.data["pack"], act.data["report"]) == (case.pack, case.rule)
        and act.order == case.order
        and (None in (act.posting, case.posting) or act.posting == case.posting)
    )


def closed_by_word(
    question: Question, episode: Episode, owing: Owing | None
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
    for act in acts:
        yield max(question.since(act), episode.opens_on)
    settled_on = owing.settled_on if owing and owing.by_word else None
    rule = question.rule
    if settled_on and REFUNDS & {*rule.until, *rule.until_repaid, *rule.since}:
        again_on = question.day(reopened.at) if reopened else episode.opens_on
        yield max(settled_on, episode.opens_on, again_on)
