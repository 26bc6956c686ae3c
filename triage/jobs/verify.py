"""Check every byte of the evidence, and name what is damaged, missing, extra or moved.

Nothing is repaired and nothing is written. Memory stays bounded: files are read in
pieces, logs line by line; only the names that the logs give are held.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from triage.core import chain
from triage.core.act import ActKind
from triage.core.chain import Head
from triage.core.entry import is_sha256, read_act, read_sighting
from triage.core.inspection import Both, Inspection, Kind
from triage.core.words import in_english, plural
from triage.errors import UsageError, reason

MANIFEST, JOURNAL = "manifest", "journal"
_LOGS = (JOURNAL, MANIFEST)  # the journal keeps heads of the manifest: it goes first
_OURS = {"README.txt", "manifest.jsonl", "journal.jsonl", "messages", "attachments"}
_PIECE = 1 << 20
_NAMES = {
    "manifest": MANIFEST,
    "опись": MANIFEST,
    "journal": JOURNAL,
    "журнал": JOURNAL,
}
_TYPED = re.compile(rf"(?:({'|'.join(_NAMES)})\W+)?(\d+)\b.*\b([0-9a-f]{{64}})")


NO_HEADS: Mapping[str, Head] = {}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and where."""

    kind: Kind
    where: str  # "manifest.jsonl line 5", or a path below the evidence folder
    what: Both

    @property
    def words(self) -> Both:
        """Say it whole."""
        place = self.where.replace(" lines ", ", строки ")
        place = place.replace(" line ", ", строка ")
        russian, english = self.what
        return (
            f"{place}: {russian} ({self.kind})",
            f"{self.where}: {english} ({self.kind})",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a check of the evidence found."""

    findings: tuple[Finding, ...]
    heads: Mapping[str, Head]  # "manifest" and "journal", as they stand on disk
    letters: int  # letter files that are sound
    attachments: int
    bytes_read: int

    @property
    def sound(self) -> bool:
        return not self.findings


@dataclass(slots=True)
class _Expected:
    """What the logs say should be there."""

    letters: dict[bytes, int] = field(default_factory=dict)  # checksum -> size
    attachments: dict[bytes, int] = field(default_factory=dict)  # size unknown: -1
    heads: set[Head] = field(default_factory=set)  # of the manifest, by the journal


def verify(
    evidence: Path,
    known_heads: Mapping[str, Head] = NO_HEADS,
    expect: Sequence[str] = (),
) -> Report:
    """Read the evidence folder over.

    `known_heads` is what the index remembers, by "manifest" and "journal"; `expect` what
    the owner typed from a digest, such as "manifest 214:ab12…". Both find a cut end and a
    folder that was put back from an older copy; so do the digests noted in the journal.

    Raises:
        UsageError: something in `expect` is no chain head.
    """
    check = _Check(evidence, _known(known_heads, expect))
    for name in _LOGS:
        check.log(name)
    check.files("messages", ".eml", check.expected.letters)
    check.files("attachments", "", check.expected.attachments)
    check.strangers()
    return Report(
        findings=tuple(check.findings),
        heads=check.heads,
        letters=check.sound["messages"],
        attachments=check.sound["attachments"],
        bytes_read=check.bytes_read,
    )


class _Check:
    def __init__(self, evidence: Path, known: Mapping[str, set[Head]]) -> None:
        self.evidence = evidence
        self.known = known
        self.expected = _Expected()
        self.findings: list[Finding] = []
        self.heads: dict[str, Head] = {}
        self.sound: dict[str, int] = {}
        self.bytes_read = 0

    def log(self, name: str) -> None:
        """Check one log, and learn from it which files there should be."""
        path = self.evidence / f"{name}.jsonl"
        known = self.known[name] | (self.expected.heads if name == MANIFEST else set())
        inspection = Inspection(known)
        torn = 0
        if path.is_file():
            try:
                with path.open("rb") as file:
                    for line in file:
                        self.bytes_read += len(line)
                        if not line.endswith(b"\n"):
                            torn = len(line)
                            break
                        inspection.read(line[:-1])
                        self._learn(name, line[:-1])
            except OSError as error:
                self._find(Kind.DAMAGED, path.name, _unread(error))
        elif any(head.count for head in known) or (
            name == MANIFEST and any(self.evidence.glob("messages/??/*.eml"))
        ):
            what = "нет всего файла", "the whole file is gone"
            self._find(Kind.MISSING, path.name, what)
        for flaw in inspection.finish(torn):
            where = f"{path.name} line {flaw.first}"
            if flaw.last > flaw.first:
                where = f"{path.name} lines {flaw.first}-{flaw.last}"
            self._find(flaw.kind, where, flaw.what)
        self.heads[name] = inspection.head

    def _learn(self, name: str, line: bytes) -> None:
        """Note what an entry points to. What cannot be read, the chain has named."""
        try:
            entry = chain.entry_of(line)
            if name == MANIFEST:
                sighting = read_sighting(entry)
                key = bytes.fromhex(sighting.sha256)
                self.expected.letters.setdefault(key, sighting.size)
                return
            act = read_act(entry)
            if act.kind is ActKind.ATTACHED and is_sha256(act.data.get("sha256")):
                self.expected.attachments[bytes.fromhex(act.data["sha256"])] = -1
            if act.kind is ActKind.DIGEST_ACCEPTED:
                heads = chain.read_heads(act.data.get("heads", ""))
                self.expected.heads |= {h for n, h in heads.items() if n == MANIFEST}
        except ValueError:
            return

    def files(self, folder: str, suffix: str, expected: dict[bytes, int]) -> None:
        """Check one tree of files that are named by their checksums."""
        sound, root = 0, self.evidence / folder
        for path in _files(root):
            where = path.relative_to(self.evidence).as_posix()
            sha256 = path.name.removesuffix(suffix)
            key = bytes.fromhex(sha256) if is_sha256(sha256) else b""
            right = root / sha256[:2] / f"{sha256}{suffix}"
            if path != right or key not in expected:
                what = "ни одна строка журналов его не называет", "no log names it"
                self._find(Kind.EXTRA, where, what)
                continue
            size = expected.pop(key)
            if path.is_symlink() or not path.is_file():
                what = "это не обычный файл", "this is no regular file"
                self._find(Kind.DAMAGED, where, what)
                continue
            try:
                found, length = self._hash(path)
            except OSError as error:  # a bad sector is a finding, not the end
                self._find(Kind.DAMAGED, where, _unread(error))
                continue
            if found == sha256 and size in (-1, length):
                sound += 1
            elif found == sha256:
                what = (
                    f"длина {length}, а по описи {_octets(size)}",
                    f"{in_english(length, 'byte')} long, {size} by the manifest",
                )
                self._find(Kind.DAMAGED, where, what)
            else:
                what = (
                    f"контрольная сумма другая: {found}; длина {_octets(length)}",
                    f"another checksum: {found}; {in_english(length, 'byte')} long",
                )
                self._find(Kind.DAMAGED, where, what)
        for key in expected:
            sha256 = key.hex()
            where = f"{folder}/{sha256[:2]}/{sha256}{suffix}"
            what = (
                "его называет строка журнала, а файла нет",
                "a log names it, and there is no such file",
            )
            self._find(Kind.MISSING, where, what)
        self.sound[folder] = sound

    def strangers(self) -> None:
        """Name what lies in the folder and is none of ours."""
        if self.evidence.is_dir():
            for path in sorted(self.evidence.iterdir()):
                if path.name not in _OURS:
                    what = "здесь такого быть не должно", "nothing of ours"
                    self._find(Kind.EXTRA, path.name, what)

    def _hash(self, path: Path) -> tuple[str, int]:
        digest, size = hashlib.sha256(), 0
        with path.open("rb") as file:
            for piece in _pieces(file):
                digest.update(piece)
                size += len(piece)
        self.bytes_read += size
        return digest.hexdigest(), size

    def _find(self, kind: Kind, where: str, what: Both) -> None:
        self.findings.append(Finding(kind, where, what))


def _known(
    known_heads: Mapping[str, Head], expect: Sequence[str]
) -> dict[str, set[Head]]:
    known = {name: {head} for name, head in known_heads.items() if name in _LOGS}
    for text in expect:
        match = _TYPED.fullmatch(text.strip().lower())
        if match is None:
            raise UsageError(
                f"это не конец цепочки: {text!r}; скопируйте строку из письма целиком, "
                "например: Опись: 214 строк, ab12…"
            )
        name = _NAMES.get(match[1], MANIFEST)
        known.setdefault(name, set()).add(Head(int(match[2]), match[3]))
    return {name: known.get(name, set()) for name in _LOGS}


def _unread(error: OSError) -> Both:
    return f"не читается: {reason(error)}", f"cannot be read: {error.strerror}"


def _octets(number: int) -> str:
    return f"{number} {plural(number, 'байт', 'байта', 'байт')}"


def _files(root: Path) -> Iterator[Path]:
    """Yield whatever is not a folder, in order; unfinished writes are not evidence."""
    if not root.is_dir():
        return
    for path in sorted(root.iterdir()):
        if not path.is_dir() or path.is_symlink():
            yield path
        elif path.name != "tmp":
            yield from _files(path)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece
