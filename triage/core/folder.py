"""What a mailbox says of its folders and letters before any letter is fetched."""

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
class Heading:
    """A letter before it is fetched: what the selection and the batches need to know."""

    uid: int
    size: int  # as the server announces it, which may be wrong
    received_at: datetime | None  # INTERNALDATE in UTC; None where it cannot be read
    header: bytes  # the fields of `selection.FIELDS`, raw


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
