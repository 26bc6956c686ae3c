"""A folder that anyone can check: BagIt (RFC 8493), with SHA-256 sums and nothing else.

bagit.txt  bag-info.txt  manifest-sha256.txt  tagmanifest-sha256.txt  data/…
"""

import fcntl
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from triage.edges import disk
from triage.errors import DiskError, UsageError, reason

PAYLOAD = "data"
_PIECE = 1 << 20
_UNFINISHED = ".unfinished-"
_MARK = re.compile(r"[0-9a-f]{8}")


@contextmanager
def making(out: Path, info: dict[str, str]) -> Iterator[Path]:
    """Make a bag: what is put into the folder that is yielded is its payload.

    The bag gets its name once it is whole and on the disk. `info` goes into
    bag-info.txt, and may be filled meanwhile.

    Raises:
        UsageError: something has the bag's name.
        DiskError: the disk is full or cannot be written.
    """
    if out.exists() or out.is_symlink():
        raise UsageError(f"{out}: уже есть; выберите имя новой папки")
    work = out.with_name(f"{out.name}{_UNFINISHED}{secrets.token_hex(4)}")
    try:
        _clear(out)
        work.mkdir(mode=0o700)  # letters lie in it: as the home, the owner's alone
        with _held(work):
            (work / PAYLOAD).mkdir()
            yield work / PAYLOAD
            _seal(work, info)
            if out.exists() or out.is_symlink():
                raise UsageError(f"{out}: уже есть; выберите имя новой папки")
            work.rename(out)
            disk.sync_folder(out.parent)
    except OSError as error:
        raise DiskError(f"{out}: не пишется: {reason(error)}") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _clear(out: Path) -> None:
    """Remove what exports of that name left that were killed; one that runs is kept."""
    for path in out.parent.iterdir():
        name, _, mark = path.name.rpartition(_UNFINISHED)
        if name != out.name or not _MARK.fullmatch(mark) or path.is_symlink():
            continue
        with suppress(OSError), _held(path):
            shutil.rmtree(path)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold a folder while it is written; a process that dies lets go of it.

    Raises:
        BlockingIOError: another process holds it.
    """
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(held)


def put(path: Path, data: bytes) -> None:
    """Put a file into the payload, with the folders that it needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _seal(bag: Path, info: Mapping[str, str]) -> None:
    """Write sums and tags, and make all of it durable."""
    payload = _sums(bag, sorted(bag.joinpath(PAYLOAD).rglob("*")))
    octets = sum((bag / name).stat().st_size for name in payload)
    told = {**info, "Payload-Oxum": f"{octets}.{len(payload)}"}
    tags = {
        "bagit.txt": "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        "bag-info.txt": "".join(f"{name}: {text}\n" for name, text in told.items()),
        "manifest-sha256.txt": _lines(payload),
    }
    for name, text in tags.items():
        (bag / name).write_text(text, encoding="utf-8", newline="\n")
    sums = _lines(_sums(bag, [bag / name for name in tags]))
    (bag / "tagmanifest-sha256.txt").write_text(sums, encoding="utf-8", newline="\n")
    everything = list(bag.rglob("*"))
    disk.sync_files(path for path in everything if path.is_file())
    for folder in (*(path for path in everything if path.is_dir()), bag):
        disk.sync_folder(folder)


def _sums(bag: Path, paths: list[Path]) -> dict[str, str]:
    """Read files over and return their sums, by their names in the bag."""
    found = {}
    for path in paths:
        if path.is_file():
            digest = hashlib.sha256()
            with path.open("rb") as file:
                while piece := file.read(_PIECE):
                    digest.update(piece)
            found[path.relative_to(bag).as_posix()] = digest.hexdigest()
    return found


def _lines(sums: Mapping[str, str]) -> str:
    return "".join(f"{sha256}  {name}\n" for name, sha256 in sums.items())
