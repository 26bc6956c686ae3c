"""The index's table of cursors: which folders an account has, and how far each was read."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from triage.core.folder import Cursor, Folder
from triage.core.message import Role
from triage.edges.store import Store


def cursors(store: Store, account: str) -> list[Cursor]:
    """Return the folders that are remembered, in the order of their roles and names."""
    rows = store.rows("SELECT * FROM cursors WHERE account = ?", account)
    found = [
        Cursor(
            folder=Folder(row["folder"], Role(row["role"])),
            uidvalidity=row["uidvalidity"],
            uid=row["uid"],
            pending=row["pending"],
            polled_at=_instant(row["polled_at"]),
        )
        for row in rows
    ]
    order = list(Role)
    return sorted(found, key=lambda c: (order.index(c.folder.role), c.folder.name))


def save(store: Store, account: str, moved: Iterable[Cursor]) -> None:
    """Write how far folders were read."""
    store.write_all(
        "cursors",
        [
            {
                "account": account,
                "folder": cursor.folder.name,
                "role": cursor.folder.role,
                "uidvalidity": cursor.uidvalidity,
                "uid": cursor.uid,
                "pending": cursor.pending,
                "polled_at": cursor.polled_at and cursor.polled_at.isoformat(),
            }
            for cursor in moved
        ],
    )


def remember_folders(
    store: Store, account: str, folders: Iterable[Folder], at: datetime
) -> list[Cursor]:
    """Remember which folders there are; those that stay keep their cursors."""
    with store.transaction():
        before = {c.folder.name: c for c in cursors(store, account)}
        kept = [
            replace(before.get(folder.name, Cursor(folder=folder)), folder=folder)
            for folder in folders
        ]
        store.execute("DELETE FROM cursors WHERE account = ?", account)
        save(store, account, kept)
        store.execute(
            "INSERT INTO accounts (name, tries, problem, refused, config, folders_at)"
            " VALUES (?, 0, '', 0, '', ?)"
            " ON CONFLICT (name) DO UPDATE SET folders_at = excluded.folders_at",
            account,
            at.isoformat(),
        )
    return kept


def folders_at(store: Store, account: str) -> datetime | None:
    """Say when the folders were last looked up."""
    found = store.rows("SELECT folders_at FROM accounts WHERE name = ?", account)
    return _instant(found[0]["folders_at"]) if found else None


def distrust(store: Store, account: str, cursor: Cursor) -> None:
    """Note that the UIDs of a folder were given out twice under one UIDVALIDITY."""
    store.set_meta(_reused(account, cursor), "yes")


def is_distrusted(store: Store, account: str, cursor: Cursor) -> bool:
    return bool(store.meta(_reused(account, cursor)))


def _reused(account: str, cursor: Cursor) -> str:
    return f"uids reused: {account}/{cursor.folder.name}/{cursor.uidvalidity}"


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
