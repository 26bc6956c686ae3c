"""What a mailbox says of its folders and letters before any letter is fetched."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from triage.core.message import Role


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder on the server, by its readable name."""

    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Status:
    """Where a folder stands: every UID below `uidnext` was given out (RFC 3501, 2.3.1.1)."""

    uidvalidity: int
    uidnext: int


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a server tells of a letter beside its bytes."""

    size: int = 0  # as it is announced, which may be wrong; 0: not told
    received_at: datetime | None = None  # INTERNALDATE in UTC, where it is a date


NO_STAMP = Stamp()


@dataclass(frozen=True, slots=True)
class Heading:
    """A letter before it is fetched, as the selection and the batches need to know it."""

    uid: int
    header: bytes  # the fields of `selection.FIELDS`, raw
    stamp: Stamp = NO_STAMP


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """How far a folder was read.

    Every selected UID up to `uid` is in the archive or proven gone. `pending` counts
    the letters beyond it that were selected and are not in the archive yet.
    """

    folder: Folder
    uidvalidity: int = 0  # 0: never read
    uid: int = 0
    pending: int = 0
    polled_at: datetime | None = None

    def has_read(self, status: Status) -> bool:
        """Say whether there is nothing new: nothing to examine."""
        return (
            not self.pending
            and self.uidvalidity == status.uidvalidity
            and self.uid == status.uidnext - 1
        )


@dataclass(frozen=True, slots=True)
class Listed:
    """A folder as the server lists it; flags in lower case, without the backslash."""

    name: str
    delimiter: str
    flags: frozenset[str]


_FLAGS = {
    "all": Role.ALL,
    "allmail": Role.ALL,  # XLIST's words, which some servers still use
    "junk": Role.SPAM,
    "spam": Role.SPAM,
    "sent": Role.SENT,
}

_NAMES = {
    Role.SPAM: (
        *("spam", "junk", "junk e-mail", "junk email", "junk mail", "bulk mail"),
        *("спам", "нежелательная почта", "нежелательные письма"),
    ),
    Role.SENT: (
        *("sent", "sent mail", "sent items", "sent messages", "sent-mail"),
        *("отправленные", "отправленные письма"),
    ),
}
"""Well-known names, for servers without special use (RFC 6154)."""


def choose(listed: Iterable[Listed]) -> list[Folder]:
    """Choose what to read: inbox, spam and sent, or all mail in the inbox's place."""
    open_ones = [f for f in listed if not f.flags & {"noselect", "nonexistent"}]
    found = {f.name: Folder(f.name, role) for f in open_ones if (role := _by_flag(f))}
    for role, names in _NAMES.items():
        if not any(folder.role is role for folder in found.values()):
            known = [f for f in open_ones if _last(f) in names and f.name not in found]
            for first in sorted(known, key=_depth)[:1]:
                found[first.name] = Folder(first.name, role)
    if any(folder.role is Role.ALL for folder in found.values()):
        return sorted(found.values(), key=_order)
    inbox = next((f.name for f in open_ones if f.name.upper() == "INBOX"), "INBOX")
    return sorted([Folder(inbox, Role.INBOX), *found.values()], key=_order)


def pick(listed: Iterable[Listed], names: Iterable[str]) -> dict[str, Folder | None]:
    """Find the folders that the owner named; None for one that does not exist."""
    there = list(listed)
    roles = {folder.name: folder.role for folder in choose(there)}
    by_key = {name_key(folder.name): folder.name for folder in there}
    by_key.setdefault("INBOX", "INBOX")
    picked: dict[str, Folder | None] = {}
    for name in names:
        real = by_key.get(name_key(name))
        role = Role.INBOX if real and name_key(real) == "INBOX" else Role.OTHER
        picked[name] = Folder(real, roles.get(real, role)) if real else None
    return picked


def name_key(name: str) -> str:
    """Compare names as servers do: INBOX in any case, accents in one form."""
    name = unicodedata.normalize("NFC", name)
    return name.upper() if name.upper() == "INBOX" else name


def _by_flag(folder: Listed) -> Role | None:
    if folder.name.upper() == "INBOX":
        return None
    return next((role for flag, role in _FLAGS.items() if flag in folder.flags), None)


def _parts(folder: Listed) -> list[str]:
    return folder.name.split(folder.delimiter) if folder.delimiter else [folder.name]


def _last(folder: Listed) -> str:
    return unicodedata.normalize("NFC", _parts(folder)[-1]).casefold()


def _depth(folder: Listed) -> tuple[int, str]:
    return len(_parts(folder)), folder.name


def _order(folder: Folder) -> tuple[int, str]:
    return list(Role).index(folder.role), folder.name
