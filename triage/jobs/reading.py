"""Read one archived letter: runs in a child process, so that no letter can stop us."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from triage.core.codes import without_codes, without_numbers
from triage.core.entry import read_sighting
from triage.core.event import Event, Stream
from triage.core.findable import shadow, snippet
from triage.core.hearing import get_ready
from triage.core.lesson import read_lessons
from triage.core.message import Message
from triage.core.pack import Packs
from triage.core.reading import read
from triage.core.recogniser import Reading
from triage.core.record import event_row, letter_row
from triage.core.suspicion import buyers, orders_in, suspicions
from triage.edges import packs
from triage.edges.parser import message_of
from triage.edges.replypack import read_phrases
from triage.edges.stemmer import stem
from triage.edges.walker import take_apart
from triage.jobs.papers import read_file
from triage.jobs.replies import take_reply
from triage.jobs.showing import show_letter
from triage.jobs.trust import vouched_for


def reader(
    settings: Mapping[str, Any],
) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """Make the function that reads letters; called once in each child.

    `settings`: marketplaces, ladder, dir (or ""), timezone, owner (addresses),
    authserv_ids by account and what the owner taught. A task is what `task_of` makes;
    the answer has a `letter` row, its `events` rows and the `words` a search may find it
    by, or a `problem`. With stems to `find` in a letter of a `pack` the answer is a
    `snippet` alone; a `file` of the owner's is read as `jobs.papers` says, an `answer` to
    a digest as `jobs.replies` does, and a letter to `show` as `jobs.showing` does.
    """
    own = Path(settings["dir"]) if settings["dir"] else None
    loaded = packs.load(settings["marketplaces"], settings["ladder"], own)
    zone = ZoneInfo(settings["timezone"])
    owner = frozenset(settings["owner"])
    ids = settings["authserv_ids"]
    taught = read_lessons(settings.get("taught", {}))
    replies = read_phrases(own)
    for market in loaded.marketplaces:
        get_ready(market.recognisers)

    def read_letter(task: Mapping[str, Any]) -> dict[str, Any]:
        if "file" in task:
            return read_file(task, loaded)
        raw = Path(task["path"]).read_bytes()
        sighting = read_sighting(task["sighting"])
        if hashlib.sha256(raw).hexdigest() != sighting.sha256:
            return {"problem": "damaged"}
        found = vouched_for(sighting, raw, ids.get(sighting.account, ()))
        tree = take_apart(raw)
        message = message_of(tree, sighting, found["domain"])
        if "answer" in task:
            return take_reply(tree, message, task["answer"])
        if "show" in task:
            return show_letter(tree, message, loaded, task["show"])
        if "find" in task:
            numbers = loaded.marketplace(task["pack"]).identifiers
            return {"snippet": snippet(message, task["find"], stem, numbers)}
        reading = read(message, loaded, zone, owner, taught, replies=replies)
        message, buyers = _suspected(message, reading, loaded, found)
        message, reading = _without_secrets(message, reading)
        return {
            "letter": letter_row(message, reading, sighting, buyers),
            "events": [event_row(event) for event in reading.events],
            "words": shadow(message, reading, stem),
        }

    return read_letter


def _suspected(
    message: Message, reading: Reading, packs: Packs, found: Mapping[str, str]
) -> tuple[Message, Sequence[str]]:
    """Add what looks forged, and say whose orders a marketplace's letter names."""
    if not reading.pack or reading.stream:
        return message, ()
    market = packs.marketplace(reading.pack)
    if reading.outcome != "unconfirmed":
        return message, buyers(reading.orders, market)
    message = replace(message, warnings=suspicions(message, market, found))
    return message, buyers(orders_in(message, market), market)


def _without_secrets(message: Message, reading: Reading) -> tuple[Message, Reading]:
    """Keep codes out of the index: from quotes by their name, from subjects widely."""
    mask = without_codes if reading.events else without_numbers
    untied = tuple(
        replace(event, quote=without_codes(event.quote)) for event in reading.untied
    )
    reading = replace(reading, untied=untied)
    files = tuple(replace(one, name=mask(one.name)) for one in message.attachments)
    secret = reading.stream is Stream.SECURITY_CODE
    subject = "" if secret else mask(message.subject)
    message = replace(message, attachments=files, subject=subject)
    if secret or not reading.events:
        return message, reading
    events: tuple[Event, ...] = tuple(
        replace(event, quote=without_codes(event.quote)) for event in reading.events
    )
    return message, replace(reading, events=events)
