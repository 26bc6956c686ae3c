"""Letters and events as rows of the index, which a reading process hands over as JSON."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from triage.core.event import Certainty, Event, EventKind
from triage.core.message import Message, Sighting, Where
from triage.core.recogniser import Reading


def letter_row(
    message: Message,
    reading: Reading,
    sighting: Sighting,
    buyers: Sequence[str] = (),
) -> dict[str, Any]:
    """Make the index row of a letter that could be read."""
    return {
        "evidence": message.evidence,
        "role": message.role,
        "account": sighting.account,
        "message_id": message.message_id,
        "sender": message.sender,
        "authenticated_domain": message.authenticated_domain,
        "subject": message.subject,
        "received_at": message.received_at.isoformat(),
        "archived_at": sighting.archived_at.isoformat(),
        "pack": reading.pack,
        "outcome": reading.outcome,
        "stream": reading.stream or "",
        "reason": reading.reason,
        "orders": json.dumps(reading.orders),
        "defects": json.dumps(message.defects),
        "warnings": json.dumps(message.warnings),
        "attachments": json.dumps(
            [[a.name, a.media_type, a.size, a.sha256] for a in message.attachments]
        ),
        "shape": reading.shape,
        "heading": reading.heading,
        "against": reading.against,
        "buyers": json.dumps(buyers),
        "receipt": reading.receipt and json.dumps(event_row(reading.receipt)),
        "untied": _untied(reading),
    }


def _untied(reading: Reading) -> str | None:
    if not reading.untied:
        return None
    events = [event_row(event) for event in reading.untied]
    return json.dumps({"thread": reading.thread, "events": events})


def event_row(event: Event) -> dict[str, Any]:
    """Make the index row of an event."""
    return {
        "id": event.id,
        "pack": event.pack,
        "order_number": event.order,
        "posting": event.posting,
        "kind": event.kind,
        "at": event.at.isoformat(),
        "certainty": int(event.certainty),
        "recogniser": event.recogniser,
        "evidence": event.evidence,
        "position": event.position,
        "quote": event.quote,
        "place": event.where,
        "attributes": json.dumps(event.attributes, ensure_ascii=False, sort_keys=True),
    }


def event_of(row: dict[str, Any]) -> Event:
    """Make the event of an index row."""
    return Event(
        kind=EventKind(row["kind"]),
        at=datetime.fromisoformat(row["at"]),
        pack=row["pack"],
        order=row["order_number"],
        posting=row["posting"],
        certainty=Certainty(row["certainty"]),
        recogniser=row["recogniser"],
        evidence=row["evidence"],
        position=row["position"],
        quote=row["quote"],
        where=Where(row["place"]),
        attributes=json.loads(row["attributes"]),
    )
