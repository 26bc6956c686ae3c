"""What the owner asks for in a reply, once it is understood, or why it is not."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from triage.core.phrasebook import Verb, Why

Numbered = tuple[str, str, str | None]  # pack, order, posting
ReadNumber = Callable[[str], Numbered | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One request, understood."""

    verb: Verb
    words: str  # as the owner wrote them
    numbers: tuple[int, ...] = ()
    orders: tuple[Numbered, ...] = ()
    on: date | None = None
    rung: str = ""  # of the step that was taken, where it is named
    fact: str = ""
    value: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Lost:
    """One request that was not understood, and why."""

    words: str
    why: Why
    detail: str = ""  # says more than `why`, in words
