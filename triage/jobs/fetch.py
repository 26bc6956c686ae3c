"""Read one folder from its cursor to its end, and keep the letters that matter.

The order is the promise: a letter is durable in the archive before the cursor passes it,
and the cursor passes only UIDs that are stored, not selected, or proven gone. Whatever
breaks in between is read again, and the checksum absorbs the repeat.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, pairwise
from typing import Protocol

from triage.core.folder import NO_STAMP, Cursor, Folder, Heading, Listed, Stamp, Status
from triage.core.selection import header_block, wanted
from triage.edges import cursors
from triage.edges.archive import Archive, Arrival, Spooled
from triage.edges.store import Store
from triage.errors import Unavailable

log = logging.getLogger(__name__)

HEADINGS = 500  # letters whose header fields are asked for at once
FIRST = 16  # letters of a folder that are fetched as soon as they are found
LETTERS = 100  # letters fetched and made durable at once, and then read
BATCH = 8 << 20  # and their bytes, at most
LARGE = 1 << 20  # letters above it are streamed, one at a time


Authenticate = Callable[[bytes, datetime], Mapping[str, str]]
"""Judges the sender of a letter that the server took in at an instant. Of a large one it is
given the header block alone."""


Kept = Callable[[int], None]
"""Is told, whenever letters were made durable or found, how many are still to come."""


def nobody(_coming: int) -> None:
    """Tell nobody."""


class Mailbox(Protocol):
    """What a mailbox can be asked. A letter that lacks in an answer may still exist."""

    def listed(self) -> list[Listed]: ...

    def status(self, names: Sequence[str]) -> Mapping[str, Status]: ...

    def examine(self, name: str) -> Status:
        """Open a folder for reading; all below speaks of the folder opened last."""

    def new_uids(self, after: int, uidnext: int) -> Iterator[list[int]]: ...

    def present(self, uids: Sequence[int]) -> set[int]: ...

    def headings(
        self, uids: Sequence[int], _then: Sequence[int] = (), /
    ) -> Mapping[int, Heading]:
        """Fetch header fields; those of `then` are likely to be asked for next."""

    def stamps(self, uids: Sequence[int]) -> Mapping[int, Stamp]:
        """Say how long letters are and when they came in: asked for the selected only, a
        server may have to read a letter whole for that."""

    def letters(self, uids: Sequence[int]) -> Mapping[int, bytes]: ...

    def ranges(self, uid: int, size: int) -> Iterator[bytes]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetcher:
    """Fetches letters of a mailbox as arrivals for the archive, small ones together."""

    account: str
    mailbox: Mailbox
    archive: Archive
    authenticate: Authenticate
    clock: Callable[[], datetime]

    def arrivals(
        self, folder: Folder, uidvalidity: int, batch: Sequence[Heading]
    ) -> list[Arrival]:
        """Fetch a `first_batch` of the examined folder; letters may be missing."""
        found: list[tuple[Heading, bytes | Spooled, bytes]] = []
        if _is_large(batch[0]):
            found += self._streamed(batch[0])
        else:
            letters = self.mailbox.letters([heading.uid for heading in batch])
            for heading in batch:
                if (letter := letters.get(heading.uid)) is not None:
                    found.append((heading, letter, letter))
        arrivals = []
        for heading, raw, beginning in found:
            received_at = _plausible(heading.stamp.received_at) or self.clock()
            arrivals.append(
                Arrival(
                    raw=raw,
                    account=self.account,
                    folder=folder.name,
                    role=folder.role,
                    uidvalidity=uidvalidity,
                    uid=heading.uid,
                    received_at=received_at,
                    authentication=self._verdict(beginning, received_at),
                )
            )
        return arrivals

    def _streamed(self, heading: Heading) -> list[tuple[Heading, Spooled, bytes]]:
        """Fetch one large letter in parts, straight to the disk."""
        parts = self.mailbox.ranges(heading.uid, heading.stamp.size)
        try:
            first = next(parts)
            spooled = self.archive.spool(chain([first], parts))
            return [(heading, spooled, header_block(first))]
        except (LookupError, StopIteration):
            return []

    def _verdict(self, letter: bytes, received_at: datetime) -> Mapping[str, str]:
        try:
            return self.authenticate(letter, received_at)
        except Exception as error:  # noqa: BLE001 - whatever a made-up header provokes
            log.error("a sender cannot be judged: %s", type(error).__name__)  # noqa: TRY400
            return {"domain": "", "result": "untrusted", "reason": "unreadable"}


class FolderReader:
    """Reads one folder, from its cursor to its end."""

    def __init__(
        self,
        fetcher: Fetcher,
        cursor: Cursor,
        *,
        store: Store,
        needles: tuple[str, ...],
        kept: Kept,
    ) -> None:
        self._fetcher, self.cursor = fetcher, cursor
        self._account, self._mailbox = fetcher.account, fetcher.mailbox
        self._store, self._needles, self._kept = store, needles, kept
        self._found: list[Heading] = []  # selected, their stamps not known yet
        self._waiting: list[Heading] = []  # selected, not in the archive yet
        self._held: set[int] = set()  # on the server, but not handed out
        self._enough = FIRST  # grows: who reads them soon has something to do
        self.seen = self.selected = self.stored = self.gone = 0

    def read(self) -> None:
        """Read the folder to its end.

        Raises:
            Unavailable: the line broke, or the server holds letters back.
        """
        status = self._mailbox.examine(self.cursor.folder.name)
        known = self._start(status)
        read_to = self.cursor.uid
        parts = self._mailbox.new_uids(read_to, status.uidnext)
        windows: Iterator[Sequence[int]] = (
            uids for part in parts for uids in batches(part, HEADINGS)
        )
        try:
            for uids, then in pairwise(chain(windows, [()])):
                self._select(uids, then, known)
                read_to = uids[-1]
                if len(self._found) >= self._enough:
                    self._measure()
                while is_full(self._waiting, self._enough):
                    self._fetch(first_batch(self._waiting))
                    self._enough = min(2 * self._enough, LETTERS)
                self._save(read_to)
            self._measure()
            while self._waiting:
                self._fetch(first_batch(self._waiting))
                self._save(read_to)
            read_to = max(read_to, status.uidnext - 1)
            self.cursor = replace(self.cursor, polled_at=self._fetcher.clock())
        finally:
            self._save(read_to)
        if self._held:
            raise Unavailable(f"сервер не отдаёт писем: {len(self._held)}")

    def _start(self, status: Status) -> set[int]:
        """Go on from the cursor, or from the beginning; return the UIDs already kept."""
        folder, uidvalidity = self.cursor.folder, status.uidvalidity
        if uidvalidity != self.cursor.uidvalidity:
            self.cursor = Cursor(folder=folder, uidvalidity=uidvalidity)
        elif status.uidnext <= self.cursor.uid:
            # UIDs are given out a second time, as by a server restored from a backup:
            # from now on a letter of this folder is not known by its UID.
            cursors.distrust(self._store, self._account, self.cursor)
            self.cursor = Cursor(folder=folder, uidvalidity=uidvalidity)
        if cursors.is_distrusted(self._store, self._account, self.cursor):
            return set()
        return self._fetcher.archive.located(self._account, folder.name, uidvalidity)

    def _select(
        self, uids: Sequence[int], then: Sequence[int], known: set[int]
    ) -> None:
        headings = self._mailbox.headings(uids, then)
        self._look_for([uid for uid in uids if uid not in headings])
        self.seen += len(headings)
        role = self.cursor.folder.role
        selected = [
            heading
            for uid in uids
            if (heading := headings.get(uid))
            and wanted(heading.header, role, self._needles)
        ]
        self.selected += len(selected)
        self._found += [one for one in selected if one.uid not in known]
        self._kept(len(self._waiting) + len(self._found))

    def _measure(self) -> None:
        """Ask how long the letters are that were found, and when they came in."""
        self._waiting += stamped(self._found, self._mailbox)
        self._found.clear()

    def _fetch(self, batch: Sequence[Heading]) -> None:
        """Make a batch durable, and only then take it from the list."""
        folder, uidvalidity = self.cursor.folder, self.cursor.uidvalidity
        arrivals = self._fetcher.arrivals(folder, uidvalidity, batch)
        if arrivals:
            self._fetcher.archive.keep(arrivals, self._fetcher.clock())
        stored = {arrival.uid for arrival in arrivals}
        self._look_for([h.uid for h in batch if h.uid not in stored], selected=True)
        self.stored += len(stored)
        del self._waiting[: len(batch)]
        self._kept(len(self._waiting) + len(self._found))

    def _look_for(self, missing: Sequence[int], *, selected: bool = False) -> None:
        """Find out whether letters that lack in an answer are gone or held back."""
        if missing:
            held = self._mailbox.present(missing)
            self._held |= held
            self.gone += len(missing) - len(held) if selected else 0

    def _save(self, read_to: int) -> None:
        """Move the cursor up to the first letter that is not safe yet."""
        unsafe = [one.uid for one in (*self._found, *self._waiting)] + [*self._held]
        uid = min([read_to, *(uid - 1 for uid in unsafe)])
        self.cursor = replace(self.cursor, uid=uid, pending=len(unsafe))
        cursors.save(self._store, self._account, [self.cursor])


def _plausible(at: datetime | None) -> datetime | None:
    """Pass over an instant that no mailbox has seen, and no zone can show."""
    return at if at and 1970 <= at.year <= 2100 else None


def _is_large(heading: Heading) -> bool:
    return heading.stamp.size > LARGE or not heading.stamp.size


def stamped(found: Sequence[Heading], mailbox: Mailbox) -> list[Heading]:
    """Add to headings what the mailbox tells of their letters."""
    stamps = mailbox.stamps([heading.uid for heading in found])
    return [replace(one, stamp=stamps.get(one.uid, NO_STAMP)) for one in found]


def is_full(waiting: Sequence[Heading], letters: int) -> bool:
    return len(waiting) >= letters or sum(h.stamp.size for h in waiting) >= BATCH


def first_batch(waiting: Sequence[Heading]) -> list[Heading]:
    """Take letters off the front that fit into one answer; a large one stands alone."""
    batch, size = [waiting[0]], waiting[0].stamp.size
    for heading in waiting[1:LETTERS]:
        size += heading.stamp.size
        if size > BATCH or _is_large(batch[0]) or _is_large(heading):
            break
        batch.append(heading)
    return batch


def batches(uids: Sequence[int], length: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(uids), length):
        yield uids[start : start + length]
