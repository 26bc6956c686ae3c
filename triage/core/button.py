"""Buttons of the digest, and what became of the owner's answers, as the digest tells it."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Button:
    """A link that opens a letter to the owner, written and ready to send (RFC 6068)."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heeded:
    """Something the owner said by mail that was done."""

    line: str
    undo: Button | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """Something the owner said by mail that nobody could act on."""

    words: str  # masked and short; "" where it is not to be shown
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Replies:
    """What came by mail since the last digest. All words are in the digest's language."""

    heeded: Sequence[Heeded] = ()
    unclear: Sequence[Unclear] = ()
    refused: Sequence[str] = ()  # answers that nobody proves to be the owner's
    hints: Sequence[str] = ()  # what can be said, where something was unclear
    new_key: str = ""  # says that the buttons of earlier letters are dead

    def __bool__(self) -> bool:
        return bool(self.heeded or self.unclear or self.refused or self.new_key)


NO_REPLIES = Replies()
