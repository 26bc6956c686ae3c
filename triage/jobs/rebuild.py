"""Make the index again from evidence and journal, beside the old one."""

import contextlib
import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path

from triage.edges import disk, schema
from triage.edges.store import DamagedIndexError, Store

log = logging.getLogger(__name__)


def open_index(
    path: Path,
    fingerprint: str,
    fill: Callable[[Store], None],
    notice: Callable[[str], None],
) -> Store:
    """Open the index, making it again when it is damaged or of other packs.

    `fill` brings an empty index up to the evidence. The fingerprint names everything
    beside the evidence that the index depends on. `notice` takes words for the owner.

    Raises:
        DiskError: the home cannot be written.
    """
    try:
        with contextlib.ExitStack() as undo:
            store = undo.enter_context(Store(path))
            version, made_of = store.meta("version"), store.meta("fingerprint")
            if not made_of:
                store.set_meta("fingerprint", fingerprint)
            if (version, made_of or fingerprint) == (str(schema.VERSION), fingerprint):
                undo.pop_all()
                return store
    except DamagedIndexError as error:
        log.warning("%s; making the index again from the evidence", error)
        notice(f"{path}: индекс повреждён, строится заново из архива")
        return rebuild(path, fingerprint, fill, carry_over=False)
    log.info("packs or configuration changed; making the index again")
    notice("пакеты или настройки изменились: вся почта в архиве читается заново")
    return rebuild(path, fingerprint, fill, carry_over=version == str(schema.VERSION))


def rebuild(
    path: Path,
    fingerprint: str,
    fill: Callable[[Store], None],
    *,
    carry_over: bool = True,
) -> Store:
    """Fill a new index beside the old one, then put it in the old one's place.

    Cursors, log-in tries and waiting letters are carried over where the old index can
    be read: they only save work, and losing them costs a second look, not a letter.
    """
    fresh = path.with_name(f"{path.name}.new")
    _remove(fresh)
    with Store(fresh) as store:
        if carry_over and path.exists():
            _carry_over(store, path)
        fill(store)
        store.set_meta("fingerprint", fingerprint)
    _remove(path, but_the_file=True)  # a stale log must never meet the new file
    disk.publish([(fresh, path)])
    disk.sync_folder(path.parent)
    return Store(path)


def _carry_over(store: Store, before: Path) -> None:
    """Copy from the old index what only saves work; a damaged or older one has none."""
    try:
        store.copy_from(before, schema.CARRIED_OVER)
    except sqlite3.DatabaseError as error:
        log.warning("nothing is carried over from the old index: %s", error)


def _remove(path: Path, *, but_the_file: bool = False) -> None:
    for suffix in ("-wal", "-shm", *([] if but_the_file else [""])):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
