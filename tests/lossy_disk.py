"""A disk that loses power: it stops at a chosen step and forgets what was not synced.

    with LossyDisk(home / "evidence", crash_at=17) as disk, suppress(PowerCut):
        archive.keep(...)
    disk.lose()            # the folder is now what a power cut would have left

It stands in for `os` in `triage.edges.disk`, through which every write of the evidence
goes. What was not synced is lost in the worst way: bytes of a file since its last fsync,
and names made, changed or removed in a folder since the folder's last fsync. A file whose
name was synced and whose bytes were not is there, and short. Without `lose()` it is a
killed process: all that was written stays.

A step is anything that changes the disk or waits for it: making, writing, cutting,
renaming or removing a file, making a folder, fsync. Step `crash_at` does not happen (of a
write, half does), nor does anything after it.
"""
# ruff: noqa: PTH102, PTH104, PTH108

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from triage.edges import disk as module


class PowerCut(BaseException):
    """The moment at which nothing happens any more."""


@dataclass(eq=False)
class _File:
    """A file as the platter has it."""

    mode: int
    data: bytes = b""


@dataclass(eq=False)
class _Folder:
    """A folder as the platter has it."""

    names: dict[str, "_File | _Folder"] = field(default_factory=dict)


class LossyDisk:
    """Watch everything that `triage.edges.disk` does below `root`."""

    def __init__(self, root: Path, crash_at: int | None = None) -> None:
        self.root = root
        self.crash_at = crash_at
        self.steps = 0
        self.names: list[str] = []  # what each step was, for the message of a failure
        self._nodes: dict[int, _File | _Folder] = {}  # by inode, what the platter has
        self._open: dict[int, Path] = {}
        self._root_is_safe = root.exists()
        self._top = self._learn(root) if self._root_is_safe else _Folder()

    def __enter__(self) -> Self:
        self._real = module.os
        module.os = self  # type: ignore[assignment]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        module.os = self._real
        for fd in list(self._open):
            os.close(fd)
        self._open.clear()

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def step(self, name: str) -> None:
        """Count a step, or cut the power. A test may add steps of its own (a commit)."""
        if self.crash_at is not None and self.steps + 1 >= self.crash_at:
            raise PowerCut(f"at step {self.steps + 1}: {name}")
        self.steps += 1
        self.names.append(name)

    def power_on(self, crash_at: int | None = None) -> None:
        """Go on after a cut: as a process that was killed and started again."""
        self.steps, self.crash_at = 0, crash_at
        for fd in list(self._open):
            os.close(fd)
        self._open.clear()

    def lose(self, *, names_survive: bool = False) -> None:
        """Make the folder what the platter has.

        With `names_survive` the file system had got round to the names by itself, and only
        bytes are lost: what a rename before the fsync of the file leaves.
        """
        if names_survive:
            safe = self._as_named(self.root) if self.root.exists() else None
        else:
            safe = self._top if self._root_is_safe else None
        if self.root.exists():
            shutil.rmtree(self.root)
        self._nodes.clear()
        if safe is not None:
            _restore(safe, self.root)
            self._top = self._learn(self.root)

    # what stands in for os

    def open(self, path: Path, flags: int, mode: int = 0o777) -> int:
        new = flags & os.O_CREAT and not Path(path).exists()
        if new:
            self.step(f"create {Path(path).name}")
        fd = os.open(path, flags, mode)
        self._open[fd] = Path(path)
        if new:
            self._nodes[os.fstat(fd).st_ino] = _File(os.fstat(fd).st_mode & 0o777)
        return fd

    def close(self, fd: int) -> None:
        if self._open.pop(fd, None) is not None:
            os.close(fd)

    def write(self, fd: int, data: bytes) -> int:
        try:
            self.step("write")
        except PowerCut:
            if self.crash_at == self.steps + 1 and self._take_last_chance():
                os.write(fd, bytes(data)[: len(data) // 2])
            raise
        return os.write(fd, data)

    def ftruncate(self, fd: int, size: int) -> None:
        self.step("truncate")
        os.ftruncate(fd, size)

    def fsync(self, fd: int) -> None:
        status, path = os.fstat(fd), self._open.get(fd)
        self.step(f"fsync {path.name if path else 'by a reader'}")
        if path == self.root.parent and self.root.exists():
            self._root_is_safe, self._top = True, self._node(self.root)
        node = self._nodes.get(status.st_ino)
        if isinstance(node, _Folder) and path:
            node.names = {p.name: self._node(p) for p in path.iterdir()}
        elif isinstance(node, _File):
            node.data = path.read_bytes() if path else os.pread(fd, status.st_size, 0)

    def rename(self, source: Path, target: Path) -> None:
        self.step(f"rename to {target.name}")
        self._node(source)
        os.rename(source, target)

    def mkdir(self, path: Path) -> None:
        if path.exists():
            raise FileExistsError(path)
        self.step(f"mkdir {path.name}")
        os.mkdir(path)
        self._nodes[path.stat().st_ino] = _Folder()

    def unlink(self, path: Path) -> None:
        self.step(f"unlink {path.name}")
        os.unlink(path)

    # what the platter has

    def _take_last_chance(self) -> bool:
        """Let one write be torn in half, once."""
        torn, self.crash_at = self.crash_at, 0
        return torn != 0

    def _node(self, path: Path) -> Any:
        """Find what the platter has of a file; what we did not see made is safe as it is."""
        inode = path.lstat().st_ino
        return self._nodes[inode] if inode in self._nodes else self._learn(path)

    def _learn(self, path: Path) -> Any:
        status = path.lstat()
        node: _File | _Folder
        if path.is_dir():
            node = _Folder({p.name: self._learn(p) for p in path.iterdir()})
        else:
            node = _File(status.st_mode & 0o777, path.read_bytes())
        self._nodes[status.st_ino] = node
        return node

    def _as_named(self, path: Path) -> "_File | _Folder":
        if path.is_dir():
            return _Folder({p.name: self._as_named(p) for p in path.iterdir()})
        return self._node(path)


def _restore(node: "_File | _Folder", path: Path) -> None:
    if isinstance(node, _Folder):
        path.mkdir()
        for name, child in node.names.items():
            _restore(child, path / name)
    else:
        path.write_bytes(node.data)
        path.chmod(node.mode)
