"""The watched folder: a PDF that the owner drops in becomes evidence, and moves aside.

<home>/inbox/          receipts to be read, however they are called
<home>/inbox/taken/    those that were: copies, to be deleted at will
"""

import hashlib
import logging
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from triage.core.act import Act, ActKind, effective
from triage.edges import cases
from triage.edges.archive import Archive
from triage.edges.journal import Journal
from triage.edges.store import Store
from triage.edges.terminal import clean
from triage.jobs.act import catch_up, record

log = logging.getLogger(__name__)

TAKEN = "taken"
PDF = "application/pdf"
LARGEST = 50 << 20  # bytes
LONGEST = 200  # bytes of a name, so that there is room for what is put before it
SETTLED = timedelta(seconds=10)  # a file that was changed since may still be written


def take(
    folder: Path, store: Store, archive: Archive, journal: Journal, now: datetime
) -> int:
    """Keep the PDFs of the folder as evidence and return how many there were.

    A file stays where it is until its bytes and its line in the journal are safe; one
    that was kept already only moves. What is no PDF by its name stays.

    Raises:
        DiskError: the evidence cannot be written.
    """
    count = 0
    for path in _ready(folder, now):
        content = _content(path)
        if content is None:
            continue
        sha256 = hashlib.sha256(content).hexdigest()
        catch_up(store, journal)
        if sha256 not in _dropped(store):
            archive.add_attachment(content)
            told = {"sha256": sha256, "name": clean(path.name), "media_type": PDF}
            record(store, journal, Act(at=now, kind=ActKind.ATTACHED, data=told))
        _move(path, folder / TAKEN / f"{sha256[:12]}_{_short(path.name)}")
        count += 1
    if count:
        log.info("took %d files from the inbox", count)
    return count


def _ready(folder: Path, now: datetime) -> Iterator[Path]:
    """Yield the PDFs that nobody writes to any more, in the order of their names."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:  # it is not there: nobody drops anything in
        return
    for entry in entries:
        if entry.name.startswith(".") or not entry.name.lower().endswith(".pdf"):
            continue
        try:
            status = entry.stat(follow_symlinks=False)
            regular = entry.is_file(follow_symlinks=False)
        except OSError:
            continue
        changed = datetime.fromtimestamp(status.st_mtime, UTC)
        if regular and status.st_size <= LARGEST and changed + SETTLED <= now:
            yield Path(entry.path)


def _content(path: Path) -> bytes | None:
    """Read a file that is no link; None where it cannot be, or is gone."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            return file.read(LARGEST)
    except OSError as error:
        log.warning("a file of the inbox cannot be read: %s", error.strerror)
        return None


def _dropped(store: Store) -> set[str]:
    acts = cases.acts_of_kind(store, ActKind.ATTACHED, ActKind.UNDONE)
    return {act.data["sha256"] for act in effective(acts) if not act.order}


def _short(name: str) -> str:
    """Keep the end of a name that is too long, and what is text of it."""
    return os.fsencode(name)[-LONGEST:].decode("utf-8", "ignore")


def _move(path: Path, target: Path) -> None:
    """Move a file aside; where that is impossible it stays, and is passed over."""
    try:
        target.parent.mkdir(exist_ok=True)
        path.rename(target)
    except OSError as error:
        log.warning("a file of the inbox stays where it is: %s", error.strerror)
