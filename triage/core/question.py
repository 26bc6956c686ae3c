"""What a rule is asked about one order or parcel, and the stretch of time it answers with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo

from triage.core.act import Act, ActKind
from triage.core.deadline import Calendar
from triage.core.event import Certainty, Event
from triage.core.rule import Rule

WITHDRAWN = "withdrawn"  # closed_by of a case that no rule finds any more
MERGED = "merged"  # closed_by of a case that another one tells in full
OWNER = "owner"  # closed_by of a case the owner closed
ASKED_BY = "rule:"  # stands for the recogniser where a rule takes an event for a guess


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
    asker = event.recogniser.removeprefix(ASKED_BY)
    own = f":{asker}" if asker != event.recogniser else ""
    return f"{event.evidence}:{event.kind}{own}"


def answers_in(acts: Iterable[Act]) -> dict[str, Act]:
    """Return the owner's last word on each guess of an order, whichever case had asked."""
    return {
        about: act
        for act in acts
        if act.kind is ActKind.ANSWERED
        for about in act.data.get("about", "").split()
    }


def since(act: Act, zone: tzinfo) -> date:
    """Return the day from which it is so, as the owner says; else the day he said it."""
    on = act.data.get("on")
    return date.fromisoformat(on) if on else act.at.astimezone(zone).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What one rule is asked about one order or posting."""

    rule: Rule
    events: Sequence[Event]
    reports: Sequence[Act]
    acts: Sequence[Act]  # of the case, and facts of its order, oldest first
    answers: Mapping[str, Act]  # the owner's last word on each guess of the order
    zone: ZoneInfo
    calendar: Calendar
    of_order: Sequence[Event] = ()  # of all its parcels, where sums count

    def day(self, at: datetime) -> date:
        """Return the owner's local date of an instant."""
        return at.astimezone(self.zone).date()

    def told(self, name: str) -> list[Act]:
        """List what the owner told of a fact, oldest first."""
        return [
            a for a in self.acts if a.kind is ActKind.FACT and a.data["name"] == name
        ]

    def since(self, act: Act) -> date:
        """Return the day from which it is so, as the owner says."""
        return since(act, self.zone)

    def last(self, kind: ActKind) -> Act | None:
        return next((a for a in reversed(self.acts) if a.kind is kind), None)

    def answer(self, event: Event) -> bool | None:
        """Return the owner's word on a guess, whichever case had asked.

        A no is void once the owner has taught that such letters say it after all.
        """
        told = self.answers.get(doubt(event))
        if told is None:
            return None
        yes = told.data["answer"] == "yes"
        return True if yes else None if event.certainty is Certainty.TAUGHT else False

    def counts_on(self, event: Event, episode: Episode) -> date:
        """Return the day on which an event closes an episode.

        A guess counts for what it says from its own day on, unless the case it closes
        had opened since: then from the day the owner confirmed it, by which its letter
        became taught.
        """
        day = self.day(event.at)
        told = self.answers.get(doubt(event))
        if event.certainty is Certainty.PINNED or told is None:
            return day
        if day >= episode.opens_on:
            return day
        confirmed = self.day(told.at)
        return confirmed if confirmed >= episode.opens_on else day

    def believed(self, event: Event) -> bool:
        return event.certainty > Certainty.GUESS or bool(self.answer(event))


def as_guess(event: Event, rule: Rule | None = None) -> Event:
    """Take what an event says for a guess, or what a rule makes of it.

    The answer to a rule's own question is its own: that no receipt came may be wrong
    though the letter on the handover was right.
    """
    read_by = f"{ASKED_BY}{rule.id}" if rule else event.recogniser
    return replace(event, certainty=Certainty.GUESS, recogniser=read_by)
