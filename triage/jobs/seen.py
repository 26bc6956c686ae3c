"""Look for a letter of ours in the owner's mailbox, before it is sent a second time."""

import re

from triage.config import Config
from triage.core.message import Role
from triage.errors import TriageError
from triage.jobs.collect import find_folders
from triage.jobs.fetch import Mailbox
from triage.jobs.servers import Connect, password_of

NEWEST = 300  # letters of a folder: an unsure letter is looked for within the hour


def is_there(config: Config, connect: Connect, message_id: str) -> bool | None:
    """Say whether a Message-ID lies in the inbox or in spam; None where nobody can tell.

    No SEARCH is made: the header fields of the newest letters are read and compared.
    """
    to = config.digest.to.casefold()
    mine = [
        a for a in config.account if a.user.casefold() in (to, to.partition("@")[0])
    ]
    try:
        for account in mine:
            with connect(account, password_of(account)) as mailbox:
                if _found(mailbox, message_id):
                    return True
    except TriageError:
        return None
    return False if mine else None


def _found(mailbox: Mailbox, message_id: str) -> bool:
    field = re.compile(
        rb"(?im)^message-id:\s*" + re.escape(message_id.encode()) + rb"\s*$"
    )
    folders, _ = find_folders(mailbox, ())
    for folder in folders:
        if folder.role not in (Role.INBOX, Role.SPAM, Role.ALL):
            continue
        status = mailbox.examine(folder.name)
        after = max(0, status.uidnext - 1 - NEWEST)
        for uids in mailbox.new_uids(after, status.uidnext):
            headings = mailbox.headings(uids).values()
            if any(field.search(heading.header) for heading in headings):
                return True
    return False
