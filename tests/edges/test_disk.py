import errno
import fcntl
import hashlib
import os
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lossy_disk import LossyDisk, PowerCut

from triage.edges import disk
from triage.errors import DiskError


@given(st.lists(st.binary(max_size=50), max_size=5))
def test_a_temporary_file_knows_its_checksum_and_size(tmp_path_factory, chunks):
    folder = tmp_path_factory.mktemp("folder")

    path, sha256, size = disk.write_temporary(folder, chunks)

    assert path.read_bytes() == b"".join(chunks)
    assert sha256 == hashlib.sha256(b"".join(chunks)).hexdigest()
    assert size == len(b"".join(chunks))


def test_a_write_that_takes_only_a_part_goes_on(tmp_path, monkeypatch):
    class Slow:
        def __getattr__(self, name):
            return getattr(os, name)

        def write(self, fd, data):
            return os.write(fd, bytes(data)[:3])

    monkeypatch.setattr(disk, "os", Slow())

    path, _, size = disk.write_temporary(tmp_path, [b"0123456789"])

    assert path.read_bytes() == b"0123456789"
    assert size == 10


def test_syncing_works_without_the_linux_call(tmp_path, monkeypatch):
    monkeypatch.setattr(disk, "_sync_file_range", lambda: None)
    path, *_ = disk.write_temporary(tmp_path, [b"x"])

    disk.sync_files([path])

    assert path.read_bytes() == b"x"


def test_a_folder_is_made_with_its_parents_and_stays(tmp_path):
    with LossyDisk(tmp_path) as lossy:
        disk.make_folders(tmp_path / "a" / "b" / "c")
        disk.make_folders(tmp_path / "a" / "b" / "c")
    lossy.lose()

    assert (tmp_path / "a" / "b" / "c").is_dir()


def test_a_file_is_replaced_whole(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")

    disk.replace_file(path, b"new")

    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_replaced_file_is_the_old_or_the_new_after_a_cut_at_any_step(tmp_path):
    for step in range(1, 9):
        root = tmp_path / str(step)
        root.mkdir()
        (root / "file").write_bytes(b"old")
        with LossyDisk(root, crash_at=step) as lossy:
            try:
                disk.replace_file(root / "file", b"new")
            except PowerCut:
                allowed = {b"old", b"new"}
            else:
                allowed = {b"new"}
        lossy.lose(names_survive=step % 2 == 0)

        assert (root / "file").read_bytes() in allowed, f"cut at {step}"
    assert allowed == {b"new"}


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (28, "на диске нет места"),
        (122, "на диске нет места"),
        (30, "только для чтения"),
        (13, "принадлежит"),
        (37, "локальном диске"),
        (5, "диск не читается"),
    ],
)
def test_what_the_system_says_becomes_what_to_do(tmp_path, number, words):
    with pytest.raises(DiskError, match=words) as caught, disk.speaking(tmp_path):
        raise OSError(number, os.strerror(number))

    assert str(tmp_path) in str(caught.value)
    assert caught.value.exit_code == 73


def test_a_failed_append_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "log"
    path.write_bytes(b"one\n")

    class NoSync:
        def __getattr__(self, name):
            return getattr(os, name)

        def fsync(self, fd):
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(disk, "os", NoSync())

    with disk.held(path) as fd, pytest.raises(OSError, match="Input/output"):
        disk.append(fd, b"two\n")

    assert path.read_bytes() == b"one\n"


@pytest.mark.parametrize("step", ["fsync", "rename"])
@pytest.mark.parametrize("put", [disk.replace_file, disk.put_file])
def test_a_file_that_cannot_be_put_leaves_nothing_behind(
    tmp_path, monkeypatch, step, put
):
    class Full:
        def __getattr__(self, name):
            return getattr(os, name) if name != step else self.refuse

        def refuse(self, *_):
            raise OSError(errno.ENOSPC, "No space left on device")

    (tmp_path / "file").write_bytes(b"old")
    monkeypatch.setattr(disk, "os", Full())

    with suppress(DiskError):  # what can be made again is not synced
        put(tmp_path / "file", b"new")

    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_held_file_lets_no_other_writer_in(tmp_path):
    with disk.held(tmp_path / "log"):
        other = os.open(tmp_path / "log", os.O_RDWR)
        with pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(other)


def test_who_enters_an_idle_workshop_sweeps_it(tmp_path):
    (tmp_path / "left over").write_bytes(b"x")
    workshop = disk.Workshop(tmp_path)

    workshop.enter()
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "in work").write_bytes(b"x")
    workshop.enter()
    disk.Workshop(tmp_path).enter()
    assert list(tmp_path.iterdir()) == [tmp_path / "in work"]
    workshop.leave()
    workshop.leave()


# The disk that loses power must itself be true, or the crash tests prove nothing.


def a_file(root, *, sync=True, sync_folder=True):
    temporary = disk.write_temporary(root, [b"all of it"])
    if sync:
        disk.sync_files([temporary.path])
    disk.publish([(temporary.path, root / "file")])
    if sync_folder:
        disk.sync_folder(root)


def test_what_was_synced_survives_the_power_cut(tmp_path):
    with LossyDisk(tmp_path) as lossy:
        a_file(tmp_path)
    lossy.lose()

    assert (tmp_path / "file").read_bytes() == b"all of it"


def test_bytes_that_were_not_synced_are_lost(tmp_path):
    with LossyDisk(tmp_path) as lossy:
        a_file(tmp_path, sync=False)
    lossy.lose()

    assert (tmp_path / "file").read_bytes() == b""


def test_a_name_whose_folder_was_not_synced_is_lost(tmp_path):
    with LossyDisk(tmp_path) as lossy:
        a_file(tmp_path, sync_folder=False)
    lossy.lose()

    assert list(tmp_path.iterdir()) == []


def test_a_name_may_survive_without_its_bytes(tmp_path):
    with LossyDisk(tmp_path) as lossy:
        a_file(tmp_path, sync=False, sync_folder=False)
    lossy.lose(names_survive=True)

    assert (tmp_path / "file").read_bytes() == b""


def test_a_rename_over_a_file_is_undone(tmp_path):
    (tmp_path / "file").write_bytes(b"old")

    with LossyDisk(tmp_path) as lossy:
        a_file(tmp_path, sync_folder=False)
    lossy.lose()

    assert (tmp_path / "file").read_bytes() == b"old"


def test_a_removal_that_was_not_synced_is_undone(tmp_path):
    (tmp_path / "file").write_bytes(b"old")

    with LossyDisk(tmp_path) as lossy:
        disk.Workshop(tmp_path).enter()
    assert list(tmp_path.iterdir()) == []
    lossy.lose()

    assert (tmp_path / "file").read_bytes() == b"old"


def test_a_folder_whose_parent_was_not_synced_is_lost_with_all_in_it(tmp_path):
    with LossyDisk(tmp_path) as lossy:
        disk.make_folder(tmp_path / "sub")
        a_file(tmp_path / "sub")
    lossy.lose()

    assert list(tmp_path.iterdir()) == []


def test_bytes_appended_since_the_last_sync_are_lost(tmp_path):
    path = tmp_path / "log"
    path.write_bytes(b"old\n")

    with LossyDisk(tmp_path) as lossy, disk.held(path) as fd:
        disk.append(fd, b"synced\n")
        disk.os.write(fd, b"not synced\n")
    lossy.lose()

    assert path.read_bytes() == b"old\nsynced\n"


def test_the_step_at_which_power_is_cut_does_not_happen_nor_anything_after(tmp_path):
    with LossyDisk(tmp_path) as lossy:
        a_file(tmp_path)
    steps = lossy.steps
    assert lossy.names[-1] == f"fsync {tmp_path.name}"
    (tmp_path / "file").unlink()

    with LossyDisk(tmp_path, crash_at=2) as lossy, suppress(PowerCut):
        a_file(tmp_path)

    assert steps == 5
    assert lossy.steps == 1
    (left,) = tmp_path.iterdir()
    assert left.read_bytes() == b"all "


@pytest.mark.parametrize("has_call", [True, False])
def test_a_whole_disk_is_synced_with_and_without_the_linux_call(
    tmp_path, monkeypatch, has_call
):
    if not has_call:
        monkeypatch.setattr(disk, "_libc", lambda _: None)

    disk.sync_all(tmp_path)


def test_a_disk_that_cannot_be_synced_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(disk, "_libc", lambda _: lambda _: -1)
    monkeypatch.setattr(disk.ctypes, "get_errno", lambda: errno.ENOSPC)

    with pytest.raises(DiskError, match="нет места"):
        disk.sync_all(tmp_path)


def test_a_file_that_is_put_replaces_a_link_and_leaves_where_it_led_alone(tmp_path):
    elsewhere, path = tmp_path / "elsewhere", tmp_path / "name"
    elsewhere.write_bytes(b"theirs")
    path.symlink_to(elsewhere)

    disk.put_file(path, b"ours")

    assert not path.is_symlink()
    assert (path.read_bytes(), elsewhere.read_bytes()) == (b"ours", b"theirs")
    assert len(list(tmp_path.iterdir())) == 2
