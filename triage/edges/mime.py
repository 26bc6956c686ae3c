"""Writes our own letters as bytes. The standard library writes, and is not believed.

Python 3.11.7 and 3.12.1 decode an encoded word inside a header's value and write its
line feed raw: an incoming subject, quoted in ours, becomes a header of its own
(CVE-2024-6923). So every value is cleaned first and the bytes are read back.
"""

import email
import email.policy
import email.utils
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage

from triage.errors import ConfigError

HEADER = 200  # characters of a header's value
_ADDRESS = re.compile(r"[!-~]+@[!-~]+")


def build(
    *,
    sender: str,
    to: str,
    subject: str,
    text: str,
    html: str,
    message_id: str,
    at: datetime,
    extra: Mapping[str, str],
    calendar: bytes = b"",
) -> bytes:
    """Write a letter with a text and an HTML side, as ASCII lines of at most 78.

    `calendar` (RFC 5545) is attached as a file, so that the letter stays a letter.

    Raises:
        ConfigError: an address cannot stand in a header.
    """
    letter = EmailMessage(policy=email.policy.SMTP)
    letter["From"] = Address("triage", addr_spec=_address(sender))
    letter["To"] = Address(addr_spec=_address(to))
    letter["Subject"] = header_text(subject)
    letter["Date"] = email.utils.format_datetime(at)
    letter["Message-ID"] = message_id
    for name, value in extra.items():
        letter[name] = header_text(value)
    letter.set_content(text, cte="quoted-printable")
    letter.add_alternative(html, subtype="html", cte="base64")
    if calendar:
        letter.add_attachment(
            calendar.decode(),
            subtype="calendar",
            filename="triage.ics",
            params={"method": "PUBLISH"},
            cte="base64",
        )
    return serialise(letter)


def header_text(text: str) -> str:
    """Make text fit for a header: one line, printable, no encoded word."""
    plain = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in text)
    return " ".join(plain.replace("=?", "= ?").split())[:HEADER]


def serialise(letter: EmailMessage) -> bytes:
    """Write a letter and read it back: it must have the headers it was given.

    Raises:
        ValueError: the bytes hold other headers.
    """
    raw = letter.as_bytes()
    back = email.message_from_bytes(raw, policy=email.policy.compat32)
    if back.keys() != letter.keys():
        raise ValueError("a header's value became a header of its own")
    return raw


def _address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise ConfigError(
            f"адрес {text!r} не годится: нужны латинские буквы, "
            "домен кириллицей пишется как xn--…"
        )
    return text
