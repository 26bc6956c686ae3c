"""What a digest tells beside the cases: letters, the mailbox, lost digests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from triage.core.button import Button


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """A letter that told something about an order."""

    order: str
    title: str  # what it told, in the owner's language
    received_on: date
    pack: str = ""
    posting: str | None = None
    kind: str = ""  # the event's
    button: Button | None = None  # by which the owner can say that it is not so


class Why(StrEnum):
    """Why a letter is not counted, the most telling first."""

    CHANGED = "changed"  # letters with such a subject were understood before
    AGAINST = "against"  # the packs are sure of something else than the owner taught
    UNKNOWN = "unknown"  # nothing matched
    AMBIGUOUS = "ambiguous"  # two recognisers matched, and cannot both be right
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A letter that is archived and that nobody could make sense of."""

    evidence: str
    why: Why = Why.UNKNOWN
    reason: str
    order: str = ""
    received_on: date
    known: str = ""  # what letters with such a subject told before, in words
    known_on: date | None = None  # when one last did
    recogniser: str = ""  # which one is against what was taught

    @property
    def teachable(self) -> bool:
        return self.why in (Why.CHANGED, Why.UNKNOWN, Why.AMBIGUOUS)

    @property
    def name(self) -> str:
        """Return what the owner types to name the letter."""
        return self.evidence[:12]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unconfirmed:
    """A letter that claims to be the marketplace's and whose sender nobody vouches for."""

    evidence: str
    sender: str
    reason: str
    warnings: Sequence[str] = ()  # what looks forged, as codes of `core.warning`
    received_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubtful:
    """A letter of the marketplace's about an order that is perhaps not the owner's."""

    evidence: str
    order: str
    warnings: Sequence[str]
    received_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """The letters that are new since the last digest."""

    recognised: Sequence[Recognised] = ()
    unread: Sequence[Unread] = ()
    unconfirmed: Sequence[Unconfirmed] = ()
    doubtful: Sequence[Doubtful] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How completely the mailbox was read."""

    on_server: int | None  # letters of the marketplaces; None where nobody counted
    archived: int
    unread: int
    last_read_at: datetime | None  # end of the last poll that reached every folder
    problems: Mapping[str, str] = field(default_factory=dict, hash=False)
    """What keeps an account from being read, in words, by the account's name; under "" what
    is wrong with the evidence itself."""
    lasting: frozenset[str] = frozenset()
    """Whose problem nobody but the owner can mend."""


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A digest that the mail server refused for good."""

    on: date
    words: str
