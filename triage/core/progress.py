"""What was done about a case: steps taken, facts told, put off or closed by the owner."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo

from triage.core.act import Act, ActKind
from triage.core.case import Case, Fact, case_id, last_fact
from triage.core.event import Event, EventKind
from triage.core.question import answers_in, doubt, since

OWNER = "owner"  # evidence of the owner's own word
SUPPORT_REPLY = "support_reply"  # fact: what support answered where no letter shows it


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The owner's and the other side's doings on one case, as far as they are known."""

    taken: Mapping[str, tuple[date, ...]] = field(default_factory=dict, hash=False)
    """Step -> the days on which it was taken, oldest first."""
    answered_on: date | None = None  # support's last answer, by letter or in the chat
    told: tuple[Fact, ...] = ()  # the owner's own words, oldest first
    snoozed_until: date | None = None
    reopened_on: date | None = None
    resolved: bool = False

    def done_on(self, step: str) -> date | None:
        """Return the day a step was taken first; to correct it, undo it."""
        days = self.taken.get(step)
        return days[0] if days else None

    def looking_into(self, case: Case) -> Callable[[str], str | None]:
        """Return how to look a fact up: the owner's word before a letter's."""
        return lambda name: last_fact((*case.facts, *self.told), name)


def progress(
    case: Case, acts: Iterable[Act], events: Iterable[Event], zone: tzinfo, today: date
) -> Progress:
    """Read the journal and the owner's own letters, up to and including today.

    A step counts as taken by the owner's word or by a letter of his in Sent, once the
    case is open; taking it back covers whatever came before.
    """

    def day(at: datetime) -> date:
        return at.astimezone(zone).date()

    known = [a for a in acts if day(a.at) <= today]
    mine = [a for a in known if _concerns(a, case)]
    lately = [a for a in mine if day(a.at) >= case.opened_on]
    letters = [
        e
        for e in events
        if e.order == case.order and case.opened_on <= day(e.at) <= today
    ]
    closing = [a for a in lately if a.kind in (ActKind.RESOLVED, ActKind.REOPENED)]
    told = told_in(mine, case, zone)
    denied = {
        about for about, act in answers_in(known).items() if act.data["answer"] != "yes"
    }
    answers = [
        day(e.at)
        for e in letters
        if e.kind is EventKind.SUPPORT_ANSWERED and doubt(e) not in denied
    ]
    answers += [f.on for f in told if f.name == SUPPORT_REPLY and f.on]
    reopened = [day(a.at) for a in closing if a.kind is ActKind.REOPENED]
    return Progress(
        taken=_taken(lately, letters, zone, today),
        answered_on=max(answers, default=None),
        told=told,
        snoozed_until=_snoozed_until(lately),
        reopened_on=max(reopened, default=None),
        resolved=bool(closing) and closing[-1].kind is ActKind.RESOLVED,
    )


def told_in(acts: Iterable[Act], case: Case, zone: tzinfo) -> tuple[Fact, ...]:
    """Return the facts the owner told about a case, oldest first."""
    return tuple(
        Fact(act.data["name"], act.data["value"], OWNER, on=since(act, zone))
        for act in acts
        if act.kind is ActKind.FACT and _concerns(act, case)
    )


def _concerns(act: Act, case: Case) -> bool:
    if act.case is not None:
        whole = case_id(case.pack, case.rule, case.order, None)
        return act.case in (case.id, whole)  # from before its parcel had a name
    return act.order == case.order and act.posting in (None, case.posting)


def _taken(
    acts: Sequence[Act],
    letters: Sequence[Event],
    zone: tzinfo,
    today: date,
) -> dict[str, tuple[date, ...]]:
    told: list[tuple[datetime, str, date | None]] = []
    for act in acts:
        step = act.data.get("step", "")
        if act.kind is ActKind.STEP_UNDONE:
            told.append((act.at, step, None))
        elif act.kind is ActKind.STEP_DONE:
            told.append((act.at, step, min(since(act, zone), today)))
    for event in letters:
        if event.kind is EventKind.SUPPORT_ASKED and "step" in event.attributes:
            told.append(
                (event.at, event.attributes["step"], event.at.astimezone(zone).date())
            )
    taken: dict[str, set[date]] = {}
    for _, step, taken_on in sorted(told, key=lambda t: t[0]):
        if taken_on is None:
            taken.pop(step, None)
        else:
            taken.setdefault(step, set()).add(taken_on)
    return {step: tuple(sorted(days)) for step, days in taken.items()}


def _snoozed_until(acts: Sequence[Act]) -> date | None:
    """Return until when the case is put off; any later act on it ends that."""
    for act in reversed(acts):
        if act.kind is ActKind.SNOOZED:
            return date.fromisoformat(act.data["until"])
        if act.kind in (ActKind.STEP_DONE, ActKind.STEP_UNDONE, ActKind.REOPENED):
            return None
    return None
