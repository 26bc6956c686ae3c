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


@pytest.mark.parametrize(
    ("table", "row"),
    [("metas", {"key": "a", "value": "b"}), ("meta", {"key": "a", "valeu": "b"})],
)
def test_a_mistyped_name_makes_no_table_and_no_column(tmp_path, table, row):
    with Store(tmp_path / "i.sqlite3") as store:
        with pytest.raises(sqlite3.OperationalError):
            store.write(table, row)

        assert store.meta("a") == ""
