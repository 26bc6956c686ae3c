"""The index in SQLite: one connection per job, explicit transactions, no SQL elsewhere.

Writes happen inside `transaction()` only, which begins IMMEDIATE: sqlite-utils' own
`atomic()` begins deferred and under WAL fails at once on the upgrade to a write.
"""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from sqlite_utils import Database

from triage.edges import disk, schema
from triage.errors import DiskError, TriageError

WRITERS_WAIT_SECONDS = 30
CHUNK = 400  # values in one statement: well below SQLite's limit


class DamagedIndexError(TriageError):
    """The index cannot be read. It is derived: make it again with `triage rebuild`."""


_COMPLAINTS = {
    sqlite3.SQLITE_FULL: disk.FULL,
    sqlite3.SQLITE_READONLY: disk.FORBIDDEN,
    sqlite3.SQLITE_CANTOPEN: disk.FORBIDDEN,
    sqlite3.SQLITE_PERM: disk.FORBIDDEN,
    sqlite3.SQLITE_BUSY: "занят другой программой; повторите позже",
    sqlite3.SQLITE_IOERR: "диск не читается или не пишется; проверьте, есть ли на нём место",
}


def complaint(error: sqlite3.Error) -> str:
    """Say what SQLite complains about, and what to do."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest only refines it
    return _COMPLAINTS.get(code, str(error))


def sortable(at: datetime) -> str:
    """Write an instant so that texts sort as instants do."""
    return at.astimezone(UTC).isoformat()


class Store:
    """One open index. Not for use by two threads at once."""

    def __init__(self, path: Path) -> None:
        """Open the index at `path`, making its tables when the file is new.

        Raises:
            DamagedIndexError: the file is not a readable SQLite database.
            DiskError: the folder cannot be written.
        """
        self.path = path
        try:
            with contextlib.ExitStack() as undo:
                conn = sqlite3.connect(path, timeout=WRITERS_WAIT_SECONDS)
                undo.callback(conn.close)
                self._set_up(conn)
                undo.pop_all()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise DiskError(f"{path}: {complaint(error)}") from error
            raise DamagedIndexError(f"{path}: {error}") from error

    def _set_up(self, conn: sqlite3.Connection) -> None:
        for pragma in (
            "foreign_keys=on",
            "trusted_schema=off",
            "journal_mode=wal",
            "synchronous=full",
        ):
            conn.execute(f"pragma {pragma}")
        self._db = Database(conn, execute_plugins=False, strict=True)
        if "meta" not in self._db.table_names():
            with self.transaction():
                if "meta" not in self._db.table_names():
                    for statement in schema.TABLES.split(";"):
                        if statement.strip():
                            conn.execute(statement)
                    self.set_meta("version", str(schema.VERSION))

    def close(self) -> None:
        self._db.conn.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Group writes: all of them, or none. Nested use joins the outer one."""
        conn = self._db.conn
        if conn.in_transaction:
            yield
            return
        conn.execute("BEGIN IMMEDIATE")
        try:
            yield
            conn.commit()
        except BaseException:
            conn.rollback()
            raise

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """Run a query of the edges; jobs use the named methods."""
        return list(self._db.query(sql, values))

    def rows_among(
        self, sql: str, among: Iterable[str], *others: Any
    ) -> Iterator[dict[str, Any]]:
        """Run a query with `IN ({})` for any number of values, some hundreds at a time.

        A value counts once; `others` are those that stand behind them in the query.
        """
        values = list(dict.fromkeys(among))
        for start in range(0, len(values), CHUNK):
            chunk = values[start : start + CHUNK]
            marks = ",".join("?" * len(chunk))
            yield from self.rows(sql.format(marks), *chunk, *others)

    def write(self, table: str, row: Mapping[str, Any]) -> None:
        """Insert or replace one row of an existing table (a typo must not make one)."""
        self.write_all(table, [row])

    def write_all(self, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
        if not self._db.table(table).exists():
            raise LookupError(f"no table {table}")
        with self.transaction():
            self._db.table(table).insert_all(map(dict, rows), replace=True)

    def execute(self, sql: str, *values: Any) -> int:
        """Run a statement inside a transaction and return how many rows it changed."""
        with self.transaction():
            return self._db.conn.execute(sql, values).rowcount

    def copy_from(self, other: Path, tables: Sequence[str]) -> None:
        """Copy whole tables of the same shape from another index: all, or none.

        Raises:
            sqlite3.DatabaseError: it cannot be read, or has other columns.
        """
        conn = self._db.conn
        conn.execute("ATTACH DATABASE ? AS other", [str(other)])
        try:
            with self.transaction():
                for table in tables:
                    conn.execute(
                        f"INSERT INTO main.{table} SELECT * FROM other.{table}"  # noqa: S608
                    )
        finally:
            conn.execute("DETACH DATABASE other")

    def meta(self, key: str, default: str = "") -> str:
        found = self.rows("SELECT value FROM meta WHERE key = ?", key)
        return str(found[0]["value"]) if found else default

    def set_meta(self, key: str, value: str) -> None:
        self.write("meta", {"key": key, "value": value})
