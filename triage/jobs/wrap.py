"""Wrap a digest up as a letter to the owner: two pages, a calendar, a name of its own."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from triage.core.agenda import dump_days
from triage.core.digest import Digest
from triage.core.token import letter_id
from triage.edges import outbox
from triage.edges.calendar import Reminder
from triage.edges.calendar import write as write_calendar
from triage.edges.mime import build
from triage.edges.pages import Page, render
from triage.errors import ConfigError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """To whom, when and in which words the digest goes."""

    to: str
    sender: str
    at: time = time(8)
    zone: ZoneInfo
    language: str = "ru"
    always: bool = False
    own: Path | None = None  # the owner's folder of packs
    quiet: tuple[time, time] | None = None  # when no urgent letter goes out


@dataclass(frozen=True, slots=True)
class Name:
    """What a letter is called in the outbox, in its Message-ID, and in `X-Triage`."""

    key: str
    stem: str
    kind: str


def of_the_day(on: date) -> Name:
    """Name the digest of a local day."""
    return Name(outbox.digest_key(on), f"digest.{on.isoformat()}", "digest")


def of_an_hour(on: date, about: str) -> Name:
    """Name a letter that could not wait for the digest of its day."""
    stem = f"now.{on.isoformat()}.{about[:4]}"  # a longer Message-ID would be folded
    return Name(outbox.urgent_key(on, about), stem, "urgent")


def wrap(
    digest: Digest,
    head: Letterhead,
    now: datetime,
    name: Name,
    *,
    key: bytes,
    announced: Mapping[str, date],
) -> outbox.Queued:
    """Write a letter that is ready to be sent.

    `key` signs its name; `announced` are the appointments that earlier letters set.
    """
    page = _page(digest, head, announced)
    message_id = letter_id(name.stem, head.to, key)
    at = now.astimezone(head.zone)
    return outbox.Queued(
        key=name.key,
        message_id=message_id,
        recipient=head.to,
        raw=build(
            sender=head.sender,
            to=head.to,
            subject=page.subject,
            text=page.text,
            html=page.html,
            message_id=message_id,
            at=at,
            calendar=_calendar(page, at, head.to),
            extra={
                "Auto-Submitted": "auto-generated",  # RFC 3834: nobody's robot answers
                "X-Auto-Response-Suppress": "All",
                "X-Triage": name.kind,
            },
        ),
        mentions=digest.mentions,
        heads=digest.heads,
        days=dump_days(tuple(each for each, _, _ in page.notes)),
    )


def _page(digest: Digest, head: Letterhead, announced: Mapping[str, date]) -> Page:
    """Write the digest out; a broken template of the owner's must not keep it back."""
    try:
        return render(digest, head.language, head.own, announced)
    except ConfigError as error:
        if head.own is None:
            raise
        log.error("own template of the digest does not work: %s", error)  # noqa: TRY400
        return render(digest, head.language, None, announced)


def _calendar(page: Page, at: datetime, to: str) -> bytes:
    """Write the days of the cases; nothing where none is set and none is taken back."""
    reminders = [
        Reminder(each.uid, each.on, title, words, alarm=each.mine)
        for each, title, words in page.notes
    ]
    return write_calendar(reminders, at, to) if reminders else b""
