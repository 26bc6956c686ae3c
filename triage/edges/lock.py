"""One instance per home, and only on a disk where locks and fsync mean something."""

import contextlib
import errno
import fcntl
import re
from collections.abc import Iterator
from pathlib import Path

from triage.errors import DiskError, Unavailable

NETWORK = re.compile(
    r"nfs\d?|cifs|smb\d?|smbfs|smb3|afs|9p|ceph|glusterfs|lustre|beegfs|ncpfs|davfs"
    r"|fuse\.(sshfs|rclone|s3fs|glusterfs|davfs2?|curlftpfs|gvfsd-fuse|goofys)"
)
"""File systems on which neither flock nor SQLite's WAL can be relied upon."""

MOUNTS = Path("/proc/self/mountinfo")


@contextlib.contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Hold the home for this process.

    Raises:
        Unavailable: another process holds it.
        DiskError: the home cannot be written.
    """
    try:
        file = (home / "lock").open("a")
    except OSError as error:
        raise DiskError(f"{home}: не пишется: {error.strerror}") from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise DiskError(f"{home}: не запирается: {error.strerror}") from None
            raise Unavailable(
                f"{home}: с этой папкой уже работает другой triage; "
                "остановите его или подождите"
            ) from None
        yield


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
