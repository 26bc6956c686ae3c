"""One trouble, one case: which of the cases of an order says the same as another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from triage.core.act import Act, ActKind
from triage.core.case import Case
from triage.core.question import MERGED, Episode, Question, doubt
from triage.core.rule import Check, Rule

ANY = "*"
OVER = (ActKind.STEP_DONE, ActKind.RESOLVED)
"""Acts by which the owner shows that he knows how it ended."""


@dataclass(frozen=True, slots=True)
class Found:
    """A case with what it was found by."""

    case: Case
    question: Question
    episode: Episode


def hushed(rule: Rule, acts: Sequence[Act], name: str) -> bool:
    """Say whether the owner has acted on a case that makes this one needless."""
    for act in acts:
        if act.kind in OVER and act.case and act.case != name:
            other = act.case.split("/")[1]
            if other != rule.id and (other in rule.hushed_by or ANY in rule.hushed_by):
                return True
    return False


def apart(found: Sequence[Found], acts: Sequence[Act]) -> Iterator[Case]:
    """Yield the cases without those that give way to another.

    What the owner was told of does not vanish: it is closed on the day the other opened.
    """
    numbered = {act.case for act in acts if act.kind is ActKind.NUMBERED}
    for each in found:
        other = next((o for o in found if _gives_way(each, o)), None)
        if other is None or each.case.closed_on is not None:
            yield each.case
        elif each.case.id in numbered:
            yield replace(
                each.case,
                closed_on=max(each.case.opened_on, other.case.opened_on),
                closed_by=MERGED,
                asks=None,
                asks_about=(),
                asks_from=None,
            )


def _gives_way(each: Found, other: Found) -> bool:
    """Say whether the other case tells the same and more.

    So does a case that asks whether any money came, towards a short refund that is only
    guessed at.
    """
    if other is each or not _alike(each.case, other.case):
        return False
    rule, is_open = each.question.rule, other.case.closed_on is None
    if ANY in rule.gives_way_to:
        return is_open
    if other.case.rule in rule.gives_way_to:
        return is_open or other.question.last(ActKind.RESOLVED) is not None
    guessed = {doubt(e) for e in each.episode.since}
    asked = {doubt(e) for e in other.episode.doubts}
    return rule.check is Check.REFUND_SHORT and is_open and guessed <= asked


def _alike(one: Case, other: Case) -> bool:
    """Say whether two cases of an order are about the same parcel, or one about all."""
    return None in (one.posting, other.posting) or one.posting == other.posting
