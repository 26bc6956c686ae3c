"""The smallest valid letters, as bytes. Everything a test does not name is harmless."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from typing import Any

from triage.core.message import Role, Sighting
from triage.edges.archive import Arrival

AUTHSERV_ID = "mx.example.org"
MOSCOW = timezone(timedelta(hours=3))
NINE = datetime(2026, 3, 2, 9, 0, tzinfo=MOSCOW)
ARRIVED = NINE.astimezone(UTC)


def a_letter(
    *,
    sender: str = "Ozon <mailer@sender.ozon.ru>",
    to: str = "me@example.org",
    subject: str = "Заказ",
    text: str | None = "Здравствуйте!\n",
    html: str | None = None,
    auth: str = "pass",
    date: datetime | None = NINE,
    message_id: str | None = None,
    attachments: Iterable[tuple[str, str, bytes]] = (),
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """Write one letter as a server hands it out.

    `auth` is a verdict (pass, fail, none), "" for no Authentication-Results at
    all, or a whole value of that header. `attachments` are (name, type, bytes).
    `message_id` is made from the content when it is not given; "" leaves it out.
    """
    letter = EmailMessage(policy=SMTP)
    name, address = parseaddr(sender)
    letter["From"] = Address(display_name=name, addr_spec=address)
    letter["To"] = to
    letter["Subject"] = subject
    if date is not None:
        letter["Date"] = date
    if message_id is None:
        seed = repr((sender, subject, text, html, date))
        message_id = f"<{hashlib.sha256(seed.encode()).hexdigest()[:20]}@example.org>"
    if message_id:
        letter["Message-ID"] = message_id
    for header, value in (headers or {}).items():
        letter[header] = value
    if text is not None:
        letter.set_content(text)
    if html is not None:
        if text is None:
            letter.set_content(html, subtype="html")
        else:
            letter.add_alternative(html, subtype="html")
    for file_name, media_type, data in attachments:
        main, _, sub = media_type.partition("/")
        letter.add_attachment(data, maintype=main, subtype=sub, filename=file_name)
    for number, part in enumerate(letter.walk()):
        if part.is_multipart():
            part.set_boundary(f"part-{number}")  # the same letter, the same bytes
    return verdict(auth, address.rpartition("@")[2]) + letter.as_bytes()


def verdict(auth: str, domain: str) -> bytes:
    """Write the header with which the owner's provider judges a sender."""
    values = {
        "pass": f"dkim=pass header.i=@{domain} header.d={domain};\r\n"
        f" dmarc=pass header.from={domain}",
        "fail": f"dkim=fail header.d={domain}; dmarc=fail header.from={domain}",
        "none": "none",
        "": "",
    }
    value = values.get(auth, auth)
    if auth in values and value:
        value = f"{AUTHSERV_ID}; {value}"
    return f"Authentication-Results: {value}\r\n".encode() if value else b""


def a_sighting(
    raw: bytes = b"",
    *,
    uid: int = 1,
    role: Role = Role.INBOX,
    received_at: datetime = ARRIVED,
    authentication: Mapping[str, str] | None = None,
) -> Sighting:
    """Note where those bytes lay; nobody vouches for the sender unless told."""
    return Sighting(
        sha256=hashlib.sha256(raw).hexdigest(),
        size=len(raw),
        account="main",
        folder="INBOX",
        role=role,
        uidvalidity=1,
        uid=uid,
        received_at=received_at,
        archived_at=received_at,
        authentication=authentication
        or {"domain": "", "result": "none", "reason": "no-header"},
    )


def an_arrival(raw: bytes, uid: int, **more: Any) -> Arrival:
    """Say how those bytes came from the mailbox; nobody looked at who sent them."""
    usual = {
        "account": "main",
        "folder": "INBOX",
        "role": Role.INBOX,
        "uidvalidity": 1,
        "received_at": ARRIVED,
        "authentication": {},
    }
    return Arrival(raw=raw, uid=uid, **{**usual, **more})
