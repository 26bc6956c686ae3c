"""What proves that an answer belongs to a digest of ours: marks made with a secret key.

A button carries a token for one act on one case, `[261123-0f3c…]`: the day of its digest
and a mark over what it permits. The Message-ID of a digest carries a mark too, so that a
letter that answers it is known for an answer to what we sent.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import date, timedelta

EXPIRES = timedelta(days=60)
AHEAD = timedelta(days=1)  # a digest of tomorrow: the owner's zone was changed
DOMAIN = "triage.invalid"  # RFC 2606: nobody else's Message-IDs end so

_MARK = 20  # hexadecimal digits: 80 bits
_TOKEN = re.compile(r"\[(\d{6})-([0-9a-f]{20})\]", re.IGNORECASE)
_LETTER = re.compile(
    r"<(?P<stem>[a-z]+\.(?P<on>\d{4}-\d\d-\d\d)(?:\.[\w-]+)*)"
    rf"\.(?P<mark>[0-9a-f]{{20}})@{re.escape(DOMAIN)}>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """What one token allows, once."""

    case: str
    act: str
    detail: str = ""
    on: date  # the day of the digest

    def expired(self, today: date) -> bool:
        return not -AHEAD <= today - self.on <= EXPIRES


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it stands in a letter."""

    on: date
    mark: str

    def __str__(self) -> str:
        """Write it as it stands in a subject."""
        return f"[{self.on:%y%m%d}-{self.mark}]"


def token(key: bytes, permit: Permit) -> Token:
    """Make the token of a permit."""
    what = ("button", permit.case, permit.act, permit.detail, permit.on.isoformat())
    return Token(permit.on, _mark(key, *what))


def find_token(text: str) -> Token | None:
    """Return the first token of a text; None where none is written whole."""
    for found in _TOKEN.finditer(text):
        digits = found[1]
        try:
            on = date(2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:]))
        except ValueError:
            continue
        return Token(on, found[2].lower())
    return None


def allows(key: bytes, shown: Token, permit: Permit) -> bool:
    """Say whether a token is the one of a permit, in the same time for every token."""
    made = token(key, permit)
    return hmac.compare_digest(made.mark, shown.mark) and made.on == shown.on


def letter_id(name: str, to: str, key: bytes) -> str:
    """Name a letter of ours, such as `digest.2026-11-23`, to its reader.

    The same letter has the same Message-ID, so that a repeat is known for one. Without
    a key the name carries no mark, and nothing can be answered to it.
    """
    stem = f"{name}.{hashlib.sha256(to.encode()).hexdigest()[:8]}"
    mark = f".{_mark(key, 'letter', stem)}" if key else ""
    return f"<{stem}{mark}@{DOMAIN}>"


def letter_day(key: bytes, message_id: str) -> date | None:
    """Return the day of a letter of ours by its Message-ID; None of any other."""
    found = _LETTER.fullmatch(message_id)
    if not key or found is None:
        return None
    if not hmac.compare_digest(_mark(key, "letter", found["stem"]), found["mark"]):
        return None
    try:
        return date.fromisoformat(found["on"])
    except ValueError:
        return None


def is_marked(message_id: str) -> bool:
    """Say whether a Message-ID of ours carries a mark, of whatever key."""
    return _LETTER.fullmatch(message_id) is not None


def _mark(key: bytes, *words: str) -> str:
    text = "\0".join(words).encode()
    return hmac.new(key, text, hashlib.sha256).hexdigest()[:_MARK]
