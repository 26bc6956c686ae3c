"""Reads letters that lie in files: a Maildir, an mbox, single letters. Changes nothing.

It answers what an IMAP mailbox answers. A letter in an mbox is the bytes between its
`From ` line and the next; the `>` that some writers put before `From ` in a text is left
as it stands, because nobody can say who put it there.

UIDs are made so that the same letter keeps its number: in a Maildir from the delivery time
in the file's name, in an mbox from its place in the file.
"""

import logging
import os
import re
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Self

from triage.core.folder import Heading, Listed, Stamp, Status
from triage.core.selection import LONGEST_HEADER
from triage.errors import Unavailable, reason

log = logging.getLogger(__name__)

UIDVALIDITY = 1
RANGE = 1 << 20
TIE_BITS = 20  # tell letters of one second apart: microseconds fit

_NAME = re.compile(r"(\d{1,11})\.(?:[^:]*?M(\d{1,6}))?")
_SEPARATOR = re.compile(rb"From \S.* \d\d:\d\d")
_FIELD = rb"(?mi)^%s[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)"
_ANY_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:")
_OF_A_LETTER = re.compile(
    rb"(?mi)^(?:from|date|received|return-path|message-id)[ \t]*:"
)
_RECEIVED = re.compile(_FIELD % b"received")
_DATE = re.compile(_FIELD % b"date")


@dataclass(frozen=True, slots=True)
class Stored:
    """A letter: a stretch of a file."""

    path: Path
    start: int
    end: int

    def read(self, start: int = 0, length: int | None = None) -> bytes:
        """Read a part; empty beyond the end, or when the file is gone."""
        first = self.start + start
        last = self.end if length is None else min(self.end, first + length)
        try:
            with self.path.open("rb") as file:
                file.seek(first)
                return file.read(max(last - first, 0))
        except OSError as error:
            log.warning("a letter's file cannot be read: %s", error.strerror)
            return b""


Scan = Callable[[], Mapping[str, Mapping[int, Stored]]]
"""Finds the letters of each folder, by UID."""


class FileMailbox:
    """Letters in files, as a mailbox."""

    def __init__(self, scan: Scan) -> None:
        self._scan = scan
        self._name = ""
        self._letters: Mapping[int, Stored] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def listed(self) -> list[Listed]:
        return [Listed(name, "/", frozenset()) for name in self._found()]

    def status(self, names: Sequence[str]) -> dict[str, Status]:
        found = self._found()
        return {name: _status(found[name]) for name in names if name in found}

    def examine(self, name: str) -> Status:
        """Look into a folder.

        Raises:
            Unavailable: it is not there.
        """
        found = self._found()
        if name not in found:
            raise Unavailable(f"нет папки «{name}»")
        self._name, self._letters = name, found[name]
        return _status(self._letters)

    def new_uids(self, after: int, uidnext: int) -> Iterator[list[int]]:
        yield sorted(uid for uid in self._letters if after < uid < uidnext)

    def present(self, uids: Sequence[int]) -> set[int]:
        """Look again: a Maildir's letter may have moved from `new` to `cur` meanwhile."""
        self._letters = self._found().get(self._name, {})
        return set(uids).intersection(self._letters)

    def headings(
        self, uids: Sequence[int], _then: Sequence[int] = ()
    ) -> dict[int, Heading]:
        headings = {}
        for uid in uids:
            if (stored := self._letters.get(uid)) and (header := _header(stored)):
                headings[uid] = Heading(uid, header)
        return headings

    def stamps(self, uids: Sequence[int]) -> dict[int, Stamp]:
        stored = {uid: self._letters[uid] for uid in uids if uid in self._letters}
        return {
            uid: Stamp(one.end - one.start, _received_at(_header(one), one.path))
            for uid, one in stored.items()
        }

    def letters(self, uids: Sequence[int]) -> dict[int, bytes]:
        found = {uid: self._letters[uid].read() for uid in uids if uid in self._letters}
        return {uid: raw for uid, raw in found.items() if raw}

    def ranges(self, uid: int, size: int) -> Iterator[bytes]:
        """Read one letter in parts.

        Raises:
            LookupError: it is gone.
        """
        stored, start = self._letters[uid], 0
        while part := stored.read(start, RANGE):
            yield part
            start += len(part)
        if start != min(size, stored.end - stored.start):
            raise LookupError(uid)

    def _found(self) -> Mapping[str, Mapping[int, Stored]]:
        try:
            return self._scan()
        except OSError as error:
            words = f"{error.filename}: {reason(error)}"
            raise Unavailable(words) from error


class MaildirMailbox(FileMailbox):
    """A Maildir with its subfolders, as Maildir++ (`.Name`) or as plain folders."""

    def __init__(self, root: Path) -> None:
        super().__init__(lambda: _maildir(root))


class MboxMailbox(FileMailbox):
    """An mbox, such as Google Takeout makes, as one folder of its file's name."""

    def __init__(self, path: Path) -> None:
        name = shown(path).removesuffix(".mbox")  # "Sent.mbox" tells its role
        super().__init__(lambda: {name: _mbox(path)})


class LetterMailbox(FileMailbox):
    """One letter in a file of its own."""

    def __init__(self, path: Path) -> None:
        super().__init__(lambda: {shown(path): {1: Stored(path, 0, _size(path))}})


def is_maildir(path: Path) -> bool:
    return (path / "cur").is_dir() and (path / "new").is_dir()


def is_mbox(path: Path) -> bool:
    """Say whether a file begins as an mbox does."""
    with path.open("rb") as file:
        return file.readline(RANGE).startswith(b"From ")


def is_letter(path: Path) -> bool:
    """Say whether a file begins with header fields, and one of them only letters have."""
    with path.open("rb") as file:
        header = re.split(rb"\r?\n\r?\n", file.read(LONGEST_HEADER), maxsplit=1)[0]
    return bool(_ANY_FIELD.match(header) and _OF_A_LETTER.search(header))


def shown(path: Path) -> str:
    """Name a file by its last part, in characters that can be written down."""
    return os.fsencode(path.name).decode("utf-8", "replace")


def _maildir(root: Path) -> dict[str, dict[int, Stored]]:
    folders = {"INBOX": root}
    for path in sorted(p for p in root.iterdir() if is_maildir(p)):
        name = shown(path)
        folders[name[1:].replace(".", "/") if name[0] == "." else name] = path
    return {name: _numbered(path) for name, path in folders.items()}


def _numbered(folder: Path) -> dict[int, Stored]:
    found: dict[str, Stored] = {}  # by the part of a name that stays as a letter moves
    for part in ("new", "cur"):  # the way they move: none slips through in between
        for path in (folder / part).iterdir():
            if not path.name.startswith(".") and path.is_file():
                with suppress(FileNotFoundError):  # it has moved on
                    found[_stem(path)] = Stored(path, 0, _size(path))
    numbered: dict[int, Stored] = {}
    for _, stored in sorted(found.items()):
        uid = _uid(stored.path)
        while uid in numbered:
            uid += 1
        numbered[uid] = stored
    return numbered


def _stem(path: Path) -> str:
    return path.name.partition(":")[0]


def _uid(path: Path) -> int:
    """Number a letter by its delivery time, which its name carries as it moves."""
    name = _stem(path)
    match = _NAME.match(name)
    seconds = int(match[1]) if match else int(path.stat().st_mtime)
    fraction = match[2] if match else None
    tie = int(fraction) if fraction else zlib.crc32(os.fsencode(name))
    return (seconds << TIE_BITS) + tie % (1 << TIE_BITS)


def _mbox(path: Path) -> dict[int, Stored]:
    """Find the letters: each begins behind a `From ` line that follows an empty one."""
    letters: dict[int, Stored] = {}
    start, end = None, 0  # of the letter, without the empty line behind it
    position, empty, whole = 0, True, True
    with path.open("rb") as file:
        while line := file.readline(RANGE):
            here, position = position, position + len(line)
            if empty and _SEPARATOR.match(line):
                _note(letters, path, start, end)
                start = end = position
                empty = False
            else:
                empty = whole and line in (b"\n", b"\r\n")
                end = here if empty else position
            whole = line.endswith(b"\n")
    _note(letters, path, start, end)
    return letters


def _note(letters: dict[int, Stored], path: Path, start: int | None, end: int) -> None:
    if start is not None and end > start:
        letters[start] = Stored(path, start, end)


def _size(path: Path) -> int:
    return path.stat().st_size


def _status(letters: Mapping[int, Stored]) -> Status:
    return Status(UIDVALIDITY, max(letters, default=0) + 1)


def _header(stored: Stored) -> bytes:
    head = stored.read(0, LONGEST_HEADER).replace(b"\r\n", b"\n")
    return head.partition(b"\n\n")[0] + b"\n" if head else b""


def _received_at(header: bytes, path: Path) -> datetime | None:
    """Tell when a letter came in: its topmost Received, else Date, else the file's time."""
    received, date = _RECEIVED.search(header), _DATE.search(header)
    candidates = [received[1].rpartition(b";")[2]] if received else []
    candidates += [date[1]] if date else []
    for value in candidates:
        try:
            read = parsedate_to_datetime(" ".join(value.decode("ascii").split()))
            return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, TypeError, LookupError, OverflowError):
            continue
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, ValueError, OverflowError):
        return None
