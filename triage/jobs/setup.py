"""Find out what a new owner need not be asked: whether log-ins work, folders, letters."""

import ssl
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from triage.config import Config
from triage.core.attempt import Answer, Outcome
from triage.core.authserv import usual
from triage.core.folder import Folder
from triage.core.message import Role
from triage.core.pack import Packs
from triage.core.provider import Directory, Provider, Trouble
from triage.core.selection import needles_of, wanted
from triage.edges.imap_line import ImapServer, LoginRejected
from triage.edges.mailbox import ImapMailbox
from triage.errors import ConfigError, Refused, TriageError, Unavailable
from triage.jobs.check import verdicts
from triage.jobs.collect import find_folders
from triage.jobs.fetch import Mailbox
from triage.jobs.servers import Connect, connect, open_as, postman

NEWEST = 20_000  # letters of a folder whose headers are looked at for the count
AT_ONCE = 500

Progress = Callable[[int, int], None]
"""Takes how many letters were looked at, and of how many."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a log-in failed: what kind of trouble, and the words."""

    trouble: Trouble
    words: str


def try_imap(
    directory: Directory, provider: Provider, config: Config, word: str
) -> Failure | None:
    """Log in to the mailbox once; return what was wrong, None when nothing was."""
    try:
        connect(config.account[0], word).close()
    except TriageError as error:
        words = error.said if isinstance(error, LoginRejected) else str(error)
        return Failure(directory.diagnose(provider, words, _kind(error)), words)
    return None


def try_smtp(
    directory: Directory, provider: Provider, config: Config, word: str
) -> Failure | None:
    """Log in to the mail server once, sending nothing."""
    answer: Answer = postman(config.smtp, config.digest.to, word).check()
    if answer.outcome is Outcome.ACCEPTED:
        return None
    refused = answer.outcome is Outcome.LOGIN_REJECTED
    otherwise = Trouble.PASSWORD if refused else Trouble.NETWORK
    words = f"{config.smtp.host}:{config.smtp.port}: {answer.words}"
    return Failure(directory.diagnose(provider, answer.words, otherwise), words)


def _kind(error: TriageError) -> Trouble:
    """Tell troubles apart by the kind of error, where the words say nothing."""
    if isinstance(error.__cause__, ssl.SSLCertVerificationError):
        return Trouble.CERTIFICATE
    if isinstance(error, Unavailable):
        return Trouble.NETWORK
    if isinstance(error, ConfigError):
        return Trouble.OTHER
    return Trouble.PASSWORD if isinstance(error, Refused) else Trouble.OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What a first look into the mailbox showed."""

    folders: tuple[Folder, ...]
    authserv_id: str
    looked_at: int
    letters: int  # that concern the marketplaces
    partly: bool  # older letters were not looked at


def survey(
    config: Config, provider: Provider, packs: Packs, word: str, progress: Progress
) -> Survey:
    """Look into the mailbox by header fields, as `collect` selects.

    Raises:
        Unavailable: the line broke.
    """
    with connect(config.account[0], word) as mailbox:
        folders, _ = find_folders(mailbox, ())
        inbox = next((f for f in folders if f.role in (Role.INBOX, Role.ALL)), None)
        seen = Counter(verdicts(mailbox, inbox.name)) if inbox else Counter[str]()
        stands = mailbox.status([folder.name for folder in folders])
        total = sum(min(s.uidnext - 1, NEWEST) for s in stands.values())
        looked = letters = 0
        for folder in folders:
            for count, found in _headings(mailbox, folder, packs):
                looked, letters = looked + count, letters + found
                progress(looked, max(looked, total))
    return Survey(
        folders=tuple(folders),
        authserv_id=usual(seen, provider.authserv_id),
        looked_at=looked,
        letters=letters,
        partly=any(s.uidnext - 1 > NEWEST for s in stands.values()),
    )


def _headings(
    mailbox: Mailbox, folder: Folder, packs: Packs
) -> Iterator[tuple[int, int]]:
    """Count the letters of a folder, and those that concern a marketplace, part by part."""
    needles = needles_of(packs)
    status = mailbox.examine(folder.name)
    after = max(0, status.uidnext - 1 - NEWEST)
    uids = [uid for part in mailbox.new_uids(after, status.uidnext) for uid in part]
    for first in range(0, len(uids), AT_ONCE):
        part = uids[first : first + AT_ONCE]
        found = mailbox.headings(part).values()
        mine = sum(wanted(each.header, folder.role, needles) for each in found)
        yield len(part), mine


class Watched(ImapMailbox):
    """A mailbox that tells how many letters were fetched from it."""

    def __init__(self, server: ImapServer, fetched: Callable[[int], None]) -> None:
        super().__init__(server)
        self._fetched = fetched

    def letters(self, uids: Sequence[int]) -> dict[int, bytes]:
        found = super().letters(uids)
        self._fetched(len(found))
        return found


def watched(fetched: Callable[[int], None]) -> Connect:
    """Open mailboxes that tell how many letters were fetched."""
    return partial(open_as, partial(Watched, fetched=fetched))
