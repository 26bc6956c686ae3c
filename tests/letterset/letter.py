"""What a letter of the set is, and what a human reader takes from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from triage.core.event import EventKind, Stream

HERE = Path(__file__).parent


class Half(StrEnum):
    """The two halves: one to tune on, one that only measures."""

    TUNING = "tuning"
    HELD_OUT = "held-out"

    @property
    def folders(self) -> tuple[Path, ...]:
        """Return where the half's templates lie: what is fresh is held out."""
        every = sorted(one for one in HERE.iterdir() if any(one.glob("*.toml")))
        return tuple(one for one in every if Half.of(one) is self)

    @classmethod
    def of(cls, folder: Path) -> "Half":
        return cls.HELD_OUT if folder.name.startswith("fresh") else cls.TUNING


@dataclass(frozen=True, slots=True)
class Truth:
    """One thing that a letter tells. `None` as posting: not judged."""

    kind: EventKind
    order: str
    posting: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """The words of one letter, with gaps. Every gap is filled anew for each copy."""

    id: str
    author: str
    half: Half
    subject: str
    text: str
    tells: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    unsure: bool = False
    stream: Stream | None = None
    sender: str = "Ozon <mailer@sender.ozon.ru>"
    to: str = "me@example.org"
    shape: str = ""
    charset: str = ""
    copies: int = 2
    bare: bool = False
    reply: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter as bytes, and its truth.

    `may` may be read or not: a reader could argue either way. Nobody is asked about an
    `unsure` letter at all.
    """

    id: str
    template: Template
    raw: bytes
    sent_at: datetime
    sent: bool
    postings: frozenset[str]
    return_number: str | None
    tells: tuple[Truth, ...]
    may: tuple[Truth, ...]

    @property
    def half(self) -> Half:
        return self.template.half
