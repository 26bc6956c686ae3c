import mailbox as standard
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.edges import maildir
from triage.edges.maildir import (
    RANGE,
    FileMailbox,
    LetterMailbox,
    MaildirMailbox,
    MboxMailbox,
)
from triage.errors import Unavailable

LETTER = b"From: a@example.org\nSubject: one\n\ntext\n"
LINE = b"From 1779@xxx Mon Mar 02 06:00:00 +0000 2026\n"


def put(root: Path, name: str, raw: bytes = LETTER, part: str = "new") -> Path:
    for folder in ("cur", "new", "tmp"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    path = root / part / name
    path.write_bytes(raw)
    return path


def uids(box: FileMailbox, folder: str, after: int = 0) -> list[int]:
    status = box.examine(folder)
    return [uid for part in box.new_uids(after, status.uidnext) for uid in part]


def whole(box: FileMailbox, folder: str) -> list[bytes]:
    found = uids(box, folder)
    letters = box.letters(found)
    return [letters[uid] for uid in found]


# -- Maildir


def test_new_and_seen_letters_of_all_folders_are_found(tmp_path):
    put(tmp_path, "1700000000.M1P1.host")
    put(tmp_path, "1700000001.M1P1.host:2,S", part="cur")
    put(tmp_path / ".Sent", "1700000000.M2P1.host")
    put(tmp_path / "Spam", "1700000000.M3P1.host")
    put(tmp_path, ".hidden")

    with MaildirMailbox(tmp_path) as box:
        counts = {f.name: len(uids(box, f.name)) for f in box.listed()}

    assert counts == {"INBOX": 2, "Sent": 1, "Spam": 1}


def test_a_letter_keeps_its_number_when_it_is_read_and_others_go(tmp_path):
    box = MaildirMailbox(tmp_path)
    first = put(tmp_path, "1700000000.M7P1.host")
    second = put(tmp_path, "1700000002.M7P1.host")
    before = uids(box, "INBOX")

    second.rename(tmp_path / "cur" / "1700000002.M7P1.host:2,RS")
    first.unlink()

    assert uids(box, "INBOX") == before[1:]


def test_a_later_letter_has_a_higher_number(tmp_path):
    box = MaildirMailbox(tmp_path)
    put(tmp_path, "1700000000.M999999P1.host")
    before = box.status(["INBOX"])["INBOX"].uidnext
    put(tmp_path, "1700000001.M000000P1.host")

    assert len(uids(box, "INBOX", after=before - 1)) == 1


def test_letters_of_one_moment_are_told_apart(tmp_path):
    for name in ("1700000000.M5P1.a", "1700000000.M5P1.b", "1700000000.M5P2.a"):
        put(tmp_path, name)

    assert len(set(uids(MaildirMailbox(tmp_path), "INBOX"))) == 3


def test_a_name_without_a_time_is_numbered_by_the_file(tmp_path):
    os.utime(put(tmp_path, "letter"), (1_700_000_000, 1_700_000_000))
    box = MaildirMailbox(tmp_path)

    assert uids(box, "INBOX") == uids(box, "INBOX")
    assert uids(box, "INBOX")[0] >> 20 == 1_700_000_000


def test_a_letter_that_moves_while_it_is_read_is_not_gone(tmp_path):
    path = put(tmp_path, "1700000000.M7P1.host")
    box = MaildirMailbox(tmp_path)
    (uid,) = uids(box, "INBOX")
    path.rename(tmp_path / "cur" / "1700000000.M7P1.host:2,S")

    assert box.letters([uid]) == {}
    assert box.present([uid]) == {uid}
    assert box.letters([uid]) == {uid: LETTER}


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_letter_that_a_mail_program_moves_meanwhile_is_found_once(
    tmp_path, monkeypatch, moment
):
    path, size = put(tmp_path, "1700000000.M7P1.host"), maildir._size

    def moving(looked_at: Path) -> int:
        seen = tmp_path / "cur" / "1700000000.M7P1.host:2,S"
        if moment == "after":
            found = size(looked_at)
        if path.exists():
            path.rename(seen)
        return size(looked_at) if moment == "before" else found

    monkeypatch.setattr(maildir, "_size", moving)

    assert whole(MaildirMailbox(tmp_path), "INBOX") == [LETTER]


def test_a_letter_that_was_removed_is_gone(tmp_path):
    path = put(tmp_path, "1700000000.M7P1.host")
    box = MaildirMailbox(tmp_path)
    (uid,) = uids(box, "INBOX")
    path.unlink()

    assert box.letters([uid]) == {}
    assert box.headings([uid]) == {}
    with pytest.raises(LookupError):
        list(box.ranges(uid, len(LETTER)))
    assert box.present([uid]) == set()


def test_a_folder_that_is_not_there_is_said(tmp_path):
    put(tmp_path, "1700000000.M7P1.host")

    assert MaildirMailbox(tmp_path).status(["Нет"]) == {}
    with pytest.raises(Unavailable, match="Нет"):
        MaildirMailbox(tmp_path).examine("Нет")
    with pytest.raises(Unavailable):
        MaildirMailbox(tmp_path / "none").listed()


def test_a_large_letter_is_read_in_parts(tmp_path):
    raw = LETTER + b"x" * (2 * RANGE)
    put(tmp_path, "1700000000.M7P1.host", raw)
    box = MaildirMailbox(tmp_path)
    (uid,) = uids(box, "INBOX")

    parts = list(box.ranges(uid, len(raw)))

    assert b"".join(parts) == raw
    assert max(map(len, parts)) <= RANGE


# -- mbox


def mbox(folder: Path, data: bytes, name: str = "All mail.mbox") -> MboxMailbox:
    (folder / name).write_bytes(data)
    return MboxMailbox(folder / name)


def test_the_letters_of_an_mbox_are_the_bytes_between_its_lines(tmp_path):
    box = mbox(tmp_path, LINE + LETTER + b"\n" + LINE + LETTER + b"more\n\n\n" + LINE)

    assert [folder.name for folder in box.listed()] == ["All mail"]
    assert whole(box, "All mail") == [LETTER, LETTER + b"more\n\n"]


def test_a_quoted_from_stays_quoted_and_an_unquoted_one_ends_nothing(tmp_path):
    raw = LETTER + b">From here\n\nFrom the beginning of a sentence\n" + LINE

    assert whole(mbox(tmp_path, LINE + raw), "All mail") == [raw]


def test_a_last_line_without_an_end_is_kept(tmp_path):
    raw = LETTER + b"no end"

    assert whole(mbox(tmp_path, LINE + raw), "All mail") == [raw]


def test_line_ends_of_the_network_are_kept(tmp_path):
    raw = LETTER.replace(b"\n", b"\r\n")
    line = LINE.replace(b"\n", b"\r\n")
    box = mbox(tmp_path, line + raw + b"\r\n" + line + raw)

    assert whole(box, "All mail") == [raw, raw]


def test_a_line_longer_than_the_memory_splits_no_letter(tmp_path):
    head = LETTER + b"\n"
    raw = head + b"x" * RANGE + LINE + b"x" * RANGE + b"\n" + LINE + b"y\n"

    assert whole(mbox(tmp_path, LINE + raw), "All mail") == [raw]


@pytest.mark.parametrize("data", [b"", b"nonsense", LINE, LINE + b"\n", b"\n\n"])
def test_an_mbox_without_letters_has_none(tmp_path, data):
    assert whole(mbox(tmp_path, data), "All mail") == []


@given(
    letters=st.lists(
        st.lists(
            st.sampled_from([b"a", b"", b">From x", b"Subject: b", b"From me", b"\r"]),
            min_size=1,
            max_size=6,
        ),
        min_size=1,
        max_size=5,
    )
)
def test_what_the_standard_library_writes_is_read_back(tmp_path_factory, letters):
    path = tmp_path_factory.mktemp("mbox") / "box"
    raws = [b"Subject: a\n\n" + b"\n".join(lines) + b"\n" for lines in letters]
    box = standard.mbox(path)
    for raw in raws:
        box.add(raw)
    box.close()

    found = whole(MboxMailbox(path), "box")

    quoted = [raw.replace(b"\nFrom ", b"\n>From ").replace(b"\r", b"") for raw in raws]
    assert [raw.replace(b"\r", b"") for raw in found] == quoted


# -- when a letter came in

THREE_DATES = b"""\
Received: from a by b (c;d)
\tfor <x@y>; Mon, 2 Mar 2026 09:00:00 +0300
Received: from z; Sun, 1 Mar 2026 09:00:00 +0300
Date: Sat, 28 Feb 2026 09:00:00 +0300
"""


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            THREE_DATES,
            datetime(2026, 3, 2, 6, 0, tzinfo=UTC),
        ),
        (b"Date: 2 Mar 2026 06:00:00 -0000\n", datetime(2026, 3, 2, 6, 0, tzinfo=UTC)),
        (
            b"Received: no date here\nDate: Mon, 2 Mar 2026 09:00:00 +0300\n",
            datetime(2026, 3, 2, 6, 0, tzinfo=UTC),
        ),
        (
            b"Date: \xd0\xb2\xd1\x87\xd0\xb5\xd1\x80\xd0\xb0\n",
            datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC),
        ),
        (
            b"Date: Fri, 31 Dec 9999 23:59:59 -1200\n",
            datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC),
        ),
        (b"X: y\n", datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
    ],
)
def test_a_letter_came_in_when_the_last_server_says_or_its_writer_or_its_file(
    tmp_path, header, expected
):
    path = tmp_path / "a.eml"
    path.write_bytes(header + b"\ntext")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    box = LetterMailbox(path)
    box.examine("a.eml")

    assert box.stamps([1])[1].received_at == expected
