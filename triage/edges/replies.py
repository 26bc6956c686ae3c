"""The index's questions about answers to digests: which wait, and which were refused."""

from datetime import datetime
from typing import Any

from triage.core.act import ActKind
from triage.core.reply import REFUSED, REPLY
from triage.edges.store import Store, sortable


def waiting(store: Store) -> list[dict[str, Any]]:
    """Return the owner's letters that were not heeded yet, oldest first.

    Copies of one letter, as from the inbox and from Sent, are one by their Message-ID.
    """
    return store.rows(
        "WITH heeded AS MATERIALIZED"
        " (SELECT json_extract(data, '$.reply') evidence FROM acts"
        "  WHERE kind = 'replied')"
        " SELECT * FROM messages WHERE outcome = ?"
        " AND evidence NOT IN (SELECT evidence FROM heeded)"
        " AND message_id NOT IN (SELECT message_id FROM messages"
        "  WHERE message_id <> '' AND evidence IN (SELECT evidence FROM heeded))"
        " ORDER BY received_at, evidence",
        REPLY,
    )


def refused(store: Store, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """Return the letters that were taken for nobody's answer, as they were archived.

    A copy of one that was heeded is left out.
    """
    return store.rows(
        "SELECT reason, received_at FROM messages m WHERE outcome = ?"
        " AND archived_at > ? AND archived_at <= ?"
        " AND NOT (message_id <> '' AND EXISTS"
        "  (SELECT 1 FROM messages n WHERE n.outcome = ?"
        "   AND n.message_id = m.message_id))"
        " ORDER BY received_at",
        *(REFUSED, sortable(since), sortable(until), REPLY),
    )


def told_at(store: Store, message_id: str) -> datetime | None:
    """Return when a letter of ours was accepted by the server, where that is known."""
    rows = store.rows(
        "SELECT at FROM acts WHERE kind = ?"
        " AND json_extract(data, '$.message_id') = ? ORDER BY line LIMIT 1",
        *(ActKind.DIGEST_ACCEPTED, message_id),
    )
    return datetime.fromisoformat(rows[0]["at"]) if rows else None


def last_letter(store: Store) -> str:
    """Return the Message-ID of the last letter of ours that the server accepted."""
    rows = store.rows(
        "SELECT json_extract(data, '$.message_id') id FROM acts WHERE kind = ?"
        " ORDER BY line DESC LIMIT 1",
        ActKind.DIGEST_ACCEPTED,
    )
    return str(rows[0]["id"]) if rows else ""
