"""Mask one archived letter for donation: runs in a child process, as reading does."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from triage.core.charset import decode
from triage.core.commonwords import CommonWords
from triage.core.entry import read_sighting
from triage.core.hearing import spoken
from triage.core.markup import masked_html
from triage.core.masking import Masker
from triage.core.message import Message, Where
from triage.core.pack import Marketplace
from triage.core.reading import matching, read
from triage.core.recogniser import Reading
from triage.edges import packs
from triage.edges.parser import parse
from triage.edges.walker import Part, take_apart

AUTHSERV_ID = "mx.example.org"  # whose word on the sender the tests believe
RECEIVED_AT = datetime(2026, 3, 2, 6, tzinfo=UTC)  # as the tests have it of all samples
UNRECOGNISED = "unrecognised"
SENDERS = frozenset("mailer noreply no-reply news info support help mail".split())


def sampler(
    settings: Mapping[str, Any],
) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """Make the function that masks letters; settings and tasks as `jobs.reading` has them,
    and in a task the words to `keep` besides.

    The answer has `eml` (base64), `expected`, the `pack`, the `folder` it belongs to, the
    masked `text`, and `same`: whether the masked letter tells what the letter told.
    """
    own = Path(settings["dir"]) if settings["dir"] else None
    loaded = packs.load(settings["marketplaces"], settings["ladder"], own)
    zone = ZoneInfo(settings["timezone"])
    kept = {m.id: CommonWords.of(loaded.words, m) for m in loaded.marketplaces}

    def sample(task: Mapping[str, Any]) -> dict[str, Any]:
        raw = Path(task["path"]).read_bytes()
        sighting = read_sighting(task["sighting"])
        message = parse(raw, sighting, sighting.authentication.get("domain", ""))
        reading = read(message, loaded, zone)
        market = loaded.marketplace(reading.pack)
        common = kept[market.id].with_words(task.get("keep", ()))
        masker = _masker(message, common, market, zone)
        letter = masked_letter(raw, message, masker)
        again = parse(letter, sighting, message.authenticated_domain)
        again = replace(again, received_at=RECEIVED_AT)
        masked = read(again, loaded, zone)
        heard = [found.recogniser for found in matching(again, market)]
        surest = max(heard, key=lambda one: one.certainty, default=None)
        told = masked.events[0].recogniser if masked.events else ""
        return {
            "eml": base64.b64encode(letter).decode("ascii"),
            "expected": expected(masked),
            "pack": market.id,
            "folder": told or (surest.id if surest else UNRECOGNISED),
            "text": again.text(Where.SUBJECT, Where.TEXT)
            + "\n"
            + again.text(Where.HTML),
            "same": _told(reading) == _told(masked),
        }

    return sample


def expected(reading: Reading) -> dict[str, Any]:
    """Write a reading as the files beside the sample letters hold it."""
    return {
        "outcome": reading.outcome,
        "stream": reading.stream.value if reading.stream else None,
        "orders": list(reading.orders),
        "events": [
            {
                "kind": event.kind.value,
                "order": event.order,
                "posting": event.posting,
                "certainty": event.certainty.word,
                "recogniser": event.recogniser,
                "where": event.where.value,
                "quote": event.quote,
                "attributes": dict(sorted(event.attributes.items())),
            }
            for event in reading.events
        ],
    }


def masked_letter(raw: bytes, message: Message, masker: Masker) -> bytes:
    """Write a letter anew: safe headers, the parts that are text, all of it masked."""
    parts = [_part(part, masker) for part in take_apart(raw).parts if part.is_text]
    domain = masker.domain(message.sender.rpartition("@")[2].lower())
    local = message.sender.partition("@")[0].lower()
    local = local if local in SENDERS else "mailer"
    sent = datetime.combine(masker.written_on + masker.shift, RECEIVED_AT.timetz())
    subject = " ".join(masker.text(message.subject).split())
    head = [
        f"Authentication-Results: {AUTHSERV_ID};",
        f" dkim=pass header.i=@{domain} header.d={domain};",
        f" dmarc=pass header.from={domain}",
        f"From: {_word(masker.market.title)} <{local}@{domain}>",
        "To: me@example.org",
        f"Subject: {_word(subject)}",
        f"Date: {format_datetime(sent)}",
        "Message-ID: <sample@example.org>",
        "MIME-Version: 1.0",
    ]
    if spoken(message).is_reply:  # to whom is nobody's business, that it is one tells
        head.append("In-Reply-To: <letter@example.org>")
    if len(parts) == 1:
        return "\r\n".join([*head, *parts[0]]).encode()
    edge = ["--part\r\n" + "\r\n".join(part) for part in parts]
    whole = "\r\n".join(
        [*head, 'Content-Type: multipart/alternative; boundary="part"', "", *edge]
    )
    return f"{whole}\r\n--part--\r\n".encode()


def _word(text: str) -> str:
    """Write a header's text in ASCII (RFC 2047)."""
    return text if text.isascii() else Header(text, "utf-8").encode(linesep="\r\n")


def _part(part: Part, masker: Masker) -> list[str]:
    """Write one part that a reader sees: its headers, a blank line and its text."""
    text, _ = decode(part.data, part.charset)
    kind = "plain"
    if part.media_type == "text/html":
        text, kind = masked_html(text, masker.text, masker.link), "html"
    else:
        text = masker.text(text)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [
        f'Content-Type: text/{kind}; charset="utf-8"',
        "Content-Transfer-Encoding: 8bit",
        "",
        *lines,
    ]


def _masker(
    message: Message, common: CommonWords, market: Marketplace, zone: ZoneInfo
) -> Masker:
    """Make what masks one letter: it was written in the week before all samples came."""
    written_on = (message.sent_at or message.received_at).astimezone(zone).date()
    weeks = (RECEIVED_AT.date() - written_on).days // 7
    return Masker(
        common=common,
        market=market,
        written_on=written_on,
        shift=timedelta(weeks=weeks),
    )


def _told(reading: Reading) -> tuple[object, ...]:
    """Say what must be the same in the masked letter."""
    kinds = [(event.kind, event.recogniser) for event in reading.events]
    return reading.outcome, reading.stream, len(reading.orders), kinds
