"""The words in which the owner answers by mail, and those in which he is answered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any


class Verb(StrEnum):
    """Everything that can be said in a reply."""

    DONE = "done"
    SENT = "sent"  # as much as done, where a case is named
    SNOOZED = "snoozed"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    NOT_RECEIVED = "not_received"
    YES = "yes"
    NO = "no"
    FACT = "fact"
    ATTACHED = "attached"
    UNDONE = "undone"
    HELP = "help"


class Why(StrEnum):
    """Why something that was said comes to nothing."""

    HELP = "help"  # asked for
    EMPTY = "empty"
    UNKNOWN = "unknown"
    DOUBT = "doubt"  # a denial, a condition, a plan
    QUESTION = "question"
    TWO = "two"
    NUMBER = "number"  # which case is meant is not said
    NO_CASE = "no_case"
    NO_ORDER = "no_order"
    NO_DATE = "no_date"
    PAST = "past"
    TOO_FAR = "too_far"
    NO_STEP = "no_step"
    NO_QUESTION = "no_question"
    OTHER_QUESTION = "other_question"
    NO_FACT = "no_fact"
    NO_VALUE = "no_value"
    NO_ACT = "no_act"
    BUTTON = "button"  # words in a letter that a button wrote
    USED = "used"
    EXPIRED = "expired"
    WRONG = "wrong"  # a token of something else
    FILE_CASE = "file_case"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    OLD = "old"  # an answer to a digest of long ago
    STRANGE = "strange"


Phrase = tuple[str, ...]
"""Words in small letters, with е for ё."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """What is understood, in all languages at once."""

    verbs: Mapping[Phrase, Verb] = field(default_factory=dict, hash=False)
    facts: Mapping[Phrase, str] = field(default_factory=dict, hash=False)
    """What a fact is called beside its title."""
    fillers: frozenset[str] = frozenset()
    doubts: frozenset[str] = frozenset()
    joints: frozenset[str] = frozenset()
    case: frozenset[str] = frozenset()  # stands before a case's number
    step: frozenset[str] = frozenset()  # stands before a step's rung
    relative: Mapping[str, int] = field(default_factory=dict, hash=False)
    days: frozenset[str] = frozenset()
    weeks: frozenset[str] = frozenset()
    months_long: frozenset[str] = frozenset()
    until: frozenset[str] = frozenset()
    before: frozenset[str] = frozenset()  # stands before a day
    weekdays: Mapping[str, int] = field(default_factory=dict, hash=False)  # beginnings
    months: Mapping[str, int] = field(default_factory=dict, hash=False)
    forwarded: frozenset[str] = frozenset()  # stands before such a letter's subject
    machines: frozenset[str] = frozenset()

    @property
    def longest(self) -> int:
        return max(map(len, self.verbs), default=0)


NO_PHRASES = Phrases()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What is written, in one language."""

    buttons: Mapping[str, str] = field(hash=False)
    subjects: Mapping[str, str] = field(hash=False)
    lines: Mapping[str, str] = field(hash=False)
    why: Mapping[Why, str] = field(hash=False)
    refused: Mapping[str, str] = field(hash=False)
    hints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """Both sides of the conversation."""

    heard: Phrases
    shown: Shown


def together(parts: Iterable[Phrases]) -> Phrases:
    """Understand several languages at once; of words in two the first counts."""
    said = tuple(parts)

    def union(name: str) -> frozenset[str]:
        return frozenset[str]().union(*(getattr(one, name) for one in said))

    def merged(name: str) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for one in reversed(said):
            found |= getattr(one, name)
        return found

    values: dict[str, Any] = {
        each.name: union(each.name)
        if each.default == frozenset()
        else merged(each.name)
        for each in fields(Phrases)
    }
    return Phrases(**values)


def one_slip(word: str, meant: str) -> bool:
    """Say whether one letter is wrong, missing, too many, or two changed places."""
    if abs(len(word) - len(meant)) > 1:
        return False
    start = 0
    while start < min(len(word), len(meant)) and word[start] == meant[start]:
        start += 1
    a, b = word[start:], meant[start:]
    return (
        a[1:] == b[1:]
        or a[1:] == b
        or a == b[1:]
        or (a[2:] == b[2:] and a[:2] == b[1::-1])
    )
