import sqlite3

import pytest

from triage.edges.store import Store, complaint


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (sqlite3.SQLITE_FULL, "на диске нет места"),
        (sqlite3.SQLITE_READONLY_DIRECTORY, "не пишется"),
        (sqlite3.SQLITE_IOERR_WRITE, "диск не читается"),
    ],
)
def test_what_sqlite_complains_about_is_said_with_what_to_do(code, words):
    error = sqlite3.OperationalError("words of a library")
    error.sqlite_errorcode = code

    assert words in complaint(error)


def test_what_sqlite_leaves_unsaid_keeps_its_words():
    assert complaint(sqlite3.OperationalError("no such table: x")) == "no such table: x"


def test_a_transaction_that_cannot_be_committed_is_taken_back(tmp_path):
    with Store(tmp_path / "index.sqlite3") as store:
        store.execute("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
        store.execute(
            "CREATE TABLE child (parent INTEGER REFERENCES parent"
            " DEFERRABLE INITIALLY DEFERRED)"
        )

        with pytest.raises(sqlite3.IntegrityError):
            store.execute("INSERT INTO child VALUES (1)")

        store.set_meta("key", "value")
    with Store(tmp_path / "index.sqlite3") as store:
        assert store.meta("key") == "value"
