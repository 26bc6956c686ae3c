"""Say why letters could not be read, what tells most first. Reads only."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from triage.core.news import Unread, Why
from triage.core.pack import Packs
from triage.edges import messages, shapes
from triage.edges.messages import Span
from triage.edges.store import Store

UNREAD = ("unrecognised", "unreadable", "ambiguous")
_WHY = {"unreadable": Why.UNREADABLE, "ambiguous": Why.AMBIGUOUS}


def unread_news(store: Store, packs: Packs, span: Span, zone: ZoneInfo) -> list[Unread]:
    """List what is new and could not be read, and what was read against the owner's word."""
    rows = messages.news_with(store, UNREAD, span)
    rows += shapes.contradicted(store, *span.values)
    return explained(store, packs, rows, zone)


def explained(
    store: Store, packs: Packs, rows: Iterable[Mapping[str, Any]], zone: ZoneInfo
) -> list[Unread]:
    """Say of each letter why it is not counted."""
    found = [_explained(store, packs, row, zone) for row in rows]
    order = list(Why)
    return sorted(
        found,
        key=lambda one: (order.index(one.why), not one.order, one.received_on),
    )


def _explained(
    store: Store, packs: Packs, row: Mapping[str, Any], zone: ZoneInfo
) -> Unread:
    def day(text: str) -> date:
        return datetime.fromisoformat(text).astimezone(zone).date()

    why, known, known_on = _WHY.get(row["outcome"], Why.UNKNOWN), "", None
    at = datetime.fromisoformat(row["received_at"])
    if row["against"]:
        why = Why.AGAINST
    elif why is Why.UNKNOWN and (
        before := shapes.told_before(store, row["heading"], at)
    ):
        why = Why.CHANGED
        known = ", ".join(packs.events.get(kind, kind) for kind in before[0])
        known_on = day(before[1])
    return Unread(
        evidence=row["evidence"],
        why=why,
        reason=packs.tongue.of(row["reason"] or row["outcome"]),
        order=next(iter(json.loads(row["orders"])), ""),
        received_on=day(row["received_at"]),
        known=known,
        known_on=known_on,
        recogniser=row["against"],
    )
