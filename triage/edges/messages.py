"""The index's tables of letters and events."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from triage.core.event import Event
from triage.core.message import IMPORTED
from triage.core.record import event_of
from triage.edges.store import Store, sortable

NEWS = "archived_at > ? AND archived_at <= ? AND received_at > ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Which letters are news: those that came into the archive in a span of time.

    A letter may come long after its own date; one from before `dated_after` is history.
    """

    since: datetime
    until: datetime
    dated_after: datetime

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(map(sortable, (self.since, self.until, self.dated_after)))


def replace_letters(
    store: Store, letters: Sequence[dict[str, Any]], events: Sequence[dict[str, Any]]
) -> None:
    """Write letters and their events; what an earlier reading of them said goes."""
    known = readings_of(store, (letter["evidence"] for letter in letters))
    named = {
        (order, letter["evidence"])
        for letter in letters
        for order in json.loads(letter["orders"])
    } | {(event["order_number"], event["evidence"]) for event in events}
    with store.transaction():
        for evidence in known:
            store.execute("DELETE FROM events WHERE evidence = ?", evidence)
            store.execute("DELETE FROM letters_by_order WHERE evidence = ?", evidence)
        store.write_all("messages", letters)
        store.write_all("events", events)
        store.write_all(
            "letters_by_order",
            [{"order_number": o, "evidence": e} for o, e in sorted(named)],
        )


def readings_of(store: Store, evidence: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return role and authenticated domain of the letters already in the index."""
    rows = store.rows_among(
        "SELECT evidence, role, authenticated_domain FROM messages"
        " WHERE evidence IN ({})",
        evidence,
    )
    return {r["evidence"]: (r["role"], r["authenticated_domain"]) for r in rows}


def events_of(
    store: Store, pack: str, orders: Sequence[str], until: datetime | None = None
) -> dict[str, list[Event]]:
    """Return the events of some orders, told by letters up to an instant."""
    found: dict[str, list[Event]] = {}
    sql = "SELECT * FROM events WHERE order_number IN ({}) AND pack = ?"
    for event in map(event_of, store.rows_among(sql, orders, pack)):
        if until is None or event.at <= until:
            found.setdefault(event.order, []).append(event)
    return found


def arrivals(store: Store, evidence: Iterable[str]) -> dict[str, datetime]:
    """Say when letters came."""
    sql = "SELECT evidence, received_at FROM messages WHERE evidence IN ({})"
    rows = store.rows_among(sql, evidence)
    return {row["evidence"]: datetime.fromisoformat(row["received_at"]) for row in rows}


def letters_of(store: Store, orders: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of all letters that name some orders, oldest first."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in store.rows_among(
        "SELECT named.order_number, messages.* FROM letters_by_order named"
        " JOIN messages USING (evidence) WHERE named.order_number IN ({})"
        " ORDER BY received_at, evidence",
        orders,
    ):
        found.setdefault(row.pop("order_number"), []).append(row)
    return found


def letters_with(
    store: Store, outcomes: Sequence[str], until: datetime
) -> list[dict[str, Any]]:
    """Return the rows of letters with one of the outcomes, received up to an instant."""
    rows = store.rows_among(
        "SELECT * FROM messages WHERE outcome IN ({})"
        " AND received_at <= ? ORDER BY received_at, evidence",
        outcomes,
        sortable(until),
    )
    return list(rows)


def news_with(
    store: Store, outcomes: Sequence[str], span: Span
) -> list[dict[str, Any]]:
    """Return the rows of letters with one of the outcomes that are news."""
    rows = store.rows_among(
        f"SELECT * FROM messages WHERE outcome IN ({{}}) AND {NEWS}"  # noqa: S608
        " ORDER BY received_at, evidence",
        outcomes,
        *span.values,
    )
    return list(rows)


def first_archived_at(store: Store) -> datetime | None:
    """Return when the first letter came into the archive."""
    [row] = store.rows("SELECT min(archived_at) first FROM messages")
    return datetime.fromisoformat(row["first"]) if row["first"] else None


def letter_counts(store: Store) -> dict[str, int]:
    """Count the letters in the index by outcome."""
    return {
        row["outcome"]: row["n"]
        for row in store.rows(
            "SELECT outcome, count(*) n FROM messages GROUP BY outcome"
        )
    }


def known_buyers(store: Store) -> dict[str, Counter[str]]:
    """Count the trusted letters of each pack by the buyers whose orders they name."""
    found: dict[str, Counter[str]] = {}
    for row in store.rows(
        "SELECT pack, buyers, count(*) n FROM messages WHERE outcome = 'recognised'"
        " AND role <> 'sent' AND buyers <> '[]' GROUP BY pack, buyers"
    ):
        counts = found.setdefault(row["pack"], Counter())
        counts.update(dict.fromkeys(json.loads(row["buyers"]), row["n"]))
    return found


def imported(store: Store, but: Sequence[str]) -> int:
    """Count the letters that came from files, leaving out some outcomes."""
    marks = ",".join("?" * len(but))
    return int(
        store.rows(
            "SELECT count(*) n FROM messages WHERE account = ?"  # noqa: S608
            f" AND outcome NOT IN ({marks})",
            IMPORTED,
            *but,
        )[0]["n"]
    )


def events_in_news(store: Store, span: Span) -> list[Event]:
    """Return the events that the letters that are news told, oldest first."""
    return [
        event_of(row)
        for row in store.rows(
            "SELECT events.* FROM events JOIN messages USING (evidence)"  # noqa: S608
            f" WHERE {NEWS} ORDER BY at, id",
            *span.values,
        )
    ]
