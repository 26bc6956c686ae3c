"""Look into the folders of one mailbox, and read those where something is new."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from triage.core.folder import Cursor, Folder, Status, choose, name_key, pick
from triage.core.pack import Packs
from triage.core.selection import needles_of
from triage.edges import cursors
from triage.edges.archive import Archive
from triage.edges.store import Store
from triage.errors import Unavailable
from triage.jobs.fetch import (
    LETTERS,
    Authenticate,
    Fetcher,
    FolderReader,
    Kept,
    Mailbox,
    nobody,
)

log = logging.getLogger(__name__)

LOOK_AGAIN = timedelta(days=1)  # for new folders


@dataclass(slots=True)
class Collected:
    """What one pass over a mailbox came to."""

    folders: int = 0
    examined: int = 0  # folders with something new
    seen: int = 0  # letters whose header fields were read
    selected: int = 0
    stored: int = 0
    gone: int = 0  # selected, then removed by the owner or the server
    pending: int = 0  # selected and not in the archive yet
    problems: list[str] = field(default_factory=list)


class Incomplete(Unavailable):
    """Some folder could not be read to its end; what could be is in the archive."""

    def __init__(self, collected: Collected) -> None:
        super().__init__("почта прочитана не вся", collected.problems)
        self.collected = collected


def find_folders(
    mailbox: Mailbox, names: Sequence[str]
) -> tuple[list[Folder], list[str]]:
    """Choose the folders to read, and say which of the named ones do not exist."""
    listed = mailbox.listed()
    if not names:
        return choose(listed), []
    picked = pick(listed, names)
    there = ", ".join(sorted(folder.name for folder in listed))
    return (
        [folder for folder in picked.values() if folder],
        [f"нет папки «{n}»; есть: {there}" for n, f in picked.items() if not f],
    )


def collect(
    account: str,
    folders: Sequence[str],
    mailbox: Mailbox,
    *,
    archive: Archive,
    store: Store,
    packs: Packs,
    authenticate: Authenticate,
    clock: Callable[[], datetime],
    kept: Kept = nobody,
) -> Collected:
    """Read every folder once: all of them, or those named in `folders`.

    Of a mailbox that was never looked into letters are expected before it is asked: who
    is to read them gets ready while its server does.

    Raises:
        Incomplete: a folder could not be read to its end; the others were.
        Refused: the mailbox does not let us in any more.
    """
    collected = Collected()
    if cursors.folders_at(store, account) is None:
        kept(LETTERS)
    known, there, collected.problems = _look(store, account, folders, mailbox, clock())
    read: list[Cursor] = []
    quiet: list[Cursor] = []
    for cursor in known:
        status = there.get(cursor.folder.name)
        (quiet if status and cursor.has_read(status) else read).append(cursor)
    cursors.save(store, account, [replace(c, polled_at=clock()) for c in quiet])
    needles = needles_of(packs)
    collected.folders, collected.examined = len(known), len(read)
    fetcher = Fetcher(
        account=account,
        mailbox=mailbox,
        archive=archive,
        authenticate=authenticate,
        clock=clock,
    )
    for cursor in read:
        reader = FolderReader(fetcher, cursor, store=store, needles=needles, kept=kept)
        try:
            reader.read()
        except Unavailable as error:
            collected.problems.append(f"{cursor.folder.name}: {error}")
        collected.seen += reader.seen
        collected.selected += reader.selected
        collected.stored += reader.stored
        collected.gone += reader.gone
        collected.pending += reader.cursor.pending
    log.info(
        "account %s: %d of %d folders examined, %d letters seen, %d stored, %d pending",
        *(account, collected.examined, collected.folders),
        *(collected.seen, collected.stored, collected.pending),
    )
    if collected.problems:
        raise Incomplete(collected)
    return collected


def _look(
    store: Store, account: str, names: Sequence[str], mailbox: Mailbox, now: datetime
) -> tuple[list[Cursor], Mapping[str, Status], list[str]]:
    """Say which folders there are, where they stand, and what is wrong with the names.

    A folder that was never read is opened without asking where it stands: a server may
    have to scan it for either.
    """
    look_up = partial(_look_up, store, account, names, mailbox, now)
    known, problems = _remembered(store, account, names, now), list[str]()
    asked = known
    if not known:
        known, problems = look_up()
        asked = [cursor for cursor in known if cursor.uidvalidity]
    there = mailbox.status([cursor.folder.name for cursor in asked])
    if len(there) < len(asked):  # one was renamed or removed: perhaps others appeared
        known, problems = look_up()
        there = mailbox.status([cursor.folder.name for cursor in known])
    return known, there, problems


def _remembered(
    store: Store, account: str, names: Sequence[str], now: datetime
) -> list[Cursor]:
    """Return the folders known from an earlier pass, or none when it is time to look."""
    at = cursors.folders_at(store, account)
    if at is None or not timedelta(0) <= now - at < LOOK_AGAIN:
        return []
    found = cursors.cursors(store, account)
    if names:
        same = {name_key(c.folder.name) for c in found} == set(map(name_key, names))
        return found if same else []
    return found


def _look_up(
    store: Store, account: str, names: Sequence[str], mailbox: Mailbox, now: datetime
) -> tuple[list[Cursor], list[str]]:
    folders, problems = find_folders(mailbox, names)
    return cursors.remember_folders(store, account, folders, now), problems
