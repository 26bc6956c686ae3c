"""The index's words of letters: which letter has a word. Nobody can read it back."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from triage.core.entry import sighting_of
from triage.core.event import EventKind
from triage.core.findable import FOUND
from triage.core.message import Sighting
from triage.edges.store import Store

_LISTED = """
SELECT messages.*,
 (SELECT json_group_array(order_number) FROM letters_by_order named
   WHERE named.evidence = messages.evidence) named,
 (SELECT json_group_array(kind) FROM (SELECT DISTINCT kind FROM events
   WHERE events.evidence = messages.evidence ORDER BY position)) kinds
  FROM messages WHERE evidence IN ({})
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What the index knows of a letter that was found."""

    sighting: Sighting  # as far as reading the letter again needs it
    pack: str
    subject: str
    orders: tuple[str, ...]
    kinds: tuple[EventKind, ...]  # what it told, in the order of the letter


def add(store: Store, shadows: Mapping[str, str]) -> None:
    """Take in the words of letters by their checksum; the same bytes have the same words."""
    with store.transaction():
        for evidence, words in shadows.items():
            new = "INSERT OR IGNORE INTO searched (evidence) VALUES (?)"
            if words and store.execute(new, evidence) == 1:
                store.execute(
                    "INSERT INTO words (rowid, forms)"
                    " SELECT id, ? FROM searched WHERE evidence = ?",
                    words,
                    evidence,
                )


def letters_with(store: Store, stem: str) -> set[str]:
    """Return the checksums of the letters that have a word beginning so."""
    quoted = '"' + stem.replace('"', '""') + '"*'
    rows = store.rows(
        "SELECT evidence FROM words JOIN searched ON searched.id = words.rowid"
        " WHERE words MATCH ?",
        quoted,
    )
    return {row["evidence"] for row in rows}


def listed(store: Store, evidence: Iterable[str], until: datetime) -> list[Listed]:
    """Look letters up, newest first; those that came later than an instant are left out."""
    rows = store.rows_among(_LISTED, evidence)
    # of one with another outcome a better copy said otherwise
    found = [_listed(row) for row in rows if row["outcome"] in FOUND]
    kept = [one for one in found if one.sighting.received_at <= until]
    return sorted(
        kept,
        key=lambda one: (one.sighting.received_at, one.sighting.sha256),
        reverse=True,
    )


def _listed(row: Mapping[str, Any]) -> Listed:
    return Listed(
        sighting=sighting_of(row),
        pack=row["pack"],
        subject=row["subject"],
        orders=tuple(json.loads(row["named"])),
        kinds=tuple(map(EventKind, json.loads(row["kinds"]))),
    )
