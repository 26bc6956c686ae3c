"""The one place that makes bytes durable: write, sync, rename, sync the folder.

What a function here has returned from survives a power cut. A crash between any two
calls leaves either nothing or the whole: never half a file under its final name, and
never more of a log than whole lines and one torn tail, which is not a line.
"""

# Every step goes through `os`, so that a test can put a disk that fails in its place.
# ruff: noqa: PTH102, PTH104, PTH108, PTH208

import contextlib
import ctypes
import errno
import fcntl
import functools
import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from triage.errors import DiskError, reason

READ_ONLY_FILE = 0o444
PRIVATE_FILE = 0o600
_START_WRITEBACK = 2  # SYNC_FILE_RANGE_WRITE
FULL = "на диске нет места; освободите его, и работа продолжится сама"
FORBIDDEN = (
    "не пишется; проверьте, что диск не только для чтения и что папка принадлежит"
    " пользователю, под которым работает triage"
)
_NOT_LOCAL = "не запирается; архив должен лежать на локальном диске"
_ADVICE = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), FULL),
    **dict.fromkeys((errno.EROFS, errno.EACCES, errno.EPERM), FORBIDDEN),
    **dict.fromkeys((errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS), _NOT_LOCAL),
}


class Temporary(NamedTuple):
    """A file that has not got its final name yet."""

    path: Path
    sha256: str
    size: int


def write_temporary(
    folder: Path, chunks: Iterable[bytes], mode: int = READ_ONLY_FILE
) -> Temporary:
    """Write chunks to a new file, hashing on the way. Not durable before `sync_files`."""
    digest, size = hashlib.sha256(), 0
    with _fresh(folder, mode) as (path, fd):
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            with speaking(path):
                _write(fd, chunk)
    return Temporary(path, digest.hexdigest(), size)


@contextlib.contextmanager
def _fresh(folder: Path, mode: int) -> Iterator[tuple[Path, int]]:
    """Make a file of no name in particular, and remove it when what follows fails."""
    path = folder / secrets.token_hex(8)
    with speaking(path):
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        yield path, fd
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(path)
        raise
    finally:
        os.close(fd)


def sync_files(paths: Iterable[Path]) -> None:
    """Make the bytes of files durable: start the writing of all, then wait for each."""
    paths = list(paths)
    if start_writeback := _sync_file_range():  # a fifth faster than to wait for each
        for path in paths:
            with opened(path) as fd:
                start_writeback(fd, 0, 0, _START_WRITEBACK)
    for path in paths:
        with opened(path) as fd:
            sync(fd)


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable."""
    with opened(path) as fd:
        sync(fd)


def sync_all(folder: Path) -> None:
    """Make durable, at one go, all that was put on the disk on which a folder lies."""
    with opened(folder) as fd:
        if (sync_disk := _libc("syncfs")) is None:
            os.sync()
        elif sync_disk(fd):
            code = ctypes.get_errno()
            with speaking(folder):
                raise OSError(code, os.strerror(code))


def publish(pairs: Iterable[tuple[Path, Path]]) -> None:
    """Give temporary files their final names. Durable after `sync_folder` of the latter."""
    for temporary, final in pairs:
        with speaking(final):
            os.rename(temporary, final)


def make_folder(path: Path) -> None:
    """Make a folder unless it is there. Durable after `sync_folder` of its parent."""
    with speaking(path), contextlib.suppress(FileExistsError):
        os.mkdir(path)


def make_folders(path: Path) -> None:
    """Make a folder and the parents it lacks, durably.

    The name of a folder that is there is synced too: its maker may have died before that.
    """
    if not path.parent.is_dir():
        make_folders(path.parent)
    make_folder(path)
    sync_folder(path.parent)


def replace_file(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Put a whole file in place of another, so that a reader sees the old or the new."""
    with _fresh(path.parent, mode) as (temporary, fd):
        with speaking(path):
            _write(fd, data)
            sync(fd)
        publish([(temporary, path)])
    sync_folder(path.parent)


def put_file(path: Path, data: bytes) -> None:
    """Put a whole file in place of whatever has its name. Durable after `sync_all`: for
    what can be made again."""
    with _fresh(path.parent, 0o644) as (temporary, fd):
        with speaking(path):
            _write(fd, data)
        publish([(temporary, path)])


class Workshop:
    """A folder of temporary files, swept by whoever enters it while nobody is inside."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._inside: int | None = None

    def enter(self) -> None:
        """Go in, and remove what a crash left there if nobody else is in.

        Raises:
            DiskError: the folder cannot be locked or written.
        """
        if self._inside is not None:
            return
        with speaking(self.path):
            fd = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
            try:
                with contextlib.suppress(BlockingIOError):
                    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    for name in os.listdir(fd):
                        os.unlink(self.path / name)
                fcntl.flock(fd, fcntl.LOCK_SH)
            except BaseException:
                os.close(fd)
                raise
        self._inside = fd

    def leave(self) -> None:
        if self._inside is not None:
            os.close(self._inside)
            self._inside = None


@contextlib.contextmanager
def held(path: Path) -> Iterator[int]:
    """Open a file for appending, made if need be, and keep other writers out meanwhile."""
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
    with speaking(path):
        fd = os.open(path, flags, 0o644)
    try:
        with speaking(path):
            fcntl.flock(fd, fcntl.LOCK_EX)
        yield fd
    finally:
        os.close(fd)


def append(fd: int, data: bytes) -> None:
    """Append to a held file, durably, or leave it as it was."""
    size = os.fstat(fd).st_size
    try:
        _write(fd, data)
        sync(fd)
    except OSError:
        with contextlib.suppress(OSError):
            os.ftruncate(fd, size)
        raise


def cut(fd: int, size: int) -> None:
    """Shorten a held file. Durable with the next append."""
    os.ftruncate(fd, size)


def sync(fd: int) -> None:
    """Make the bytes of an open file durable."""
    os.fsync(fd)
    if full := getattr(fcntl, "F_FULLFSYNC", None):  # macOS: through the drive's cache
        fcntl.fcntl(fd, full)


def _write(fd: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(fd, rest) :]


@contextlib.contextmanager
def opened(path: Path) -> Iterator[int]:
    """Open a file or a folder for reading."""
    with speaking(path):
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            yield fd
        finally:
            os.close(fd)


@functools.cache
def _sync_file_range() -> Any:
    """Find the Linux call; elsewhere there is none, and `fsync` does it all."""
    function = _libc("sync_file_range")
    if function is not None:
        offset = ctypes.c_int64
        function.argtypes = [ctypes.c_int, offset, offset, ctypes.c_uint]
    return function


@functools.cache
def _libc(name: str) -> Any:
    """Find a call that Python lacks, or None where the system lacks it too."""
    return getattr(ctypes.CDLL(None, use_errno=True), name, None)


@contextlib.contextmanager
def speaking(path: Path) -> Iterator[None]:
    """Turn what the system says into words that say what to do."""
    try:
        yield
    except OSError as error:
        advice = _ADVICE.get(error.errno or 0) or reason(error)
        raise DiskError(f"{path}: {advice}") from error
