import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders import a_shop

from triage.core.message import Role
from triage.edges.archive import Archive
from triage.errors import UsageError
from triage.jobs.intake import Imported, import_paths

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
LINE = b"From 1779@xxx Mon Mar 02 06:00:00 +0000 2026\n"


def letter(number: int, sender: str = "mail@shop.example") -> bytes:
    return f"From: {sender}\nSubject: {number}\n\ntext\n".encode()


def nobody(_letter: bytes, _received_at: datetime) -> Mapping[str, str]:
    return {"domain": "", "result": "none", "reason": ""}


def bring(home: Path, *paths: Path) -> Imported:
    return import_paths(
        paths,
        archive=Archive(home / "evidence"),
        packs=a_shop(),
        authenticate=nobody,
        now=lambda: NOW,
    )


def counts(imported: Imported) -> tuple[int, int, int, int]:
    return (imported.kept, imported.known, imported.foreign, imported.unreadable)


def kept(home: Path) -> set[bytes]:
    return {path.read_bytes() for path in home.glob("evidence/messages/??/*.eml")}


@pytest.fixture
def takeout(tmp_path: Path) -> Path:
    """Make an mbox with two letters of the shop and one of a friend."""
    path = tmp_path / "Takeout.mbox"
    letters = (letter(1), letter(2, "friend@example.org"), letter(3))
    path.write_bytes(b"\n".join(LINE + raw for raw in letters))
    return path


def test_letters_of_the_shop_are_taken_from_an_mbox(tmp_path, takeout):
    assert counts(bring(tmp_path, takeout)) == (2, 0, 1, 0)
    assert kept(tmp_path) == {letter(1), letter(3)}


def test_an_import_changes_no_file_it_reads(tmp_path, takeout):
    os.utime(takeout, (1, 1))
    before = takeout.read_bytes()

    bring(tmp_path, takeout)

    assert takeout.read_bytes() == before
    assert takeout.stat().st_mtime == 1


def test_a_second_import_keeps_nothing_and_adds_no_line(tmp_path, takeout):
    bring(tmp_path, takeout)
    lines = (tmp_path / "evidence" / "manifest.jsonl").read_bytes()

    assert counts(bring(tmp_path, takeout)) == (0, 2, 1, 0)
    assert (tmp_path / "evidence" / "manifest.jsonl").read_bytes() == lines


def test_letters_of_the_shop_are_taken_from_all_folders_of_a_maildir(tmp_path):
    root = tmp_path / "Maildir"
    for folder in (root, root / ".Sent"):
        for part in ("cur", "new", "tmp"):
            (folder / part).mkdir(parents=True)
    (root / "new" / "1700000000.M1P1.h").write_bytes(letter(1))
    (root / "cur" / "1700000001.M1P1.h:2,S").write_bytes(letter(2, "a@example.org"))
    asked = b"From: me@example.org\nTo: help@shop.example\nSubject: ?\n\ntext\n"
    (root / ".Sent" / "cur" / "1700000002.M1P1.h:2,S").write_bytes(asked)

    assert counts(bring(tmp_path, root)) == (2, 0, 1, 0)

    roles = {s.role for s, _ in Archive(tmp_path / "evidence").sightings()}
    assert kept(tmp_path) == {letter(1), asked}
    assert roles == {Role.INBOX, Role.SENT}


def test_a_letter_named_by_its_own_file_is_kept_whatever_it_says(tmp_path):
    raw = letter(1, "friend@example.org")
    for name in ("a.eml", "письмо", "no-header.EML"):
        (tmp_path / name).write_bytes(raw if "header" not in name else b"\x00\xff\n")

    done = bring(*([tmp_path] + [tmp_path / n for n in ("a.eml", "письмо")]))

    assert counts(done) == (1, 1, 0, 0)  # two files, the same bytes
    assert bring(tmp_path, tmp_path / "no-header.EML").kept == 1
    assert kept(tmp_path) == {raw, b"\x00\xff\n"}


def test_where_a_letter_was_found_is_noted_without_its_path(tmp_path):
    (tmp_path / "a.eml").write_bytes(letter(1))

    bring(tmp_path, tmp_path / "a.eml")

    manifest = (tmp_path / "evidence" / "manifest.jsonl").read_text()
    ((sighting, _),) = Archive(tmp_path / "evidence").sightings()
    assert (sighting.account, sighting.folder) == ("import", "a.eml")
    assert str(tmp_path) not in manifest


def test_a_name_that_is_no_text_is_noted_as_far_as_it_is(tmp_path):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.eml"))
    try:
        path.write_bytes(letter(1))
    except OSError:
        pytest.skip("this file system takes no such name")

    assert bring(tmp_path, path).kept == 1


def test_an_empty_file_is_unreadable(tmp_path):
    (tmp_path / "a.eml").write_bytes(b"")

    assert counts(bring(tmp_path, tmp_path / "a.eml")) == (0, 0, 0, 1)


def test_what_is_no_mail_is_named_all_at_once_and_nothing_is_read(tmp_path, takeout):
    (tmp_path / "folder").mkdir()
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n")
    (tmp_path / "passwd").write_bytes(b"root:x:0:0:root:/root:/bin/sh\n")
    (tmp_path / "notes.txt").write_bytes(b"Shopping: tea\n\nFrom: the shop\n")
    wrong = ("folder", "picture.png", "passwd", "notes.txt", "none.eml")

    with pytest.raises(UsageError) as caught:
        bring(tmp_path, takeout, *(tmp_path / name for name in wrong))

    assert all(name in str(caught.value) for name in wrong)
    assert len(caught.value.problems) == len(wrong)
    assert kept(tmp_path) == set()


def test_large_letters_and_many_of_them_are_taken(tmp_path):
    large = letter(0) + b"x" * (3 << 20) + b"\n"
    path = tmp_path / "many.mbox"
    many = [letter(number) for number in range(1, 701)]
    path.write_bytes(b"\n".join(LINE + raw for raw in [*many, large]))

    assert counts(bring(tmp_path, path)) == (701, 0, 0, 0)
    assert large in kept(tmp_path)


def test_a_letter_dated_beyond_any_calendar_came_in_now(tmp_path):
    path = tmp_path / "letter.eml"
    path.write_bytes(b"Date: Fri, 31 Dec 9999 23:59:59 +0000\n" + letter(1))

    bring(tmp_path, path)

    [(sighting, _)] = Archive(tmp_path / "evidence").sightings()
    assert sighting.received_at == NOW
