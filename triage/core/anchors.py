"""From words such as `term:claim` to days: what the ladder and the letters count from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Self

from triage.core import law
from triage.core.case import Case
from triage.core.deadline import Calendar, NoCalendar, Term, Unit
from triage.core.progress import Progress
from triage.core.step import Ladder, Step
from triage.core.words import parse_date

PRESSES = timedelta(days=3)
"""How long before a last day of the owner's its step goes before all others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchors:
    """The days that are known of one case."""

    case: Case
    progress: Progress
    ladder: Ladder
    today: date
    steps: Mapping[str, Step] = field(hash=False)
    called: str = ""  # what the owner calls the case when he answers

    @classmethod
    def of(
        cls,
        case: Case,
        done: Progress,
        ladder: Ladder,
        today: date,
        *,
        number: int = 0,
    ) -> Self:
        """Look at a case as of a day, by the plan that the told facts make.

        A case without a number goes by its id.
        """
        called = str(number or case.id)
        plan = ladder.plan(case.rule, done.looking_into(case))
        return cls(
            case=case,
            progress=done,
            ladder=ladder,
            today=today,
            steps={step.id: step.of_case(called) for step in plan},
            called=called,
        )

    def told(self, name: str) -> str | None:
        """Return a fact as it was told, the owner's word before a letter's."""
        return self.progress.looking_into(self.case)(name)

    def fact_on(self, name: str) -> date | None:
        """Return a fact that is a date."""
        value = self.told(name)
        return None if value is None else parse_date(value, self.case.opened_on)

    def day(self, anchor: str) -> date | None:
        """Return the day of an anchor; of several, parted by `|`, the first known."""
        for one in anchor.split("|"):
            what, _, name = one.partition(":")
            if what == "opened":
                found: date | None = self.case.opened_on
            elif what == "done":
                found = self.progress.done_on(name)
            elif what == "term":
                found = self.term_end(name)
            else:
                found = self.fact_on(name)
            if found is not None:
                return found
        return None

    def term_end(self, step_id: str) -> date | None:
        """Return the last day of the answer term that a step set running.

        It is counted from the fact `<step>_received_on` once that is told, before from
        the day the step was taken (Civil Code, articles 165.1 and 191).
        """
        step, start = self.steps.get(step_id), self.term_start(step_id)
        if step is None or start is None:
            return None
        return self.answer_by(step, start) if step.answer else start

    def term_start(self, step_id: str) -> date | None:
        """Return the day from which the answer term of a step that was taken runs."""
        step, taken = self.steps.get(step_id), self.progress.done_on(step_id)
        if step is None or taken is None or not step.answer:
            return taken
        return max(taken, self.fact_on(f"{step_id}_received_on") or taken)

    def answer_by(self, step: Step, taken_on: date) -> date | None:
        """Return by when the other side must answer a step taken on a day."""
        norm = self.ladder.norms.get(step.answer)
        if norm is None or norm.term is None or not norm.holds_on(taken_on):
            return None
        return end_of(norm.term, taken_on, self.ladder.calendar)

    def is_our_own(self, anchor: str) -> bool:
        """Say whether an anchor is the end of a term that no norm names, but we do."""
        what, _, name = anchor.partition(":")
        step = self.steps.get(name) if what == "term" else None
        norm = self.ladder.norms.get(step.answer) if step else None
        return norm is not None and not norm.cite

    def uncounted(self, term: Term | None, start: date | None) -> str:
        """Say in words what of a term's end is not known for want of a calendar."""
        if term is None or start is None:
            return ""
        year = year_wanted(term, start, self.ladder.calendar)
        end = end_of(term, start, self.ladder.calendar)
        return law.uncounted(term, end, year, self.ladder.phrases)

    def uncounted_answer(self, step: Step, taken_on: date | None) -> str:
        """Say so of the answer term of a step that is taken on a day."""
        norm = self.ladder.norms.get(step.answer)
        if norm is None or taken_on is None or not norm.holds_on(taken_on):
            return ""
        return self.uncounted(norm.term, taken_on)

    def unreceived(self, step_id: str) -> str:
        """Say in words that a step's term runs from its sending, for want of its receipt."""
        received = f"{step_id}_received_on"
        if received not in self.ladder.fact_names or self.told(received):
            return ""
        return self.ladder.phrases["caution_unreceived"]

    def window(self, step: Step) -> tuple[str, date] | None:
        """Return the owner's own last day for a step, with its norm.

        A norm may hand over to a harder edge behind it once its own end has passed.
        """
        edges = self.edges(step)
        return next(
            (e for e in edges if self.today <= e[1]), edges[-1] if edges else None
        )

    def edges(self, step: Step) -> list[tuple[str, date]]:
        """List the ends of a step's window, the soft one first."""
        return [] if self.may_apply(step) else self._ends(step)

    def may_apply(self, step: Step) -> bool:
        """Say whether a step's window hangs on a fact that the owner has not told."""
        return bool(step.window_if) and not self.told(step.window_if)

    def soft_edge(self, step: Step) -> date | None:
        """Return the first end of a window, and of one that may apply if it was open yet."""
        ends = self._ends(step)
        if not ends or (self.may_apply(step) and ends[0][1] < self.case.opened_on):
            return None
        return ends[0][1]

    def _ends(self, step: Step) -> list[tuple[str, date]]:
        start = self.day(step.window_from)
        found: list[tuple[str, date]] = []
        norm = self.ladder.norms.get(step.window)
        while start is not None and norm is not None and norm.term is not None:
            end = end_of(norm.term, start, self.ladder.calendar)
            if end is not None and norm.holds_on(start):
                found.append((norm.id, end))
            norm = self.ladder.norms.get(norm.then)
        return found

    def presses_on(self, step: Step) -> date | None:
        """Return the day from which a step's window makes it go before the others."""
        edge = self.soft_edge(step)
        return max(edge - PRESSES, self.case.opened_on) if edge else None

    def lapsed(self, step: Step) -> bool:
        """Say whether the owner's own last day for a step has passed."""
        edges = self.edges(step)
        return bool(edges) and self.today > edges[-1][1]


def year_wanted(term: Term, start: date, calendar: Calendar) -> int | None:
    """Return the year whose calendar a term would need and nobody has."""
    try:
        term.ends_on(start, calendar)
    except NoCalendar as wanted:
        return wanted.year
    return None


def end_of(term: Term, start: date, calendar: Calendar) -> date | None:
    """Return the end of a term, unshifted in a year whose calendar is not known.

    None where the worked days themselves would have to be counted there.
    """
    try:
        return term.ends_on(start, calendar)
    except NoCalendar:
        if term.unit is Unit.WORKING_DAYS:
            return None
        return Term(term.value, term.unit).ends_on(start, calendar)
