"""The watched folder: what is dropped in becomes evidence, once, and moves aside."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from triage.core.act import ActKind
from triage.edges import cases
from triage.edges.archive import Archive
from triage.edges.journal import Journal
from triage.edges.store import Store
from triage.errors import DiskError
from triage.jobs import inbox

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


class Dropped:
    """A home with an inbox and what takes from it."""

    def __init__(self, root):
        self.folder = root / "inbox"
        self.folder.mkdir()
        self.archive, self.journal = (
            Archive(root / "evidence"),
            Journal(root / "evidence"),
        )
        self.store = Store(root / "index.sqlite3")

    def drop(self, name: str, content: bytes = b"%PDF-1.7", age: int = 60):
        path = self.folder / name
        path.write_bytes(content)
        self.date(path, age)
        return path

    def date(self, path, age):
        at = (NOW - timedelta(seconds=age)).timestamp()
        os.utime(path, (at, at))

    def take(self) -> int:
        return inbox.take(self.folder, self.store, self.archive, self.journal, NOW)

    def acts(self):
        return cases.acts_of_kind(self.store, ActKind.ATTACHED)

    def left(self):
        return sorted(p.name for p in self.folder.iterdir() if p.is_file())


@pytest.fixture
def home(tmp_path):
    made = Dropped(tmp_path)
    yield made
    made.store.close()


def test_a_pdf_becomes_evidence_and_moves_aside(home):
    home.drop("чек.PDF", b"%PDF-1.7 one")

    assert home.take() == 1

    [act] = home.acts()
    path = home.archive.attachment_path(act.data["sha256"])
    assert path.read_bytes() == b"%PDF-1.7 one"
    assert (act.data["name"], act.data["media_type"]) == ("чек.PDF", "application/pdf")
    assert act.order is None
    assert home.left() == []
    assert len(list((home.folder / "taken").iterdir())) == 1


def test_a_second_look_takes_nothing(home):
    home.drop("чек.pdf")

    assert [home.take(), home.take()] == [1, 0]
    assert len(home.acts()) == 1


def test_the_same_bytes_are_noted_once(home):
    home.drop("чек.pdf")
    home.take()
    home.drop("чек (1).pdf")

    assert home.take() == 1
    assert len(home.acts()) == 1
    assert home.left() == []


@pytest.mark.parametrize("name", ["снимок.png", "чек.pdf.part", ".чек.pdf", "pdf"])
def test_what_is_no_pdf_by_its_name_stays(home, name):
    home.drop(name)

    assert home.take() == 0
    assert home.left() == [name]


def test_a_file_that_is_still_written_waits(home):
    path = home.drop("чек.pdf", age=3)

    assert home.take() == 0
    home.date(path, 60)
    assert home.take() == 1


def test_links_and_folders_are_let_be(home, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    (home.folder / "link.pdf").symlink_to(secret)
    (home.folder / "folder.pdf").mkdir()
    os.mkfifo(home.folder / "pipe.pdf")

    assert home.take() == 0
    assert secret.read_bytes() == b"secret"


def test_a_file_that_is_too_large_stays(home, monkeypatch):
    monkeypatch.setattr(inbox, "LARGEST", 10)
    home.drop("чек.pdf", b"%PDF-1.7 large")

    assert home.take() == 0
    assert home.left() == ["чек.pdf"]


def test_without_the_folder_nothing_happens(home):
    home.folder.rmdir()

    assert home.take() == 0


def test_nothing_moves_before_it_is_safe(home, monkeypatch):
    def full(*_):
        raise DiskError("на диске нет места")

    home.drop("чек.pdf")
    monkeypatch.setattr(home.journal, "append", full)

    with pytest.raises(DiskError):
        home.take()
    assert home.left() == ["чек.pdf"]
    assert home.acts() == []


def test_a_name_as_long_as_a_file_system_takes_moves_aside_too(home):
    home.drop("ч" * 118 + "ек.pdf")

    assert [home.take(), home.take()] == [1, 0]
    assert home.left() == []
