"""How the days of a step are counted: from which day, how long, moved by what."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from string import Template

from triage.core import law
from triage.core.anchors import Anchors, end_of, year_wanted
from triage.core.deadline import Term
from triage.core.step import Ladder, Norm, Step, StepNow
from triage.core.words import day


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A term that was counted, with what it rests on."""

    start_on: date
    start: str  # in words
    term: Term
    ends_on: date | None  # None: in a year whose calendar is not known
    unshifted_on: date | None
    no_year: int | None = None  # whose calendar would say whether the end shifts
    norm: Norm | None = None
    owners: bool = False  # the owner's own last day, which never shifts


def deadline(
    now: StepNow, anchors: Anchors, words: Mapping[str, str]
) -> Counted | None:
    """Say how the deadline of a step comes about; None where it has none."""
    step = now.step
    if now.done_on is None and (window := anchors.window(step)):
        norm = anchors.ladder.norms[window[0]]
        start_on = anchors.day(step.window_from)
        if start_on is None:
            return None
        start = anchor_in_words(step.window_from, anchors, words)
        return _counted(anchors, norm, start_on, start, owners=True)
    answer = anchors.ladder.norms.get(step.answer)
    if answer is None:
        return None
    if now.done_on is None:
        start_on = max(now.due_on or anchors.today, anchors.today)
        return _counted(anchors, answer, start_on, _said(words, "soonest", start_on))
    return answered(step, anchors, words)


def answered(step: Step, anchors: Anchors, words: Mapping[str, str]) -> Counted | None:
    """Say how the answer term of a step that was taken is counted."""
    taken_on = anchors.progress.done_on(step.id)
    norm = anchors.ladder.norms.get(step.answer)
    if taken_on is None or norm is None:
        return None
    received_on = anchors.fact_on(f"{step.id}_received_on")
    if received_on and received_on >= taken_on:
        start = _said(words, "received", received_on)
        return _counted(anchors, norm, received_on, start)
    return _counted(anchors, norm, taken_on, _said(words, "taken", taken_on))


def due(
    step: Step, anchors: Anchors, words: Mapping[str, str]
) -> Iterator[Counted | str]:
    """Yield how each day is counted from which a step is due; in words what is not known."""
    for when in step.due:
        start_on = anchors.day(when.anchor)
        if start_on is not None:
            start = anchor_in_words(when.anchor, anchors, words)
            yield _counted_term(anchors, when.term, start_on, start)
        elif not when.maybe:
            yield anchor_in_words(when.anchor, anchors, words)


def anchor_in_words(text: str, anchors: Anchors, words: Mapping[str, str]) -> str:
    """Say what an anchor is, with its day where that is known."""
    known = [one for one in text.split("|") if anchors.day(one)]
    anchor = (known or text.split("|"))[0]
    what, _, name = anchor.partition(":")
    on = anchors.day(anchor)
    step = anchors.steps.get(name)
    phrase = {"opened": "opened", "done": "done", "term": "end"}.get(what, "fact")
    if on is None:
        phrase = "no_step" if step else "no_fact"
    return Template(words[phrase]).safe_substitute(
        day=day(on) if on else "",
        step=step.rung if step else name,
        title=_title(anchors.ladder, name),
    )


def in_words(counted: Counted, words: Mapping[str, str]) -> str:
    """Write a term out: start, length, end, and why it moved."""
    phrase = "term"
    if counted.ends_on is None:
        phrase = "none"
    elif counted.owners:
        phrase = "own"
    elif counted.no_year:
        phrase = "unshifted"
    elif counted.ends_on != counted.unshifted_on:
        phrase = "shifted"
    return Template(words[phrase]).safe_substitute(
        start=counted.start,
        length=law.length_of(counted.term),
        ended=day(counted.unshifted_on) if counted.unshifted_on else "",
        end=day(counted.ends_on) if counted.ends_on else "",
        year=str(counted.no_year or ""),
    )


def _counted(
    anchors: Anchors, norm: Norm, start_on: date, start: str, *, owners: bool = False
) -> Counted | None:
    if norm.term is None or not norm.holds_on(start_on):
        return None
    found = _counted_term(anchors, norm.term, start_on, start)
    return Counted(
        start_on=start_on,
        start=start,
        term=norm.term,
        ends_on=found.ends_on,
        unshifted_on=found.unshifted_on,
        no_year=None if owners else found.no_year,
        norm=norm,
        owners=owners,
    )


def _counted_term(anchors: Anchors, term: Term, start_on: date, start: str) -> Counted:
    calendar = anchors.ladder.calendar
    return Counted(
        start_on=start_on,
        start=start,
        term=term,
        ends_on=end_of(term, start_on, calendar),
        unshifted_on=end_of(Term(term.value, term.unit), start_on, calendar),
        no_year=year_wanted(term, start_on, calendar),
    )


def _said(words: Mapping[str, str], phrase: str, on: date) -> str:
    return Template(words[phrase]).safe_substitute(day=day(on))


def _title(ladder: Ladder, name: str) -> str:
    return ladder.fact_names.get(name, name).partition(" (")[0]
