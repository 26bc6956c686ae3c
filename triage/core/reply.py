"""Whose answer to a digest a letter is: the owner's, proved, or nobody's.

Counted is what the owner's own address sent to the owner, if the provider vouches for it
or if it lies in the owner's Sent folder. What a machine wrote, and what was forwarded,
is no answer.
"""

from triage.core.message import IMPORTED, Message, Role
from triage.core.phrasebook import Phrases
from triage.core.recogniser import Reading
from triage.core.token import find_token
from triage.core.words import fold

REPLY = "reply"
REFUSED = "reply-refused"
UNPROVED = "unproved"
STRANGER = "stranger"


def answers_us(message: Message) -> bool:
    """Say whether a letter names a digest of ours, or carries a button's token."""
    return bool(message.answers) or find_token(message.subject) is not None


def judge(message: Message, owner: frozenset[str], phrases: Phrases) -> Reading | None:
    """Decide whether a letter that answers us is the owner's; None: it is no answer.

    `owner` are the owner's own addresses, in lower case. What he showed to somebody else
    is no answer either.
    """
    if not answers_us(message):
        return None
    if message.unattended or _is_forwarded(message.subject, phrases):
        return Reading(outcome="automatic", reason="автоматический ответ или пересылка")
    if message.sender.lower() not in owner:
        return Reading(outcome=REFUSED, reason=STRANGER)
    if not owner & {one.lower() for one in message.recipients}:
        return None
    if message.account == IMPORTED or not _is_proved(message):
        return Reading(outcome=REFUSED, reason=UNPROVED)
    return Reading(outcome=REPLY)


def _is_proved(message: Message) -> bool:
    if message.role is Role.SENT:
        return True
    vouched = message.authenticated_domain.lower()
    domain = message.sender.lower().rpartition("@")[2]
    return "." in vouched and f".{domain}".endswith(f".{vouched}")


def _is_forwarded(subject: str, phrases: Phrases) -> bool:
    """Tell a forwarded letter, or a machine's answer, by the subject."""
    plain = fold(subject).lower().strip()
    before = plain.partition(":")[0].strip(" [(")
    if ":" in plain and before in phrases.forwarded:
        return True
    return any(plain.startswith(word) for word in phrases.machines)
