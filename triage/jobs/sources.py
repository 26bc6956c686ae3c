"""What `triage import` is given: files and folders become mailboxes to collect from.

Nothing is remembered of an import but the letters. A source is named by what it is (for
files with their size and time), so that another export under the same name is read anew,
and the same one twice adds nothing.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from triage.edges.maildir import (
    FileMailbox,
    MaildirMailbox,
    MboxMailbox,
    Stored,
    is_maildir,
    is_mbox,
    shown,
)
from triage.errors import UsageError

LETTERS = (".eml",)


@dataclass(frozen=True, slots=True)
class Source:
    """One mailbox to import from, under a name of its own."""

    name: str
    mailbox: FileMailbox


def sources(paths: Iterable[Path]) -> Iterator[Source]:
    """Find the mailboxes and letters in what the owner named.

    Raises:
        UsageError: there is nothing at a path, or no mail in it.
    """
    loose: list[Path] = []
    for path in paths:
        try:
            whole, letters = _look(path.absolute())
        except OSError as error:
            raise UsageError(f"{path}: не читается: {error.strerror}") from None
        if not whole and not letters:
            raise UsageError(f"{path}: здесь нет писем: ни .eml, ни mbox, ни Maildir")
        yield from whole
        loose += letters
    if loose:
        yield _together(sorted(set(loose)))


def _look(path: Path) -> tuple[list[Source], list[Path]]:
    """Return the mailboxes at a path, and the letters in files of their own."""
    if path.is_dir():
        if is_maildir(path):
            return [Source(_name(path, [str(path)]), MaildirMailbox(path))], []
        mailboxes: list[Source] = []
        letters: list[Path] = []
        for entry in sorted(path.iterdir()):
            if entry.is_dir() or entry.suffix.lower() in (*LETTERS, ".mbox"):
                inner = _look(entry)
                mailboxes += inner[0]
                letters += inner[1]
        return mailboxes, letters
    if is_mbox(path):
        return [Source(_name(path, [_mark(path)]), MboxMailbox(path))], []
    return [], [path]


def _together(letters: list[Path]) -> Source:
    """Put loose letters into one mailbox."""
    stored = {
        number: Stored(path, 0, path.stat().st_size)
        for number, path in enumerate(letters, 1)
    }
    folder = shown(letters[0].parent)

    def scan() -> Mapping[str, Mapping[int, Stored]]:
        return {folder: stored}

    return Source(_name(letters[0].parent, map(_mark, letters)), FileMailbox(scan))


def _mark(path: Path) -> str:
    """Tell a file from another that may come to lie at the same path."""
    found = path.stat()
    return f"{path}\0{found.st_size}\0{found.st_mtime_ns}"


def _name(path: Path, marks: Iterable[str]) -> str:
    text = "\n".join(marks)
    digest = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
    return f"import:{shown(path)}:{digest[:8]}"
