"""An index that is made again: whole under its name, or not there."""

from pathlib import Path

import pytest

from triage.edges import disk
from triage.edges.store import Store
from triage.errors import DiskError
from triage.jobs.rebuild import open_index, rebuild


def empty(_store: Store) -> None:
    """Fill an index of nothing."""


def test_a_new_index_has_its_name_for_good_before_it_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, synced = tmp_path / "index.sqlite3", []
    Store(path).close()
    before = path.stat().st_ino
    sync = disk.sync_folder

    def syncing(folder: Path) -> None:
        synced.append((folder, path.stat().st_ino != before))
        sync(folder)

    monkeypatch.setattr(disk, "sync_folder", syncing)

    rebuild(path, "other packs", empty).close()

    assert synced == [(tmp_path, True)]


def test_what_fails_on_the_way_leaves_the_old_index_in_its_place(
    tmp_path: Path,
) -> None:
    def failing(_store: Store) -> None:
        raise DiskError("на диске нет места")

    path = tmp_path / "index.sqlite3"
    with Store(path) as store:
        store.set_meta("fingerprint", "packs")

    with pytest.raises(DiskError):
        rebuild(path, "other packs", failing)

    with open_index(path, "packs", failing, print) as store:
        assert store.meta("fingerprint") == "packs"
