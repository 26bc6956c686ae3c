"""One instance per home, one writer at a time, and only on a disk where locks and fsync mean something."""

import contextlib
import errno
import fcntl
import re
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import IO

from triage.errors import DiskError, Unavailable, reason

NETWORK = re.compile(
    r"nfs\d?|cifs|smb\d?|smbfs|smb3|afs|9p|ceph|glusterfs|lustre|beegfs|ncpfs|davfs"
    r"|fuse\.(sshfs|rclone|s3fs|glusterfs|davfs2?|curlftpfs|gvfsd-fuse|goofys)"
)
"""File systems on which neither flock nor SQLite's WAL can be relied upon."""

MOUNTS = Path("/proc/self/mountinfo")


def only_one(home: Path) -> contextlib.AbstractContextManager[None]:
    """Be the one instance that ticks in this home.

    Raises:
        Unavailable: another process is.
        DiskError: the home cannot be written.
    """
    return _held(home, "lock", seconds=0)


def turn(home: Path, *, seconds: float = 60) -> contextlib.AbstractContextManager[None]:
    """Write to the home: the daemon takes turns with the owner's commands.

    Raises:
        Unavailable: another process did not finish in time.
        DiskError: the home cannot be written.
    """
    return _held(home, "turn", seconds=seconds)


@contextlib.contextmanager
def _held(home: Path, name: str, *, seconds: float) -> Iterator[None]:
    try:
        file = (home / name).open("a")
    except OSError as error:
        raise DiskError(f"{home}: не пишется: {reason(error)}") from None
    with file:
        until = monotonic() + seconds
        while not _take(file, home):
            if monotonic() >= until:
                raise Unavailable(
                    f"{home}: с этой папкой уже работает другой triage; "
                    "подождите или остановите его"
                )
            sleep(min(0.1, seconds))
        yield


def _take(file: IO[str], home: Path) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
            return False
        raise DiskError(f"{home}: не запирается: {reason(error)}") from None
    return True


def refuse_network(home: Path, mounts: Path = MOUNTS) -> None:
    """Refuse a home on a network file system.

    Raises:
        DiskError: the index would lie on one.
    """
    if kind := network_kind(home, mounts):
        raise DiskError(
            f"{home}: сетевая файловая система ({kind}); индекс и замок на ней "
            "ненадёжны, укажите в home папку на локальном диске"
        )


def network_kind(home: Path, mounts: Path = MOUNTS) -> str:
    """Name the network file system under a path; "" for a local or unknown one."""
    try:
        lines = mounts.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return ""
    where = home.resolve()
    best, kind = -1, ""
    for line in lines:
        before, _, after = line.partition(" - ")
        point = Path(_unescape(before.split(" ")[4]))
        if where.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), after.split(" ")[0]
    return kind if NETWORK.fullmatch(kind) else ""


def _unescape(text: str) -> str:
    r"""Undo the octal escapes of mountinfo: "\040" is a space (proc(5))."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), text)
