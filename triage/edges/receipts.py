"""The index's receipts that name no order, and what was read from the owner's files."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from triage.edges.store import Store, sortable

Row = dict[str, Any]  # of the table of events; its order_number is "" or a guess


@dataclass(frozen=True, slots=True)
class Read:
    """What came out of a file: the event of a receipt without its order, or a problem."""

    evidence: str
    receipt: Row | None
    orders: tuple[tuple[str, str], ...]  # (pack, order) that the file itself names
    problem: str


def of_letters(store: Store) -> list[Row]:
    """Return the receipts of letters that name no order."""
    rows = store.rows("SELECT receipt FROM messages WHERE receipt IS NOT NULL")
    return [json.loads(row["receipt"]) for row in rows]


def of_files(store: Store) -> dict[str, Read]:
    """Return what was read from files, by checksum."""
    return {
        row["evidence"]: Read(
            row["evidence"],
            row["receipt"] and json.loads(row["receipt"]),
            tuple((pack, order) for pack, order in json.loads(row["orders"])),
            row["problem"],
        )
        for row in store.rows("SELECT * FROM files")
    }


def add_files(store: Store, read: Iterable[Read]) -> None:
    """Remember what came out of files."""
    store.write_all(
        "files",
        [
            {
                "evidence": one.evidence,
                "receipt": one.receipt and json.dumps(one.receipt),
                "orders": json.dumps(one.orders),
                "problem": one.problem,
            }
            for one in read
        ],
    )


def orders_between(
    store: Store, pack: str, since: datetime, until: datetime
) -> set[str]:
    """Return the orders of which something was told in a span of time."""
    rows = store.rows(
        "SELECT DISTINCT order_number FROM events WHERE pack = ? AND at BETWEEN ? AND ?",
        pack,
        sortable(since),
        sortable(until),
    )
    return {row["order_number"] for row in rows}


def replace_events(store: Store, rows: Mapping[str, Row]) -> set[tuple[str, str]]:
    """Put these in place of all events of receipts that named no order, by id.

    Returns the (pack, order) of which something changed.
    """
    before = {row["id"]: row for row in _events(store)}
    changed = {
        (row["pack"], row["order_number"])
        for one, other in ((before, rows), (rows, before))
        for name, row in one.items()
        if other.get(name) != row
    }
    if not changed:
        return set()
    with store.transaction():
        for name in before.keys() - rows.keys():
            store.execute("DELETE FROM events WHERE id = ?", name)
        store.write_all("events", rows.values())
        store.execute(
            "UPDATE messages SET outcome = CASE WHEN EXISTS (SELECT 1 FROM events"
            " WHERE events.evidence = messages.evidence)"
            " THEN 'recognised' ELSE 'unrecognised' END WHERE receipt IS NOT NULL"
        )
        store.execute(
            "DELETE FROM letters_by_order WHERE evidence IN"
            " (SELECT evidence FROM messages WHERE receipt IS NOT NULL)"
        )
        store.execute(
            "INSERT OR IGNORE INTO letters_by_order (order_number, evidence)"
            " SELECT order_number, evidence FROM events WHERE evidence IN"
            " (SELECT evidence FROM messages WHERE receipt IS NOT NULL)"
        )
    return changed


def _events(store: Store) -> Iterator[Row]:
    yield from store.rows(
        "SELECT * FROM events WHERE evidence IN (SELECT evidence FROM files UNION ALL"
        " SELECT evidence FROM messages WHERE receipt IS NOT NULL)"
    )
