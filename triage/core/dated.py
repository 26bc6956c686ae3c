"""Dating the steps of a case: when each is due, by when it is answered, what locks it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from triage.core import law
from triage.core.accrual import KEY_RATE
from triage.core.anchors import Anchors, end_of
from triage.core.letter import lacking, rate_asked
from triage.core.particulars import Facts, prepare
from triage.core.step import Norm, Step, StepNow

ONE_DAY = timedelta(days=1)


@dataclass(slots=True, kw_only=True)
class Dating:
    """The steps of one case on one day, being dated.

    `turns` gathers the days on which time alone changes something.
    """

    anchors: Anchors
    owner: Mapping[str, str]
    contacts: Mapping[str, str]
    turns: set[date] = field(default_factory=set)

    def steps(self) -> list[StepNow]:
        """Date every step of the plan, in its order."""
        steps: list[StepNow] = []
        floor: date | None = None
        for step in self.anchors.steps.values():
            now = self._dated(step, self._due(step, floor))
            if not (step.optional or step.background or now.done_on) and now.due_on:
                floor = max(floor, now.due_on) if floor else now.due_on
            steps.append(now)
        self._turn_with_the_rate()
        facts = prepare(self.anchors, self.owner, self.contacts)
        return [self._lettered(now, facts) for now in steps]

    def _lettered(self, now: StepNow, facts: Callable[[Step], Facts]) -> StepNow:
        """Say what the letter of a step lacks, and what its calculation would want."""
        letter = self.anchors.ladder.letters.get(now.step.letter)
        if now.done_on is not None or letter is None:
            return now
        known = facts(now.step)
        caution = "; ".join(filter(None, (now.caution, rate_asked(letter, known))))
        return replace(now, lacks=lacking(letter, known), caution=caution)

    def _turn_with_the_rate(self) -> None:
        """Note the days on which the key rate that is known stops being enough."""
        table = self.anchors.ladder.key_rate
        lasts = timedelta(table.told_for)
        told = [f.on for f in self.anchors.progress.told if f.name == KEY_RATE and f.on]
        for known_to in filter(None, (table.confirmed_through, *told)):
            self.turns |= {known_to + ONE_DAY, known_to + lasts + ONE_DAY}

    def again(self, last: StepNow) -> StepNow:
        """Offer a step once more, with the letter for it, the day its term ran out."""
        step = replace(last.step, letter=last.step.again)
        letter = self.anchors.ladder.letters[step.letter]
        facts = prepare(self.anchors, self.owner, self.contacts)(step)
        return replace(
            last,
            step=step,
            due_on=last.deadline_on,
            done_on=None,
            deadline_on=self.anchors.answer_by(step, self.anchors.today),
            lacks=lacking(letter, facts),
        )

    def _due(self, step: Step, floor: date | None) -> date | None:
        """Return when a step becomes due.

        Not before the required steps that stand before it, but always in time for a
        last day of the owner's.
        """
        anchors = self.anchors
        ends: list[date | None] = []
        for when in step.due:
            start = anchors.day(when.anchor)
            if start is not None:
                ends.append(end_of(when.term, start, anchors.ladder.calendar))
            elif not when.maybe:
                ends.append(None)
        known = [end for end in ends if end is not None]
        due_on = max(known) if known and len(known) == len(ends) else None
        if due_on and floor and not step.background:
            due_on = max(due_on, floor)
        if anchors.progress.done_on(step.id) is not None:
            return due_on
        presses_on = anchors.presses_on(step)
        if presses_on is not None and (due_on or presses_on <= anchors.today):
            due_on = min(due_on or presses_on, presses_on)
        self.turns.update(d for d in (due_on, presses_on) if d)
        self.turns.update(edge + ONE_DAY for _, edge in anchors.edges(step))
        return due_on

    def _dated(self, step: Step, due_on: date | None) -> StepNow:
        anchors, norms = self.anchors, self.anchors.ladder.norms
        done_on = anchors.progress.done_on(step.id)
        window = anchors.window(step) if done_on is None else None
        deadline_on: date | None
        if window:
            norm_id, deadline_on = window
            start = None  # the owner's own last day never shifts
        elif done_on:
            start = anchors.term_start(step.id)
            norm_id, deadline_on = step.answer, anchors.term_end(step.id)
            if deadline_on:
                self.turns |= {deadline_on, deadline_on + ONE_DAY}
        else:
            start = max(due_on or anchors.today, anchors.today)
            norm_id, deadline_on = step.answer, anchors.answer_by(step, start)
        norm = norms.get(norm_id)
        if norm is None:
            deadline_on = None
        locked, locked_until = self._lock(step, done_on)
        open_now = not locked and done_on is None
        ground = [norms[n] for n in step.basis]
        return StepNow(
            step=step,
            due_on=due_on,
            done_on=done_on,
            deadline_on=deadline_on,
            deadline_kind=norm.kind if norm and deadline_on else "",
            deadline_of=("owner" if window else "other") if deadline_on else "",
            locked=locked,
            locked_until=locked_until,
            basis=law.basis(ground, anchors.today),
            caution="; ".join(
                filter(
                    None,
                    (
                        self._caution(step, done_on, [*ground, *filter(None, [norm])]),
                        anchors.uncounted_answer(step, start),
                        *(anchors.unreceived(s) for s in step.locked_by if open_now),
                    ),
                )
            ),
        )

    def _caution(self, step: Step, done_on: date | None, norms: list[Norm]) -> str:
        """Say what is doubtful about the norms, and about the owner's own window."""
        today, phrases = self.anchors.today, self.anchors.ladder.phrases
        doubts = law.cautions((law.doubt(n, today, phrases), n.cite) for n in norms)
        warning = "" if done_on else self._warning(step)
        return "; ".join(filter(None, [warning, doubts]))

    def _warning(self, step: Step) -> str:
        edge, soft = (
            self.anchors.soft_edge(step),
            self.anchors.ladder.norms.get(step.window),
        )
        start = self.anchors.day(step.window_from)
        if edge is None or soft is None or start is None:
            return ""
        if self.anchors.lapsed(step):
            return self.anchors.ladder.phrases["caution_window_over"]
        if self.anchors.may_apply(step):
            self.turns.add(edge + ONE_DAY)
            if edge < self.anchors.today:
                return ""
        warned_on = start + timedelta(days=soft.warn)
        self.turns.add(warned_on)
        return soft.warning if soft.warn and warned_on <= self.anchors.today else ""

    def _lock(self, step: Step, done_on: date | None) -> tuple[bool, date | None]:
        """Say whether a step is locked, and the last locked day where it is known."""
        if done_on is not None:
            return False, None
        ends = [self.anchors.term_end(other) for other in step.locked_by]
        known = [end for end in ends if end is not None]
        if len(known) < len(ends):
            return True, None
        if not known or self.anchors.today > max(known):
            return False, None
        self.turns.add(max(known) + ONE_DAY)
        return True, max(known)
