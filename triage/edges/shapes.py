"""The index's letters by their shape: whom a lesson concerns, what letters like one told."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from triage.edges.store import Store, sortable

LATEST = 200  # events of earlier letters that are compared


def shapes_of(store: Store, evidence: Iterable[str]) -> dict[str, str]:
    """Return the shapes of letters in the index, "" where one is too general."""
    sql = "SELECT evidence, shape FROM messages WHERE evidence IN ({})"
    return {row["evidence"]: row["shape"] for row in store.rows_among(sql, evidence)}


def letters_of_shape(store: Store, names: Iterable[str]) -> set[str]:
    """Return the letters that have one of the shapes, or are named themselves."""
    wanted = set(names)
    found: set[str] = set()
    for column in ("shape", "evidence"):
        sql = f"SELECT evidence FROM messages WHERE {column} IN ({{}})"  # noqa: S608
        found |= {row["evidence"] for row in store.rows_among(sql, wanted)}
    return found


def orders_told_by(store: Store, evidence: Iterable[str]) -> set[tuple[str, str]]:
    """Return the (pack, order) of the events that some letters told."""
    sql = "SELECT DISTINCT pack, order_number FROM events WHERE evidence IN ({})"
    return {
        (row["pack"], row["order_number"]) for row in store.rows_among(sql, evidence)
    }


def letters_like(store: Store, prefix: str) -> list[dict[str, Any]]:
    """Return the rows of the letters whose checksum begins so, a few of them at most."""
    return store.rows(
        "SELECT * FROM messages WHERE evidence >= ? AND evidence < ?"
        " ORDER BY evidence LIMIT 5",
        prefix,
        f"{prefix}g",  # behind every checksum that begins so: they are hexadecimal
    )


def told_before(
    store: Store, heading: str, until: datetime
) -> tuple[list[str], str] | None:
    """Return what earlier letters with such a subject told, and when one last did.

    None where there were none, or where they did not all tell the same.
    """
    rows = store.rows(
        "SELECT evidence, kind, received_at FROM messages JOIN events USING (evidence)"
        " WHERE heading = ? AND received_at < ? ORDER BY received_at DESC LIMIT ?",
        heading,
        sortable(until),
        LATEST,
    )
    told: dict[str, set[str]] = {}
    for row in rows:
        told.setdefault(row["evidence"], set()).add(row["kind"])
    if not heading or len(set(map(frozenset, told.values()))) != 1:
        return None
    return sorted(told.popitem()[1]), rows[0]["received_at"]


def contradicted(
    store: Store, since: str = "", until: str = "~", dated_after: str = ""
) -> list[dict[str, Any]]:
    """Return the rows of letters of which the packs are sure of something else than the
    owner said, those that came into the archive in a span of time."""
    return store.rows(
        "SELECT * FROM messages WHERE against <> '' AND archived_at > ?"
        " AND archived_at <= ? AND received_at > ? ORDER BY received_at, evidence",
        since,
        until,
        dated_after,
    )
