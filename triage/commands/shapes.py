"""What `--json` prints: plain values in the shapes that docs/commands.md promises."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from triage.core.dossier import whereabouts
from triage.core.event import Event
from triage.core.settlement import Settlement, settlement
from triage.core.step import Standing, StepNow
from triage.core.timeline import Timeline

Shape = dict[str, Any]


def case_shape(standing: Standing) -> Shape:
    """Shape a case with its present step and its facts."""
    case = standing.case
    return {
        "id": case.id,
        "number": standing.number or None,
        "rule": case.rule,
        "title": case.title,
        "order": case.order,
        "posting": case.posting,
        "state": standing.state.value,
        "opened_on": case.opened_on.isoformat(),
        "closed_on": _day(case.closed_on),
        "amount": None if case.amount is None else f"{case.amount:.2f}",
        "certainty": case.certainty.word,
        "asks": case.asks,
        "waiting_until": _day(standing.waiting_until),
        "step": step_shape(standing.step) if standing.step else None,
        "facts": [
            {
                "name": fact.name,
                "value": fact.value,
                "evidence": fact.evidence,
                "quote": fact.quote,
            }
            for fact in case.facts
        ],
    }


def step_shape(now: StepNow) -> Shape:
    """Shape a dated step."""
    return {
        "id": now.step.id,
        "rung": now.step.rung,
        "title": now.step.title,
        "due_on": _day(now.due_on),
        "done_on": _day(now.done_on),
        "deadline_on": _day(now.deadline_on),
        "deadline_kind": now.deadline_kind or None,
        "locked": now.locked,
        "locked_until": _day(now.locked_until),
        "basis": now.basis,
        "letter": now.step.letter or None,
        "lacks": list(now.lacks),
    }


def ladder_shape(standing: Standing) -> list[Shape]:
    """Shape every step of a case."""
    return [step_shape(step) for step in standing.steps]


def order_shape(order: str, events: Iterable[Event]) -> Shape:
    """Shape an order: its parcels with their status, and its events."""
    timeline = Timeline.of(events)
    named = [posting for posting in timeline.postings() if posting]
    return {
        "order": order,
        "marketplace": timeline.pack,
        "status": whereabouts(timeline, None),
        "postings": [
            {"posting": posting, "status": whereabouts(timeline, posting)}
            for posting in named
        ],
        "events": [event_shape(event) for event in timeline.events],
        "settlement": settlement_shape(settlement(timeline.events)),
    }


def settlement_shape(found: Settlement) -> Shape:
    """Shape the money of an order; sums are strings in roubles."""
    return {
        "paid": _sum(found.paid),
        "handed_over": _sum(found.handed_over),
        "owed": _sum(found.owed),
        "returned": _sum(found.returned),
        "certainty": found.certainty.word,
        "missing": [
            {"what": gap.what.value, "amount": _sum(gap.amount)} for gap in found.gaps
        ],
        "evidence": list(found.evidence),
    }


def event_shape(event: Event) -> Shape:
    """Shape an event; its attributes stand beside its own words."""
    return {
        "kind": event.kind.value,
        "at": event.at.isoformat(),
        "posting": event.posting,
        "certainty": event.certainty.word,
        "recogniser": event.recogniser,
        "evidence": event.evidence,
        "quote": event.quote,
        **event.attributes,
    }


def listing(now: datetime, name: str, rows: Iterable[Mapping[str, Any]]) -> Shape:
    """Put a list under its name, with the instant it holds for."""
    return {"now": now.isoformat(timespec="seconds"), name: list(rows)}


def _sum(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
