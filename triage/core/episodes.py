"""When a rule held: the stretches of time between a `since` and its `until`.

An order may be cancelled twice, or be kept in storage longer twice; each stretch is an
episode, and the newest that has begun is the case.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from triage.core.act import ActKind
from triage.core.checks import charged_twice, contradiction, short_refunds
from triage.core.deadline import Unit
from triage.core.event import Event
from triage.core.facts import CARRIED, amount_of, paid_for, refunds
from triage.core.owing import is_all_back
from triage.core.question import Episode, Question, as_guess
from triage.core.rule import Check
from triage.core.words import parse_date

LAPSED = "lapsed"  # closed_by of a reminder whose day has passed


def episodes(question: Question) -> list[Episode]:
    """List the stretches in order of time, those that never opened left out."""
    needed = set(question.rule.needs) <= {event.kind for event in question.events}
    found = [*(_found(question) if needed else ()), *_reported(question)]
    return sorted((e for e in found if e.ever_opened), key=lambda e: e.opens_on)


def _found(question: Question) -> Iterable[Episode]:
    """Ask the rule's named check, or go by what should follow what."""
    match question.rule.check:
        case Check.REFUND_SHORT:
            return short_refunds(question)
        case Check.CHARGED_TWICE:
            return charged_twice(question)
        case Check.CONTRADICTED:
            found = [*filter(None, [contradiction(question)])]
            return [_until_stopped(question, question.day(e.at), e) for e in found]
        case Check.NONE:
            return _walk(question)


def _stops(question: Question) -> dict[str, Event]:
    """Find what closes the case, each as sure as it is that it does."""
    found: dict[str, Event] = {}
    rule, reopened = question.rule, question.last(ActKind.REOPENED)
    for event in question.events:
        if reopened and event.at <= reopened.at:
            continue
        if question.answer(event) is False:
            continue
        stop = event if event.kind in rule.until else None
        if event.kind in rule.until_repaid:
            stop = _repaid(question, event)
        if stop is not None:
            found[event.id] = stop
    return found


def _repaid(question: Question, event: Event) -> Event | None:
    """Return a refund with which all refunds of the order reach what was paid for it.

    Where a letter names no sum nobody knows, and the owner is asked; and so where all
    is back that the case is about, though less than was paid.
    """
    kinds = question.rule.until_repaid
    told = [e for e in question.of_order if question.answer(e) is not False]
    back = refunds((e for e in told if e.at <= event.at), kinds)
    paid, sums = paid_for(question.of_order), [amount_of(e) for e in back]
    doubtful = as_guess(event, question.rule)
    known = paid is not None and None not in sums
    if known and sum(s or 0 for s in sums) >= (paid or 0):
        return event if all(map(question.believed, back)) else as_guess(event)
    if (known and not is_all_back(question, event)) or question.answer(
        doubtful
    ) is False:
        return None
    return doubtful


def _walk(question: Question) -> list[Episode]:
    """Go through the events by day; on one day, what opens comes before what closes."""
    rule, current = question.rule, None
    found: list[Episode] = []
    stops = _stops(question)
    closing = (*rule.until, *rule.until_repaid)
    for told in sorted(
        question.events, key=lambda e: (question.day(e.at), e.kind in closing, e.at)
    ):
        event = stops.get(told.id, told)
        if told.id in stops and current is not None:
            if question.believed(event):
                closed_on = question.counts_on(event, current)
                found = [_cut(e, event, closed_on) for e in [*found, current]]
                current = None
            else:
                current = replace(current, doubts=(*current.doubts, event))
        elif _starts(question, event):
            if rule.asks_first and event.kind in rule.since:
                event = as_guess(event, rule)
            new = _opening(question, event)
            if new is None:
                continue
            if current is None:
                current = new if event.kind in rule.since or rule.grace.start else None
            elif event.kind not in rule.moved_by:
                current = replace(current, since=(*current.since, event))
            elif question.answer(event) is not False:
                ended, current = _moved(question, current, new)
                found += ended
    return found if current is None else [*found, _lapse(question, current)]


def _starts(question: Question, event: Event) -> bool:
    rule, told = question.rule, event.attributes
    if event.kind in rule.since:
        return all(told.get(name) == value for name, value in rule.where.items())
    return event.kind in rule.moved_by


def _moved(
    question: Question, current: Episode, new: Episode
) -> tuple[list[Episode], Episode]:
    """Let a newer date take the place of the one that counted, and return what ended.

    A guess does not move the date: what it would move goes on to its own end and asks,
    and the newer date is kept beside it.
    """
    (event,) = new.since
    if not question.believed(event):
        doubtful = replace(current, doubts=(*current.doubts, event))
        if current.closed_on is None:
            return [], doubtful
        return [doubtful], replace(new, opens_on=max(new.opens_on, current.closed_on))
    moved_on = question.counts_on(event, current)
    if moved_on < current.opens_on:
        return [], replace(new, doubts=current.doubts)
    return [_cut(_lapse(question, current), event, moved_on)], new


def _cut(episode: Episode, event: Event, day: date) -> Episode:
    """End an episode by an event, unless it was over before."""
    if episode.closed_on is not None and episode.closed_on <= day:
        return episode
    return replace(episode, closed_on=day, closed_by=event.kind, doubts=())


def _opening(question: Question, event: Event) -> Episode | None:
    """Start an episode from an event, or not if it lacks the date that counts."""
    grace, day = question.rule.grace, question.day(event.at)
    if not grace.start and grace.term.unit is Unit.HOURS:
        passed = question.day(event.at + timedelta(hours=grace.term.value))
        return Episode((event,), passed + timedelta(days=1))  # no morning is too early
    if not grace.start:
        return Episode((event,), grace.term.ends_on(day, question.calendar))
    named = _named(question, event)
    if named is None:
        return None
    if not grace.before:
        return Episode((event,), grace.term.ends_on(named, question.calendar))
    opens = max(day, named - timedelta(days=grace.term.value))
    return Episode((event,), opens, named + timedelta(days=1), LAPSED)


def _named(question: Question, event: Event) -> date | None:
    """Return the day that a rule counts from: the owner's word before older letters."""
    name = question.rule.grace.start
    letter = event.attributes.get(name)
    for act in question.told(CARRIED.get(name, name))[-1:]:
        on = question.since(act)
        found = parse_date(act.data["value"], on)
        if found and (letter is None or question.day(event.at) <= on):
            return found
    return date.fromisoformat(letter) if letter else None


def _lapse(question: Question, episode: Episode) -> Episode:
    """Keep the end that a reminder carries from its start; others stay open."""
    return episode if question.rule.grace.before else replace(episode, closed_on=None)


def _reported(question: Question) -> Iterator[Episode]:
    """Yield one open episode for the owner's reports, closed by what came after it."""
    if question.reports:
        yield _until_stopped(question, question.since(question.reports[0]))


def _until_stopped(question: Question, opened: date, *since: Event) -> Episode:
    """Run from a day, or the owner's word, to the first sure stop."""
    doubts: list[Event] = []
    for stop in _stops(question).values():
        if question.day(stop.at) < opened:
            continue
        if question.believed(stop):
            return Episode(since, opened, question.day(stop.at), stop.kind)
        doubts.append(stop)
    return Episode(since, opened, doubts=tuple(doubts))
