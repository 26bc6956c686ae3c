"""A chained log on disk: one JSON line per entry, each naming the one before (`core.chain`).

A last line without a newline is not a line: readers pass over it, and the next writer
cuts it off. Several processes may read and write; one writes at a time.
"""

import contextlib
import functools
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from triage.core import chain
from triage.core.chain import Head
from triage.edges import disk
from triage.errors import EvidenceError

log = logging.getLogger(__name__)
T = TypeVar("T")

_BLOCK = 1 << 16

Write = Callable[[Iterable[Mapping[str, object]]], None]


class Ledger:
    """One log. Manifest and journal are one each."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known = (0, chain.START)  # how far it went when it was last written here

    def lines(self, after: int = 0) -> Iterator[tuple[bytes, int]]:
        """Yield whole lines behind a byte offset, each with the offset behind itself.

        Whatever is yielded is durable, also when another process wrote it this instant.

        Raises:
            EvidenceError: the log does not reach to `after`, or no line ends there.
        """
        try:
            file = self.path.open("rb")
        except FileNotFoundError:
            if after:
                raise self._changed() from None
            return
        with file:
            size = os.fstat(file.fileno()).st_size
            with disk.speaking(self.path):
                disk.sync(file.fileno())
            if after:
                file.seek(after - 1)
                if after > size or file.read(1) != b"\n":
                    raise self._changed()
            end = after
            while end < size and (line := file.readline()).endswith(b"\n"):
                end += len(line)
                yield line[:-1], end

    def entries(
        self, after: int, read: Callable[[Mapping[str, Any]], T]
    ) -> Iterator[tuple[T, int]]:
        """Yield what `read` makes of the lines behind a byte offset, with their ends.

        A line that cannot be read, a ValueError, is passed over: `verify` names it.

        Raises:
            EvidenceError: the log does not reach to `after`, or no line ends there.
        """
        for line, end in self.lines(after):
            try:
                entry = read(chain.entry_of(line))
            except ValueError:
                name = self.path.stem
                log.warning("%s: the line before byte %d cannot be read", name, end)
                continue
            yield entry, end

    def head(self) -> Head:
        """Return the number and the checksum of the last line."""
        if not self.path.exists():
            return chain.START
        with disk.opened(self.path) as fd:
            return self._head(fd, _end(fd, os.fstat(fd).st_size))

    @contextlib.contextmanager
    def writing(self) -> Iterator[Write]:
        """Hold the log; what is yielded appends entries: one write, one sync, or nothing.

        Raises:
            DiskError: the log cannot be written.
            EvidenceError: the last line that was written here is no longer in its place.
        """
        with disk.held(self.path) as fd:
            size = os.fstat(fd).st_size
            end = _end(fd, size)
            if self._head(fd, self._known[0]) != self._known[1]:
                raise self._changed()
            if size == 0:
                disk.sync_folder(self.path.parent)  # before a line rests on the name
            elif end < size:
                with disk.speaking(self.path):
                    disk.cut(fd, end)
            self._known = (end, self._head(fd, end))
            yield functools.partial(self._append, fd)

    def _append(self, fd: int, entries: Iterable[Mapping[str, object]]) -> None:
        end, head = self._known
        lines = []
        for entry in entries:
            line = chain.line_of(entry, head.count + 1, head.sha256).encode()
            head = Head(head.count + 1, chain.hash_of(line))
            lines.append(line + b"\n")
        if lines:
            data = b"".join(lines)
            with disk.speaking(self.path):
                disk.append(fd, data)
            self._known = (end + len(data), head)

    def _head(self, fd: int, end: int) -> Head:
        """Return the head that the log had when it ended at `end`."""
        if end == 0:
            return chain.START
        start = _end(fd, end - 1)
        line = os.pread(fd, end - 1 - start, start)
        try:
            count = chain.entry_of(line)["n"]
        except ValueError:  # `verify` names it, and the chain goes on behind it
            count = sum(1 for _, offset in self.lines() if offset <= end)
        return Head(count, chain.hash_of(line))

    def _changed(self) -> EvidenceError:
        return EvidenceError(
            f"{self.path.name}: журнал не такой, каким его оставили: его обрезала, подменила"
            " или изменила другая программа. Выполните triage verify и верните из копии то,"
            " что он назовёт"
        )


def _end(fd: int, size: int) -> int:
    """Return the offset behind the last newline among the first `size` bytes."""
    while size > 0:
        start = max(0, size - _BLOCK)
        found = os.pread(fd, size - start, start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        size = start
    return 0
