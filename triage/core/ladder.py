"""The ladder: what the owner does next, by when, and what is locked until then."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, tzinfo

from triage.core.act import Act
from triage.core.anchors import PRESSES, Anchors
from triage.core.case import Case, State
from triage.core.dated import Dating
from triage.core.event import Event
from triage.core.progress import progress
from triage.core.step import Ladder, Standing, StepNow

WHILE_ASKED = ("check", "support")
"""The steps that may be taken on a guess, while the case's question is open."""


def stand(  # noqa: PLR0917 - one case, and all that it hangs on
    case: Case,
    number: int,
    acts: Sequence[Act],
    events: Sequence[Event],
    ladder: Ladder,
    owner: Mapping[str, str],
    today: date,
    *,
    zone: tzinfo = UTC,
    contacts: Mapping[str, str] | None = None,
) -> Standing:
    """Place a case on its ladder as of a day.

    What the owner did moves the case; time alone only makes the next step due, so that
    without new acts or events a later day never gives an earlier step. `acts` stand in
    the order of the journal, `events` in any. `zone` is the owner's, `contacts` are the
    facts of the case's marketplace.
    """
    done = progress(case, acts, events, zone, today)
    anchors = Anchors.of(case, done, ladder, today, number=number)
    if _is_resolved(anchors):
        taken = (
            StepNow(step=step, due_on=None, done_on=anchors.progress.done_on(step.id))
            for step in anchors.steps.values()
        )
        return Standing(
            case=case,
            number=number,
            today=today,
            state=State.RESOLVED,
            step=None,
            steps=tuple(now for now in taken if now.done_on),
        )
    dating = Dating(anchors=anchors, owner=owner, contacts=contacts or {})
    steps = dating.steps()
    state, until = State.OPEN, None
    current = _current(anchors, steps)
    if current is None and (last := _unanswered(anchors, steps)):
        current = dating.again(last)
    following = _following(steps, current)
    if current is None:
        state = State.WAITING
        current, until = _waited_on(steps, following, today)
    if (wakes_on := _wakes_on(anchors, current)) and wakes_on > today:
        state, until = State.SNOOZED, wakes_on
        dating.turns.add(wakes_on)
    return Standing(
        case=case,
        number=number,
        today=today,
        state=state,
        step=current,
        steps=tuple(steps),
        waiting_until=until,
        next_step=following,
        back_on=anchors.progress.snoozed_until,
        look_again_on=min((d for d in dating.turns if d > today), default=None),
    )


def _current(anchors: Anchors, steps: Sequence[StepNow]) -> StepNow | None:
    """Choose the first step that can be taken and does not give way to a later one."""
    ready = [now for now in steps if _is_ready(anchors, now)]
    for place, now in enumerate(ready):
        if not _gives_way(anchors, now, ready[place + 1 :], steps):
            return now
    return None


def _is_ready(anchors: Anchors, now: StepNow) -> bool:
    return (
        now.done_on is None
        and not now.locked
        and not now.step.background
        and now.due_on is not None
        and now.due_on <= anchors.today
        and (anchors.case.asks is None or now.step.id in WHILE_ASKED)
    )


def _gives_way(
    anchors: Anchors, now: StepNow, later: Sequence[StepNow], steps: Sequence[StepNow]
) -> bool:
    """Say whether a step that could be taken is passed over for a later one.

    A last day of the owner's that draws near goes first; an optional step, or one whose
    own last day has passed, waits for nobody.
    """
    for other in later:
        presses_on = anchors.presses_on(other.step)
        if presses_on is not None and presses_on <= anchors.today:
            return True
    if now.step.optional:
        behind = steps[steps.index(now) + 1 :]
        return bool(later) or any(n.done_on and not n.step.background for n in behind)
    return bool(later) and anchors.lapsed(now.step)


def _unanswered(anchors: Anchors, steps: Sequence[StepNow]) -> StepNow | None:
    """Find the last step taken, if nobody answered it in its term and it may be repeated."""
    last = _last_done(steps)
    if last is None or not last.step.again or last.deadline_on is None:
        return None
    answered_on = anchors.progress.answered_on
    answered = answered_on and last.done_on and answered_on >= last.done_on
    repeated = len(anchors.progress.taken[last.step.id]) > 1
    over = anchors.today >= last.deadline_on  # our own term: on its last day
    return last if over and not answered and not repeated else None


def _last_done(steps: Sequence[StepNow]) -> StepNow | None:
    done = [now for now in steps if now.done_on and not now.step.background]
    return done[-1] if done else None


def _following(steps: Sequence[StepNow], current: StepNow | None) -> StepNow | None:
    """Find what comes after the current step, or after the last one taken."""
    ids = [now.step.id for now in steps]
    start = current or _last_done(steps)
    ahead = [
        now
        for now in steps[ids.index(start.step.id) + 1 if start else 0 :]
        if now.done_on is None and not now.step.background
    ]
    return next(
        (now for now in ahead if now.due_on is not None), next(iter(ahead), None)
    )


def _waited_on(
    steps: Sequence[StepNow], following: StepNow | None, today: date
) -> tuple[StepNow | None, date | None]:
    """Find the step whose answer is waited for, else the next one, and until when."""
    for now in reversed(steps):
        running = now.done_on and now.deadline_on and now.deadline_on >= today
        if running and not now.step.background:
            return now, now.deadline_on
    ahead = following.due_on if following else None
    return _last_done(steps) or following, ahead if ahead and ahead > today else None


def _is_resolved(anchors: Anchors) -> bool:
    closed_on, reopened_on = anchors.case.closed_on, anchors.progress.reopened_on
    if closed_on is not None and closed_on <= anchors.today:
        return reopened_on is None or reopened_on <= closed_on
    return anchors.progress.resolved


def _wakes_on(anchors: Anchors, current: StepNow | None) -> date | None:
    """Return until when the case is put off; a last day of the owner's wakes it before."""
    until = anchors.progress.snoozed_until
    if until is None or current is None or current.done_on:
        return until
    window = anchors.window(current.step)
    if window and anchors.today <= window[1] < until:
        return window[1] - PRESSES
    return until
