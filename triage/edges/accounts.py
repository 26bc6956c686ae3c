"""The index's table of accounts: when each was polled, what went wrong, when to try again."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from triage.edges.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Polls:
    """What is remembered of one account's polls."""

    name: str
    tries: int = 0  # failures in a row that another try may cure
    refused: int = 0  # logins refused in a row
    next_at: datetime | None = None
    problem: str = ""  # in words, for the owner
    lasting: bool = False  # nobody but the owner can mend it
    config: str = ""  # fingerprint of the settings that were refused
    polled_at: datetime | None = None  # end of the last good poll


def polls(store: Store, name: str) -> Polls:
    """Return what is remembered of an account; an empty memory for a new one."""
    found = store.rows("SELECT * FROM accounts WHERE name = ?", name)
    if not found:
        return Polls(name=name)
    row = found[0]
    return Polls(
        name=name,
        tries=row["tries"],
        refused=row["refused"],
        next_at=_instant(row["next_at"]),
        problem=row["problem"],
        lasting=bool(row["lasting"]),
        config=row["config"],
        polled_at=_instant(row["polled_at"]),
    )


def remember(store: Store, polls: Polls) -> None:
    """Write what is remembered, leaving the table's other columns alone."""
    store.execute(
        "INSERT INTO accounts"
        " (name, tries, next_at, problem, lasting, refused, config, polled_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
        " tries = excluded.tries, next_at = excluded.next_at,"
        " problem = excluded.problem, lasting = excluded.lasting,"
        " refused = excluded.refused, config = excluded.config,"
        " polled_at = excluded.polled_at",
        polls.name,
        polls.tries,
        polls.next_at and polls.next_at.isoformat(),
        polls.problem,
        polls.lasting,
        polls.refused,
        polls.config,
        polls.polled_at and polls.polled_at.isoformat(),
    )


def fingerprint(settings: str, password: str) -> str:
    """Return a salted mark of settings and password that tells a later change.

    The password cannot be found from it: scrypt, with a salt of its own.
    """
    return _fingerprint(settings, password, secrets.token_bytes(16))


def matches(mark: str, settings: str, password: str) -> bool:
    """Say whether settings and password are still those of the mark."""
    salt = bytes.fromhex(mark.partition(":")[0])
    return secrets.compare_digest(mark, _fingerprint(settings, password, salt))


def _fingerprint(settings: str, password: str, salt: bytes) -> str:
    text = f"{settings}\0{password}".encode()
    return f"{salt.hex()}:{hashlib.scrypt(text, salt=salt, n=2**14, r=8, p=1).hex()}"


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
