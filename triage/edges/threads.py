"""The index's answers that name no order, by the Message-IDs of the letters before them."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from triage.core.event import Event
from triage.core.record import event_of, event_row
from triage.core.threads import Asked
from triage.edges.store import Store

ANSWERS_TO = (
    "SELECT threads.evidence FROM messages JOIN threads USING (message_id)"
    " WHERE role = 'sent' AND messages.evidence IN ({})"
)
ASKED = (
    "SELECT message_id, evidence, events.pack, order_number"
    " FROM messages JOIN events USING (evidence)"
    " WHERE role = 'sent' AND message_id IN ({})"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer without a number tells, and of which letters it is the answer."""

    evidence: str
    thread: Sequence[Sequence[str]]
    events: Sequence[Event]


def remember(store: Store, letters: Sequence[dict[str, Any]]) -> None:
    """Note which letters answer which, in place of what was noted of them before."""
    named = [
        {"message_id": name, "evidence": letter["evidence"]}
        for letter in letters
        if letter.get("untied")
        for name in sorted(set().union(*json.loads(letter["untied"])["thread"]))
    ]
    with store.transaction():
        store.execute(
            "DELETE FROM threads WHERE evidence IN (SELECT value FROM json_each(?))",
            json.dumps([letter["evidence"] for letter in letters]),
        )
        store.write_all("threads", named)


def answers_among(store: Store, evidence: Sequence[str]) -> set[str]:
    """Return those of some letters, and of the answers to them, that name no order."""
    own = store.rows_among(
        "SELECT evidence FROM messages WHERE untied IS NOT NULL AND evidence IN ({})",
        evidence,
    )
    others = store.rows_among(ANSWERS_TO, evidence)
    return {row["evidence"] for row in (*own, *others)}


def answers(store: Store, evidence: Iterable[str]) -> list[Answer]:
    """Return answers that name no order."""
    rows = store.rows_among(
        "SELECT evidence, untied FROM messages"
        " WHERE untied IS NOT NULL AND evidence IN ({})",
        evidence,
    )
    found = [(row["evidence"], json.loads(row["untied"])) for row in rows]
    return [
        Answer(name, untied["thread"], tuple(map(event_of, untied["events"])))
        for name, untied in found
    ]


def asked(store: Store, message_ids: Iterable[str]) -> list[Asked]:
    """Return the orders of which letters of the owner's with such ids asked support."""
    return [Asked(*row.values()) for row in store.rows_among(ASKED, message_ids)]


def replace_events(
    store: Store, evidence: str, events: Sequence[Event]
) -> set[tuple[str, str]]:
    """Let an answer tell these events; return the (pack, order) that this touches."""
    rows = [event_row(event) for event in events]
    before = store.rows("SELECT * FROM events WHERE evidence = ?", evidence)
    if {row["id"]: row for row in before} == {row["id"]: row for row in rows}:
        return set()
    with store.transaction():
        for table in ("events", "letters_by_order"):
            sql = f"DELETE FROM {table} WHERE evidence = ?"  # noqa: S608
            store.execute(sql, evidence)
        store.write_all("events", rows)
        for order in {row["order_number"] for row in rows}:
            store.write(
                "letters_by_order", {"order_number": order, "evidence": evidence}
            )
        outcome = "recognised" if rows else "unrecognised"
        sql = "UPDATE messages SET outcome = ? WHERE evidence = ?"
        store.execute(sql, outcome, evidence)
    return {(row["pack"], row["order_number"]) for row in (*before, *rows)}
