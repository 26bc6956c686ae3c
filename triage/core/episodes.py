"""When a rule held: the stretches of time between a `since` and its `until`.

An order may be cancelled twice, or be kept in storage longer twice; each stretch is an
episode, and the newest that has begun is the case.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from triage.core.act import Act, ActKind
from triage.core.deadline import Calendar, Unit
from triage.core.event import Certainty, Event
from triage.core.facts import amount_of, owed, refunds
from triage.core.rule import Check, Rule

LAPSED = "lapsed"  # closed_by of a reminder whose day has passed
WITHDRAWN = "withdrawn"  # closed_by of a case that no rule finds any more
OWNER = "owner"  # closed_by of a case the owner closed


@dataclass(frozen=True, slots=True)
class Episode:
    """One stretch during which a rule may hold."""

    since: tuple[Event, ...]  # what it rests on; empty when the owner reported it
    opens_on: date
    closed_on: date | None = None
    closed_by: str = ""
    doubts: tuple[Event, ...] = ()  # guesses that would have closed it
    also: tuple[Event, ...] = ()  # what it rests on beside `since`, all of it

    @property
    def ever_opened(self) -> bool:
        return self.closed_on is None or self.closed_on >= self.opens_on


def doubt(event: Event) -> str:
    """Name a guess as an answer of the owner's names it: stable over rebuilds."""
    return f"{event.evidence}:{event.kind}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What one rule is asked about one order or posting."""

    rule: Rule
    events: Sequence[Event]
    reports: Sequence[Act]
    acts: Sequence[Act]  # of the case, oldest first
    answers: Mapping[str, Act]  # the owner's last word on each guess of the order
    zone: ZoneInfo
    calendar: Calendar
    titles: Mapping[str, str]

    def day(self, at: datetime) -> date:
        """Return the owner's local date of an instant."""
        return at.astimezone(self.zone).date()

    def last(self, kind: ActKind) -> Act | None:
        return next((a for a in reversed(self.acts) if a.kind is kind), None)

    def answer(self, event: Event) -> bool | None:
        """Return the owner's word on a guess, whichever case had asked."""
        told = self.answers.get(doubt(event))
        return None if told is None else told.data["answer"] == "yes"

    def counts_on(self, event: Event, episode: Episode) -> date:
        """Return the day on which an event closes an episode.

        A guess counts for what it says from its own day on, unless the case it closes
        had opened since: then from the day the owner confirmed it.
        """
        day = self.day(event.at)
        told = self.answers.get(doubt(event))
        if event.certainty > Certainty.GUESS or told is None or day >= episode.opens_on:
            return day
        confirmed = self.day(told.at)
        return confirmed if confirmed >= episode.opens_on else day

    def believed(self, event: Event) -> bool:
        return event.certainty > Certainty.GUESS or bool(self.answer(event))


def episodes(question: Question) -> list[Episode]:
    """List the stretches in order of time, those that never opened left out."""
    rule = question.rule
    if not set(rule.needs) <= {event.kind for event in question.events}:
        return []
    found = (
        _short_refunds(question)
        if rule.check is Check.REFUND_SHORT
        else [*_walk(question), *_reported(question)]
    )
    found = [e for e in found if e.ever_opened]
    return sorted(found, key=lambda e: e.opens_on)


def _stops(question: Question) -> Iterator[Event]:
    reopened = question.last(ActKind.REOPENED)
    for event in question.events:
        if reopened and event.at <= reopened.at:
            continue
        if event.kind in question.rule.until and question.answer(event) is not False:
            yield event


def _walk(question: Question) -> list[Episode]:
    """Go through the events by day; on one day, what opens comes before what closes."""
    rule, current = question.rule, None
    found: list[Episode] = []
    stops = {event.id for event in _stops(question)}
    for event in sorted(
        question.events, key=lambda e: (question.day(e.at), e.kind in rule.until, e.at)
    ):
        if event.id in stops and current is not None:
            if question.believed(event):
                closed_on = question.counts_on(event, current)
                found = [_cut(e, event, closed_on) for e in [*found, current]]
                current = None
            else:
                current = replace(current, doubts=(*current.doubts, event))
        elif event.kind in (*rule.since, *rule.moved_by):
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
    if grace.start not in event.attributes:
        return None
    named = date.fromisoformat(event.attributes[grace.start])
    if not grace.before:
        return Episode((event,), grace.term.ends_on(named, question.calendar))
    opens = max(day, named - timedelta(days=grace.term.value))
    return Episode((event,), opens, named + timedelta(days=1), LAPSED)


def _lapse(question: Question, episode: Episode) -> Episode:
    """Keep the end that a reminder carries from its start; others stay open."""
    return episode if question.rule.grace.before else replace(episode, closed_on=None)


def _reported(question: Question) -> Iterator[Episode]:
    """Yield one open episode for the owner's reports, closed by what came after it."""
    if not question.reports:
        return
    told = question.reports[0]
    opened = question.day(told.at)
    if "on" in told.data:
        opened = date.fromisoformat(told.data["on"])
    doubts: list[Event] = []
    for stop in _stops(question):
        if question.day(stop.at) < opened:
            continue
        if question.believed(stop):
            yield Episode((), opened, question.day(stop.at), stop.kind)
            return
        doubts.append(stop)
    yield Episode((), opened, doubts=tuple(doubts))


def _short_refunds(question: Question) -> Iterator[Episode]:
    """Yield the stretch in which all refunds together are less than what is owed.

    A refund that is a guess opens it and, where it would make the sum up, asks.
    """
    events = [e for e in question.events if question.answer(e) is not False]
    due, paid = owed(question.events), refunds(question.rule, events)
    sums = [amount_of(e) for e in paid]
    if due is None or not paid or None in sums:
        return
    whole, grounds = due
    sure = maybe = Decimal(0)
    opened: Episode | None = None
    for place, (event, amount) in enumerate(zip(paid, sums, strict=True), 1):
        maybe += amount or 0
        sure += (amount or 0) if question.believed(event) else 0
        day = question.day(event.at)
        if opened is not None and opened.opens_on > day:
            opened = None  # more money came before anyone had to worry
        if sure >= whole:
            if opened is not None:
                yield replace(opened, closed_on=day, closed_by=event.kind, doubts=())
            return
        if opened is None:
            opens_on = question.rule.grace.term.ends_on(day, question.calendar)
            opened = Episode((event,), opens_on, also=grounds)
        if maybe >= whole:
            guesses = tuple(e for e in paid[:place] if not question.believed(e))
            opened = replace(opened, doubts=guesses)
    if opened is not None:
        yield opened
