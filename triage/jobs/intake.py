"""Bring letters from files into the archive: single ones, an mbox, a Maildir.

The same selection and the same archive as for a mailbox on a server, but no cursor: every
letter is looked at, and its checksum says whether it is known. A letter that the owner
names by its own file is kept whatever it says.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from triage.core.folder import Folder, Heading, choose
from triage.core.message import IMPORTED, Role
from triage.core.pack import Packs
from triage.core.selection import needles_of, wanted
from triage.edges.archive import Archive, Arrival
from triage.edges.maildir import (
    FileMailbox,
    LetterMailbox,
    MaildirMailbox,
    MboxMailbox,
    is_letter,
    is_maildir,
    is_mbox,
)
from triage.errors import Unavailable, UsageError, reason
from triage.jobs.fetch import (
    HEADINGS,
    LETTERS,
    Authenticate,
    Fetcher,
    batches,
    first_batch,
    is_full,
    stamped,
)


@dataclass(slots=True)
class Imported:
    """What an import came to, in letters."""

    kept: int = 0  # new to the archive
    known: int = 0
    foreign: int = 0  # not about purchases
    unreadable: int = 0
    problems: list[str] = field(default_factory=list)  # files, in words


def import_paths(
    paths: Iterable[Path],
    *,
    archive: Archive,
    packs: Packs,
    authenticate: Authenticate,
    now: Callable[[], datetime],
) -> Imported:
    """Read every file and folder named; nothing in them is changed.

    Raises:
        UsageError: a path does not exist or is neither a letter, an mbox nor a Maildir;
            then nothing was read.
    """
    mailboxes = _opened(paths)
    intake = _Intake(archive, needles_of(packs), authenticate, now)
    for path, mailbox in mailboxes:
        try:
            intake.read(mailbox)
        except Unavailable as error:
            intake.done.problems.append(f"{path}: {error}")
    return intake.done


class _Intake:
    """Reads one mailbox after another and counts."""

    def __init__(
        self,
        archive: Archive,
        needles: tuple[str, ...],
        authenticate: Authenticate,
        clock: Callable[[], datetime],
    ) -> None:
        self._archive, self._needles = archive, needles
        self._authenticate, self._clock = authenticate, clock
        self.done = Imported()

    def read(self, mailbox: FileMailbox) -> None:
        """Keep the letters of all folders that are wanted."""
        fetcher = Fetcher(
            account=IMPORTED,
            mailbox=mailbox,
            archive=self._archive,
            authenticate=self._authenticate,
            clock=self._clock,
        )
        for folder in _folders(mailbox):
            status = mailbox.examine(folder.name)
            keep = partial(self._keep, fetcher, folder, status.uidvalidity)
            waiting: list[Heading] = []
            for heading in self._wanted(mailbox, folder, status.uidnext):
                waiting.append(heading)
                if is_full(waiting, LETTERS):
                    keep(waiting)
            while waiting:
                keep(waiting)

    def _wanted(
        self, mailbox: FileMailbox, folder: Folder, uidnext: int
    ) -> Iterator[Heading]:
        named = isinstance(mailbox, LetterMailbox)
        for part in mailbox.new_uids(0, uidnext):
            for uids in batches(part, HEADINGS):
                headings = mailbox.headings(uids)
                found = [
                    one
                    for one in headings.values()
                    if named or wanted(one.header, folder.role, self._needles)
                ]
                self.done.unreadable += len(uids) - len(headings)
                self.done.foreign += len(headings) - len(found)
                yield from stamped(found, mailbox)

    def _keep(
        self,
        fetcher: Fetcher,
        folder: Folder,
        uidvalidity: int,
        waiting: list[Heading],
    ) -> None:
        batch = first_batch(waiting)
        arrivals = fetcher.arrivals(folder, uidvalidity, batch)
        sums = {_sha256(arrival) for arrival in arrivals}
        new = {sha256 for sha256 in sums if not self._archive.path(sha256).exists()}
        if arrivals:
            self._archive.keep(arrivals, self._clock())
        self.done.kept += len(new)
        self.done.known += len(arrivals) - len(new)
        self.done.unreadable += len(batch) - len(arrivals)
        del waiting[: len(batch)]


def _opened(paths: Iterable[Path]) -> list[tuple[Path, FileMailbox]]:
    opened: list[tuple[Path, FileMailbox]] = []
    problems = []
    for path in paths:
        try:
            opened.append((path, _mailbox(path)))
        except (OSError, UsageError) as error:
            words = reason(error) if isinstance(error, OSError) else str(error)
            problems.append(f"{path}: {words}")
    if problems:
        raise UsageError("не импортировано ничего", problems)
    return opened


def _mailbox(path: Path) -> FileMailbox:
    if path.is_dir():
        if not is_maildir(path):
            raise UsageError("это папка, но не Maildir: в ней нет cur и new")
        return MaildirMailbox(path)
    if is_mbox(path):
        return MboxMailbox(path)
    if path.suffix.lower() == ".eml" or is_letter(path):
        return LetterMailbox(path)
    raise UsageError("не похоже ни на письмо (.eml), ни на mbox")


def _folders(mailbox: FileMailbox) -> list[Folder]:
    """Take every folder, in the role its name tells."""
    listed = mailbox.listed()
    roles = {folder.name: folder.role for folder in choose(listed)}
    return [Folder(f.name, roles.get(f.name, Role.OTHER)) for f in listed]


def _sha256(arrival: Arrival) -> str:
    raw = arrival.raw
    return hashlib.sha256(raw).hexdigest() if isinstance(raw, bytes) else raw.sha256
