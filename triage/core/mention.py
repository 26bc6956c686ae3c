"""When the owner is told of a case again, and why. Level, not edge: a missed day is safe."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from triage.core.case import State
from triage.core.step import Standing

NEAR = timedelta(days=2)  # an owner's deadline is near from here on
DAILY = timedelta(days=3)  # how long after the news a reminder comes every day
WEEKLY = timedelta(days=7)

PROBLEM = "problem/"
"""What the name of an account begins with where a mention is of its problem, no case's."""

ASKS = "asks"
"""What a mention says instead of a state while the case's question is open."""


class Reason(StrEnum):
    """Why today's digest leads with a case."""

    NEW = "new"
    STEP_DUE = "step_due"  # another step than the one last told
    ANSWERED = "answered"  # it was waited for, and now the owner is to act
    CHANGED = "changed"  # any other change of state, a new question among them
    DEADLINE_NEAR = "deadline_near"  # told two days ahead and on the last day
    OVERDUE = "overdue"  # the owner's own last day went by
    REMINDER = "reminder"
    RESOLVED = "resolved"  # told once


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """The owner was told of a case, in the digest of a day."""

    case: str
    told_on: date
    reason: Reason
    step: str  # "" where no step was named
    state: str  # one of State, or ASKS


def mention(standing: Standing, reason: Reason, today: date) -> Mention:
    """Note what today's digest says of a case."""
    return Mention(
        case=standing.case.id,
        told_on=today,
        reason=reason,
        step=_step(standing),
        state=_state(standing),
    )


def why_mention(
    standing: Standing, told: Sequence[Mention], today: date
) -> Reason | None:
    """Say why today's digest leads with a case; None leaves it in the tail.

    `told` is what was said of this case before, in any order. Every comparison is
    with days that have passed, so a day without a digest changes nothing. What was
    told on a day to come was told by a clock that was ahead, and is told again.
    """
    told = [each for each in told if each.told_on <= today]
    last = max(told, key=lambda each: each.told_on, default=None)
    if standing.state is State.RESOLVED:
        return Reason.RESOLVED if last and last.state != State.RESOLVED else None
    if last is None:
        return None if standing.state is State.SNOOZED else Reason.NEW
    return (
        _news(standing, last, today)
        or _why_deadline(standing, last, today)
        or (Reason.REMINDER if _remind(standing, told, today) else None)
    )


def is_news(mention: Mention) -> bool:
    """Say whether a mention is worth a letter: that the owner acted he knows himself."""
    return mention.reason is not Reason.CHANGED or mention.state != State.WAITING


def why_at_once(
    standing: Standing, told: Sequence[Mention], today: date, *, short: bool
) -> Reason | None:
    """Say why a case cannot wait for the letter of the day; None where it can.

    That is a last day of the owner's that is near and was not told since, or a case
    nobody heard of whose window is `short`.
    """
    if standing.state is not State.OPEN and not (
        standing.case.asks and standing.state is State.WAITING
    ):
        return None
    told = [each for each in told if each.told_on <= today]
    last_day = owners_deadline(standing)
    near = last_day is not None and last_day - NEAR <= today <= last_day
    if not told:
        return Reason.NEW if near or short else None
    if last_day is None or not near:
        return None
    unsaid = all(each.told_on < last_day - NEAR for each in told)
    return Reason.DEADLINE_NEAR if unsaid else None


def is_urgent(standing: Standing, today: date) -> bool:
    """Say whether the owner's own last day is near or past."""
    last_day = owners_deadline(standing)
    return last_day is not None and last_day - NEAR <= today


def owners_deadline(standing: Standing) -> date | None:
    """Return the day by which the owner must act, if there is one."""
    now = standing.step
    if now is None or now.deadline_of != "owner" or standing.state is State.WAITING:
        return None
    return now.deadline_on


def mention_row(mention: Mention) -> dict[str, str]:
    """Write a mention as the index and the journal keep it."""
    return {
        "case_id": mention.case,
        "told_on": mention.told_on.isoformat(),
        "reason": mention.reason.value,
        "step": mention.step,
        "state": mention.state,
    }


def mention_of(row: Mapping[str, str]) -> Mention:
    """Read what `mention_row` wrote."""
    return Mention(
        case=row["case_id"],
        told_on=date.fromisoformat(row["told_on"]),
        reason=Reason(row["reason"]),
        step=row["step"],
        state=row["state"],
    )


def dump_mentions(mentions: Iterable[Mention]) -> str:
    """Write mentions as JSON, for the outbox and the journal."""
    rows = [mention_row(each) for each in mentions]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def load_mentions(text: str) -> list[Mention]:
    """Read what `dump_mentions` wrote."""
    return [mention_of(row) for row in json.loads(text or "[]")]


def by_case(mentions: Iterable[Mention]) -> Mapping[str, Sequence[Mention]]:
    """Sort mentions by the case they are about."""
    found: dict[str, list[Mention]] = {}
    for each in mentions:
        found.setdefault(each.case, []).append(each)
    return found


def _state(standing: Standing) -> str:
    resolved = standing.state is State.RESOLVED
    return ASKS if standing.case.asks and not resolved else standing.state.value


def _step(standing: Standing) -> str:
    return standing.step.step.id if standing.step else ""


def _news(standing: Standing, last: Mention, today: date) -> Reason | None:
    if standing.state is State.SNOOZED:
        return None
    if last.state != _state(standing):
        came_back = last.state == State.WAITING and standing.state is State.OPEN
        return Reason.ANSWERED if came_back else Reason.CHANGED
    taken_on = _came_back_to(standing)
    if taken_on and last.told_on <= taken_on:
        return Reason.ANSWERED
    if last.step != _step(standing):
        return Reason.STEP_DUE if standing.state is State.OPEN else Reason.CHANGED
    if standing.back_on and last.told_on < standing.back_on <= today:
        return Reason.CHANGED
    return None


def _came_back_to(standing: Standing) -> date | None:
    """Return when the step was taken that is to be taken once more."""
    if standing.step is None or standing.state is not State.OPEN:
        return None
    again = standing.step.step.id
    return next((n.done_on for n in standing.steps if n.step.id == again), None)


def _why_deadline(standing: Standing, last: Mention, today: date) -> Reason | None:
    last_day = owners_deadline(standing)
    if last_day is None:
        return None
    if last_day < today:
        return Reason.OVERDUE if last.told_on <= last_day else None
    marks = (last_day - NEAR, last_day)
    if any(last.told_on < mark <= today for mark in marks):
        return Reason.DEADLINE_NEAR
    return None


def _remind(standing: Standing, told: Sequence[Mention], today: date) -> bool:
    """Remind every day for three days after the news, then weekly, as long as it is open."""
    asks = standing.case.asks and standing.state is State.WAITING
    if standing.state is not State.OPEN and not asks:
        return False
    return _is_rested(told, today)


def _is_rested(told: Sequence[Mention], today: date) -> bool:
    last_on = max(each.told_on for each in told)
    news = [m.told_on for m in told if m.reason is not Reason.REMINDER]
    news_on = max(news, default=last_on)
    rest = timedelta(days=1) if last_on - news_on < DAILY else WEEKLY
    return today - last_on >= rest


def mention_problem(
    name: str, told: Mapping[str, Sequence[Mention]], today: date
) -> Mention | None:
    """Mention a problem that waits for the owner: once, then as a reminder."""
    before = [m for m in told.get(f"{PROBLEM}{name}", ()) if m.told_on <= today]
    if before and not _is_rested(before, today):
        return None
    return Mention(
        case=f"{PROBLEM}{name}",
        told_on=today,
        reason=Reason.REMINDER if before else Reason.NEW,
        step="",
        state=State.OPEN.value,
    )
