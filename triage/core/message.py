"""A letter as it was read, and where in the archive it was sighted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

IMPORTED = "import"
"""The account of letters that the owner gave as files."""


class Role(StrEnum):
    """What a folder is for, found by special use (RFC 6154) or given by the owner."""

    INBOX = "inbox"
    SPAM = "spam"
    SENT = "sent"
    ALL = "all"
    OTHER = "other"  # a folder the owner named, or a file that was imported


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One line of the manifest: these bytes lay in that folder under that UID."""

    sha256: str
    size: int
    account: str
    folder: str
    role: Role
    uidvalidity: int
    uid: int
    received_at: datetime  # INTERNALDATE: when the server took the letter in
    archived_at: datetime
    authentication: Mapping[str, str] = field(hash=False)
    """What the owner's provider said of the sender when the letter arrived:
    `domain` ("" when nothing vouches for one), `result` and `reason`."""


class Where(StrEnum):
    """In which part of a letter a passage stood."""

    LINK = "link"
    SUBJECT = "subject"
    TEXT = "text"
    HTML = "html"
    FILE = "file"  # no letter: a file that the owner gave
    HIDDEN = "hidden"  # HTML that a reader never sees: notes where a match came from


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of text with its place. A link's text is its address."""

    where: Where
    text: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part of a letter that is not its text. The name is the sender's word: data only."""

    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One outer letter. Attached and quoted letters are evidence, never speakers."""

    evidence: str  # SHA-256 of the raw bytes
    role: Role = Role.INBOX
    message_id: str = ""
    in_reply_to: str = ""
    sender: str = ""  # the one clean address of the one From header, else ""
    sender_name: str = ""
    recipients: tuple[str, ...] = ()
    subject: str = ""
    sent_at: datetime | None = None  # the Date header, where it can be read
    received_at: datetime
    passages: tuple[Passage, ...] = ()  # links first, then subject, text, HTML, hidden
    attachments: tuple[Attachment, ...] = ()
    authenticated_domain: str = ""  # registered domain the provider vouches for
    automatic: bool = False  # a bounce, report or auto-reply: quotes, never speaks
    own: bool = False  # carries triage's own header: our digest
    account: str = ""  # whose mailbox it lies in
    answers: tuple[str, ...] = ()  # Message-IDs of ours it answers, the nearest first
    parents: tuple[str, ...] = ()  # Message-IDs in In-Reply-To, some of them at most
    thread: tuple[str, ...] = ()  # those in References, the nearest first, some at most
    unattended: bool = False  # written or passed on by a machine, whatever else it says
    defects: tuple[str, ...] = ()  # what was wrong with the letter, as stable codes
    warnings: tuple[str, ...] = ()  # what looks forged, as stable codes

    @property
    def unread(self) -> str:
        """Return the limit that kept a letter from being read, "" when it was read."""
        codes = (code for code in self.defects if code.startswith("not-read:"))
        return next(codes, "")

    def text(self, *places: Where) -> str:
        """Join the passages that stand in the given places, in order."""
        return "\n".join(p.text for p in self.passages if p.where in places)
