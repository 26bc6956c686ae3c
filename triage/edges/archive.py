"""The evidence folder: raw letters, each under its own checksum.

    README.txt               how to check the folder with ordinary tools
    manifest.jsonl           one line per sighting of a letter, chained by `prev`
    messages/ab/ab12….eml    bytes as the server gave them, never rewritten
    messages/tmp/            what is being written; swept after a crash
    attachments/ab/ab12…     what the owner adds, never rewritten

A letter is on disk and synced under its name before its line is written, and its line is
synced before anybody is told. Keeping the same bytes twice changes nothing. A file that
has its name is never touched again: if it is damaged, `verify` says so, and nothing here
puts it right in silence.
"""

import hashlib
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib import resources
from pathlib import Path

from triage.core.chain import Head
from triage.core.entry import is_sha256, read_sighting, sighting_entry
from triage.core.message import Role, Sighting
from triage.edges import disk
from triage.edges.ledger import Ledger
from triage.errors import EvidenceError, reason

log = logging.getLogger(__name__)

Spooled = disk.Temporary
"""A large letter that lies in the workshop already. It is moved, not copied."""

_Place = tuple[str, str, int]  # account, folder, uidvalidity


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A letter as it came from a mailbox."""

    raw: bytes | Spooled
    account: str
    folder: str
    role: Role
    uidvalidity: int
    uid: int
    received_at: datetime
    authentication: Mapping[str, str] = field(hash=False)


class Archive:
    """The letters, attachments and manifest of one evidence folder."""

    def __init__(self, evidence: Path) -> None:
        """Open a folder. Nothing is written before something is kept."""
        self.evidence = evidence
        self._messages = evidence / "messages"
        self._attachments = evidence / "attachments"
        self._manifest = Ledger(evidence / "manifest.jsonl")
        self._workshop = disk.Workshop(self._messages / "tmp")
        self._prepared = False
        self._read_to = 0
        self._seen: dict[_Place, set[bytes]] = {}  # uid and half a checksum, 24 bytes

    def keep(
        self, arrivals: Iterable[Arrival], archived_at: datetime
    ) -> list[Sighting]:
        """Keep a batch of letters durably and return the sightings that are new, in order.

        Bytes that are kept already are not written again; a new place of theirs is a new
        line. A sighting of the same bytes in the same place under the same UID adds nothing.

        Raises:
            DiskError: the disk is full or read-only. None of the batch counts as kept.
            EvidenceError: the manifest was changed by another program meanwhile.
        """
        self._enter()
        try:
            sightings = self._store(arrivals, archived_at)
            with self._manifest.writing() as write:
                self._catch_up()
                fresh = [sighting for sighting in sightings if self._note(sighting)]
                try:
                    write(sighting_entry(sighting) for sighting in fresh)
                except BaseException:
                    self._forget()
                    raise
                return fresh
        finally:
            self._workshop.leave()

    def spool(self, chunks: Iterable[bytes]) -> Spooled:
        """Stream a large letter to disk in bounded memory, for an Arrival of the next `keep`.

        What is spooled and never kept is removed by a later run.
        """
        self._enter()
        return disk.write_temporary(self._workshop.path, chunks)

    def add_attachment(self, data: bytes) -> str:
        """Keep what the owner adds, durably, and return its SHA-256."""
        self._enter()
        try:
            sha256 = hashlib.sha256(data).hexdigest()
            self._publish({self.attachment_path(sha256): data})
            return sha256
        finally:
            self._workshop.leave()

    def raw(self, sha256: str) -> bytes:
        """Return the bytes of a letter.

        Raises:
            EvidenceError: they are missing, cannot be read, or are not what was kept.
        """
        return _whole(self.path(sha256), sha256)

    def attachment(self, sha256: str) -> bytes:
        """Return the bytes of what the owner added.

        Raises:
            EvidenceError: they are missing, cannot be read, or are not what was kept.
        """
        return _whole(self.attachment_path(sha256), sha256)

    def path(self, sha256: str) -> Path:
        """Say where the letter with that checksum lies, or would.

        Raises:
            ValueError: it is no checksum.
        """
        if not is_sha256(sha256):
            raise ValueError(f"not a SHA-256: {sha256!r}")
        return self._messages / sha256[:2] / f"{sha256}.eml"

    def attachment_path(self, sha256: str) -> Path:
        """Say where what the owner added lies, by its checksum, or would.

        Raises:
            ValueError: it is no checksum.
        """
        if not is_sha256(sha256):
            raise ValueError(f"not a SHA-256: {sha256!r}")
        return self._attachments / sha256[:2] / sha256

    def sightings(self, after: int = 0) -> Iterator[tuple[Sighting, int]]:
        """Yield the manifest behind a byte offset, each line with the offset behind it.

        A line that cannot be read is passed over: `verify` names it.

        Raises:
            EvidenceError: the manifest does not reach to `after`, or no line ends there.
        """
        return self._manifest.entries(after, read_sighting)

    def located(self, account: str, folder: str, uidvalidity: int) -> set[int]:
        """Return the UIDs of a folder whose letters are kept."""
        self._catch_up()
        seen = self._seen.get((account, folder, uidvalidity), set())
        return {int.from_bytes(key[:8]) for key in seen}

    def head(self) -> Head:
        """Return the head of the manifest's chain."""
        return self._manifest.head()

    def _store(
        self, arrivals: Iterable[Arrival], archived_at: datetime
    ) -> list[Sighting]:
        """Put the bytes of a batch under their names, durably."""
        sightings: list[Sighting] = []
        files: dict[Path, bytes | Spooled] = {}
        for arrival in arrivals:
            raw = arrival.raw
            if isinstance(raw, bytes):
                sha256, size = hashlib.sha256(raw).hexdigest(), len(raw)
            else:
                sha256, size = raw.sha256, raw.size
            files.setdefault(self.path(sha256), raw)
            sightings.append(
                Sighting(
                    sha256=sha256,
                    size=size,
                    account=arrival.account,
                    folder=arrival.folder,
                    role=arrival.role,
                    uidvalidity=arrival.uidvalidity,
                    uid=arrival.uid,
                    received_at=arrival.received_at,
                    archived_at=archived_at,
                    authentication=arrival.authentication,
                )
            )
        self._publish(files)
        return sightings

    def _publish(self, files: Mapping[Path, bytes | Spooled]) -> None:
        """Write all, sync each, rename all, sync the folders.

        A name that exists is left alone, but its folder is synced with the others: the
        process that made it may have died before it did that.
        """
        ready: list[tuple[Path, Path]] = []
        for final, raw in files.items():
            if final.exists():
                size = len(raw) if isinstance(raw, bytes) else raw.size
                if final.stat().st_size != size:
                    log.error("%s is damaged: its size is wrong", final.name)
            elif isinstance(raw, bytes):
                written = disk.write_temporary(self._workshop.path, [raw])
                ready.append((written.path, final))
            else:
                ready.append((raw.path, final))
        disk.sync_files(path for path, _ in ready)
        folders = sorted({final.parent for final in files})
        for folder in folders:
            disk.make_folder(folder)
        disk.publish(ready)
        for folder in [*folders, *sorted({folder.parent for folder in folders})]:
            disk.sync_folder(folder)

    def _enter(self) -> None:
        """Make the folders, sweep what a crash left, and stay in the workshop."""
        if not self._prepared:
            for folder in (self.evidence, self._messages, self._attachments):
                disk.make_folders(folder)
            disk.make_folder(self._workshop.path)
        self._workshop.enter()
        if not self._prepared and not (readme := self.evidence / "README.txt").exists():
            text = resources.files("triage.edges").joinpath("evidence.txt").read_bytes()
            written = disk.write_temporary(self._workshop.path, [text])
            disk.sync_files([written.path])
            disk.publish([(written.path, readme)])
            disk.sync_folder(self.evidence)
        self._prepared = True

    def _catch_up(self) -> None:
        """Learn of the sightings that were added since this was last asked."""
        for sighting, end in self.sightings(self._read_to):
            self._note(sighting)
            self._read_to = end

    def _note(self, sighting: Sighting) -> bool:
        """Remember a sighting; say whether it is new."""
        place = (sighting.account, sighting.folder, sighting.uidvalidity)
        key = sighting.uid.to_bytes(8) + bytes.fromhex(sighting.sha256)[:16]
        seen = self._seen.setdefault(place, set())
        if key in seen:
            return False
        seen.add(key)
        return True

    def _forget(self) -> None:
        self._seen.clear()
        self._read_to = 0


def _whole(path: Path, sha256: str) -> bytes:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise EvidenceError(f"{path}: файла нет на месте") from None
    except OSError as error:
        raise EvidenceError(f"{path}: не читается: {reason(error)}") from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise EvidenceError(f"{path}: повреждено, это не те байты, что пришли")
    return data
