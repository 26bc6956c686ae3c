"""The letters to the owner that wait, and what became of each.

A row is taken by a conditional UPDATE that registers the attempt, with the next one
already in the future, before anything is sent: a crash leaves a visible trace and
never a hammered server.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from triage.core.act import ActKind
from triage.core.attempt import PAUSES, pause
from triage.core.chain import Head, read_heads, write_heads
from triage.core.mention import Mention, dump_mentions, load_mentions
from triage.core.news import Undelivered
from triage.edges.store import Store, sortable

DIGEST = "digest:"
URGENT = "urgent:"
KEEP = timedelta(days=30)  # accepted letters; the journal remembers them for ever


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """A letter that waits. `state` is what it was when it was read or taken."""

    key: str
    message_id: str
    recipient: str
    raw: bytes
    mentions: Sequence[Mention] = ()
    heads: Mapping[str, Head] = field(default_factory=dict, hash=False)
    days: str = ""  # the appointments that stand with it: `core.agenda.dump_days`
    state: str = "queued"
    attempts: int = 0

    def data(self) -> dict[str, str]:
        """Say what the journal notes of it once it is accepted."""
        return {
            "key": self.key,
            "message_id": self.message_id,
            "mentions": dump_mentions(self.mentions),
            "heads": write_heads(self.heads),
            "days": self.days,
        }


def digest_key(on: date) -> str:
    """Name the digest of a local day."""
    return f"{DIGEST}{on.isoformat()}"


def urgent_key(on: date, about: str) -> str:
    """Name a letter that could not wait for the digest of its local day."""
    return f"{URGENT}{on.isoformat()}:{about}"


def urgent_on(store: Store, on: date) -> int:
    """Count the urgent letters of a local day, by the outbox or by the journal."""
    [row] = store.rows(
        "SELECT count(*) n FROM (SELECT key FROM outbox WHERE key LIKE ? || '%' UNION"
        " SELECT json_extract(data, '$.key') FROM acts WHERE kind = ?"
        "  AND json_extract(data, '$.key') LIKE ? || '%')",
        *(urgent_key(on, ""), ActKind.DIGEST_ACCEPTED, urgent_key(on, "")),
    )
    return int(row["n"])


def announced(store: Store) -> str:
    """Return the appointments that stand since the newest letter that told of any."""
    rows = store.rows(
        "SELECT days FROM outbox WHERE state NOT IN ('rejected', 'withdrawn')"
        " AND (key LIKE ? || '%' OR key LIKE ? || '%')"
        " ORDER BY composed_at DESC, key DESC LIMIT 1",
        DIGEST,
        URGENT,
    ) or store.rows(
        "SELECT coalesce(json_extract(data, '$.days'), '') days FROM acts"
        " WHERE kind = ? ORDER BY line DESC LIMIT 1",
        ActKind.DIGEST_ACCEPTED,
    )
    return str(rows[0]["days"]) if rows else ""


def has(store: Store, key: str) -> bool:
    """Say whether a letter was ever queued, by the outbox or by the journal."""
    queued = store.rows("SELECT 1 FROM outbox WHERE key = ?", key)
    return bool(queued) or accepted(store, key)


def accepted(store: Store, key: str) -> bool:
    """Say whether the journal knows a letter as accepted."""
    return bool(
        store.rows(
            "SELECT 1 FROM acts WHERE kind = ? AND json_extract(data, '$.key') = ?",
            ActKind.DIGEST_ACCEPTED,
            key,
        )
    )


def enqueue(store: Store, letter: Queued, composed_at: datetime) -> None:
    """Queue a letter, due at once, and let go of the copies of old ones."""
    with store.transaction():
        store.execute(
            "DELETE FROM outbox WHERE state IN ('accepted', 'withdrawn')"
            " AND composed_at < ?",
            sortable(composed_at - KEEP),
        )
        store.write(
            "outbox",
            {
                "key": letter.key,
                "message_id": letter.message_id,
                "recipient": letter.recipient,
                "raw": letter.raw,
                "composed_at": sortable(composed_at),
                "mentions": dump_mentions(letter.mentions),
                "heads": write_heads(letter.heads),
                "days": letter.days,
                "state": letter.state,
                "attempts": letter.attempts,
                "next_at": sortable(composed_at),
                "problem": "",
            },
        )


def raw_of(store: Store, message_id: str) -> bytes:
    """Return a letter by its Message-ID, b"" of one that was let go."""
    rows = store.rows("SELECT raw FROM outbox WHERE message_id = ?", message_id)
    return rows[0]["raw"] if rows else b""


def withdrawable(store: Store) -> list[Queued]:
    """Return the digests and urgent letters that no server has ever had in its hands."""
    rows = store.rows(
        "SELECT * FROM outbox WHERE state IN ('queued', 'deferred')"
        " AND (key LIKE ? || '%' OR key LIKE ? || '%') ORDER BY key",
        DIGEST,
        URGENT,
    )
    return [_queued(row) for row in rows]


def mark_withdrawn(store: Store, key: str) -> bool:
    """Take a letter back whose content a later one tells; False when it is too late."""
    changed = store.execute(
        "UPDATE outbox SET state = 'withdrawn', next_at = NULL, raw = x''"
        " WHERE key = ? AND state IN ('queued', 'deferred')",
        key,
    )
    return changed == 1


def crashed(store: Store, now: datetime) -> int:
    """Call `unsure` what was being sent when the process died; say how many."""
    return store.execute(
        "UPDATE outbox SET state = 'unsure', problem = ''"
        " WHERE state = 'sending' AND next_at NOT BETWEEN ? AND ?",
        *_rest(now),
    )


def due(store: Store, now: datetime) -> list[str]:
    """Name the letters whose next attempt may be made, oldest first."""
    rows = store.rows(
        "SELECT key FROM outbox WHERE state IN ('queued', 'deferred', 'unsure')"
        " AND next_at NOT BETWEEN ? AND ? ORDER BY composed_at, key",
        *_rest(now),
    )
    return [row["key"] for row in rows]


def waits(store: Store, now: datetime) -> bool:
    """Say whether there is an attempt to make, or one that a crash cut short."""
    return bool(
        store.rows(
            "SELECT 1 FROM outbox WHERE next_at NOT BETWEEN ? AND ?"
            " AND state IN ('queued', 'deferred', 'unsure', 'sending') LIMIT 1",
            *_rest(now),
        )
    )


def take(store: Store, key: str, now: datetime) -> Queued | None:
    """Register an attempt before it is made; None when somebody else took the letter.

    What is returned has the state it was in and the number of this attempt.
    """
    with store.transaction():
        rows = store.rows("SELECT * FROM outbox WHERE key = ?", key)
        if not rows:
            return None
        attempts = rows[0]["attempts"] + 1
        changed = store.execute(
            "UPDATE outbox SET state = 'sending', attempts = ?, next_at = ?"
            " WHERE key = ? AND attempts = ? AND next_at NOT BETWEEN ? AND ?"
            " AND state IN ('queued', 'deferred', 'unsure')",
            attempts,
            sortable(now + pause(attempts)),
            key,
            attempts - 1,
            *_rest(now),
        )
    return _queued({**rows[0], "attempts": attempts}) if changed else None


def finish(store: Store, letter: Queued, state: str, words: str = "") -> None:
    """Note what became of the attempt that `take` registered."""
    last = state in ("accepted", "rejected")
    store.execute(
        "UPDATE outbox SET state = ?, problem = ?,"
        " next_at = CASE WHEN ? THEN NULL ELSE next_at END"
        " WHERE key = ? AND attempts = ? AND state = 'sending'",
        state,
        words,
        last,
        letter.key,
        letter.attempts,
    )


def put_off(store: Store, key: str, until: datetime) -> None:
    """Let a letter wait without an attempt."""
    store.execute("UPDATE outbox SET next_at = ? WHERE key = ?", sortable(until), key)


def last_digest_on(store: Store) -> date | None:
    """Return the day of the newest digest that was not refused or taken back."""
    rows = store.rows(
        "SELECT max(key) newest FROM ("
        " SELECT key FROM outbox WHERE state NOT IN ('rejected', 'withdrawn') UNION ALL"
        " SELECT json_extract(data, '$.key') FROM acts WHERE kind = ?)"
        " WHERE key LIKE ? || '%'",
        ActKind.DIGEST_ACCEPTED,
        DIGEST,
    )
    newest = rows[0]["newest"]
    return date.fromisoformat(newest.removeprefix(DIGEST)) if newest else None


def composed_at(store: Store, until: datetime) -> datetime | None:
    """Return when the newest digest that may have reached the owner was written.

    After the loss of the outbox the journal still knows when one was accepted.
    """
    [row] = store.rows(
        "SELECT coalesce("
        " (SELECT max(composed_at) FROM outbox WHERE composed_at <= ?"
        "  AND key LIKE ? || '%' AND state IN ('sending', 'unsure', 'accepted')),"
        " (SELECT max(at) FROM acts WHERE at <= ? AND kind = ?"
        "  AND json_extract(data, '$.key') LIKE ? || '%')) newest",
        *(sortable(until), DIGEST, sortable(until), ActKind.DIGEST_ACCEPTED, DIGEST),
    )
    return datetime.fromisoformat(row["newest"]) if row["newest"] else None


def undelivered(store: Store) -> list[Undelivered]:
    """Return the digests refused for good since the last one that was accepted."""
    rows = store.rows(
        "SELECT key, problem FROM outbox WHERE state = 'rejected' AND key LIKE ? || '%'"
        " AND key > (SELECT coalesce(max(key), '') FROM outbox"
        "  WHERE state = 'accepted' AND key LIKE ? || '%') ORDER BY key",
        *(DIGEST, DIGEST),
    )
    return [
        Undelivered(date.fromisoformat(row["key"].removeprefix(DIGEST)), row["problem"])
        for row in rows
    ]


def _rest(now: datetime) -> tuple[str, str]:
    """Return the span in which a letter's time may still lie ahead.

    No pause is longer: a time behind it was set by a clock that was ahead.
    """
    return sortable(now + timedelta.resolution), sortable(now + PAUSES[-1])


def _queued(row: Mapping[str, Any]) -> Queued:
    return Queued(
        key=row["key"],
        message_id=row["message_id"],
        recipient=row["recipient"],
        raw=row["raw"],
        mentions=load_mentions(row["mentions"]),
        heads=read_heads(row["heads"]),
        days=row["days"],
        state=row["state"],
        attempts=row["attempts"],
    )
