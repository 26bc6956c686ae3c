"""Letters that nobody could make sense of: show them, teach one, mask one."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from triage.commands.desk import JSON, Desk, command, option
from triage.commands.shapes import Shape, listing
from triage.commands.wording import when
from triage.core.case import Fact
from triage.core.news import Unread, Why
from triage.core.particulars import written
from triage.core.words import plural
from triage.edges import messages, shapes
from triage.edges.terminal import clean
from triage.errors import UsageError
from triage.jobs.donate import donate
from triage.jobs.teach import (
    Look,
    choices,
    examine,
    find_letter,
    lesson_act,
    meant,
    refuse,
    taking_back,
)
from triage.jobs.unread import UNREAD, explained

SHOWN = 30  # lines of a letter that tell which it is
PARTS = {"subject": "тема", "text": "текст", "html": "HTML"}
LETTER = click.argument("letter")


@command(
    "unrecognised",
    "Показать письма, которые не удалось понять.",
    "Show the letters that nobody could make sense of.",
    JSON,
)
def unrecognised(desk: Desk, *, as_json: bool) -> None:
    packs, zone = desk.place.bench.packs, desk.config.timezone
    with desk.place.store() as store:
        rows = messages.letters_with(store, (*UNREAD, "unconfirmed"), desk.now)
        against = shapes.contradicted(store)
        known = {row["evidence"]: row for row in (*rows, *against)}
        mine = [row for row in known.values() if row["outcome"] != "unconfirmed"]
        told = explained(store, packs, mine, zone)
    others = [row for row in rows if row["outcome"] == "unconfirmed"]
    if as_json:
        found = [_shape(known[one.evidence], one) for one in told]
        found += [_shape(row, None) for row in others]
        desk.terminal.json(listing(desk.now, "letters", found))
        return
    if not known:
        desk.say("Непонятых писем нет.", "Every letter was understood.")
    for one in told:
        _show(desk, known[one.evidence], _why(desk, one))
        if one.teachable:
            desk.say(
                f"     Научить: triage teach {one.name}",
                f"     Teach: triage teach {one.name}",
            )
    for row in others:
        _show(desk, row, row["reason"] or row["outcome"])


def _show(desk: Desk, row: dict[str, Any], why: str) -> None:
    on = datetime.fromisoformat(row["received_at"]).astimezone(desk.config.timezone)
    head = (when(desk, on.date()), row["sender"] or "—", row["evidence"][:12])
    desk.terminal.say("  ".join(head), style="bold")
    desk.terminal.say(f"     {clean(row['subject']) or '—'}")
    desk.terminal.say(f"     {clean(why)}")


def _why(desk: Desk, one: Unread) -> str:
    if one.why is Why.CHANGED and one.known_on:
        on = when(desk, one.known_on)
        return desk.words(
            f"письмо изменилось: с такой темой раньше приходило «{one.known}», {on}",
            f"the letter has changed: with such a subject came «{one.known}», {on}",
        )
    if one.why is Why.AGAINST:
        return desk.words(
            f"вы учили иначе, чем уверен образец {one.recogniser};"
            f" взять своё слово назад: triage teach {one.name} --undo",
            f"the recogniser {one.recogniser} is sure of something else than you"
            f" taught; take your word back: triage teach {one.name} --undo",
        )
    return one.reason


def _shape(row: dict[str, Any], one: Unread | None) -> Shape:
    return {
        "evidence": row["evidence"],
        "received_at": row["received_at"],
        "outcome": row["outcome"],
        "why": one.why.value if one else "unconfirmed",
        "reason": row["reason"],
        "known": (one and one.known) or None,
        "recogniser": row["against"] or None,
        "sender": row["sender"],
        "subject": row["subject"],
        "orders": json.loads(row["orders"]),
        "warnings": json.loads(row["warnings"]),
    }


@command(
    "teach",
    "Научить: что значит письмо и все письма такого вида.",
    "Teach what a letter means, and all letters like it.",
    LETTER,
    click.argument("kind", required=False),
    option("--yes", is_flag=True, both=("не переспрашивать", "do not ask again")),
    option("--undo", is_flag=True, both=("взять назад", "take it back")),
)
def teach(desk: Desk, letter: str, kind: str | None, *, yes: bool, undo: bool) -> None:
    packs = desk.place.bench.packs
    with desk.place.store() as store:
        row = find_letter(store, letter)
        act = taking_back(store, row, desk.clock()) if undo else None
    if act is None:
        refuse(row)
        says = meant(packs, kind) if kind else ""
        look = examine(desk.place.archive, desk.place.readers, row, says)
        _show_wording(desk, look)
        if not kind:
            desk.say("\nЧто это за письмо?", "\nWhat is this letter?", style="bold")
            for name, title in choices(packs):
                desk.terminal.say(f"  {name:<20} {title}")
            name = row["evidence"][:12]
            desk.say(f"Научить: triage teach {name} …", f"Teach: triage teach {name} …")
            return
        _show_reading(desk, look, says)
        ask = desk.words(
            "Так читать все письма этого вида?", "Read all such letters so?"
        )
        if not yes and not click.confirm(clean(ask)):
            return
        orders = [event["order_number"] for event in look.events]
        act = lesson_act(row, says, orders, desk.clock())
    desk.place.record(act)
    with desk.place.store() as store:
        alike = shapes.letters_of_shape(store, [row["shape"] or row["evidence"]])
    count = len(alike)
    letters = plural(count, "письмо", "письма", "писем")
    desk.say(
        f"Записано. Прочитано заново: {count} {letters}.",
        f"Noted. Letters read again: {count}.",
    )


def _show_wording(desk: Desk, look: Look) -> None:
    desk.say(
        "По этим словам узнаются письма того же вида:",
        "Letters of this kind are known by these words:",
        style="bold",
    )
    for line in look.wording[:SHOWN]:
        part, _, words = line.partition(": ")
        title = desk.words(PARTS.get(part, part), part)
        desk.terminal.say(f"  {title}: {words}")


def _show_reading(desk: Desk, look: Look, says: str) -> None:
    """Show what the letter would tell.

    Raises:
        UsageError: it would tell nothing, or something else.
    """
    packs = desk.place.bench.packs
    names = packs.ladder.fact_names
    if against := look.letter["against"]:
        raise UsageError(f"образец {against} уверен в другом; верен образец")
    titles = dict(choices(packs))
    desk.say("\nБудет прочитано:", "\nWhat will be read:", style="bold")
    desk.terminal.say(f"  {titles[says]}")
    if look.reason:
        raise UsageError(f"учесть это письмо нельзя: {look.reason}")
    for event in look.events:
        order = desk.words("заказ", "order") + f" {event['order_number']}"
        parcel = f", {event['posting']}" if event["posting"] else ""
        desk.terminal.say(f"  {order}{parcel}")
        for name, value in json.loads(event["attributes"]).items():
            fact = written(Fact(name, value, event["evidence"]), desk.today)
            desk.terminal.say(f"  {names.get(name, name)}: {fact.value}")
        desk.terminal.say(f"      «{event['quote']}»")
    if not look.letter["shape"]:
        desk.say(
            "  Слов в письме слишком мало, чтобы узнавать по ним другие: только оно.",
            "  Too few words to know others by: this letter only.",
        )


@command(
    "sample",
    "Обезличить письмо, чтобы отдать его авторам образцов.",
    "Mask a letter, to give it to the authors of recognisers.",
    LETTER,
    option(
        "--out",
        type=click.Path(path_type=Path, file_okay=False),
        required=True,
        metavar="DIR",
        both=("папка", "the folder"),
    ),
    option(
        "--keep",
        multiple=True,
        metavar="WORDS",
        both=("оставить и эти слова", "leave these words as well"),
    ),
)
def sample(desk: Desk, letter: str, out: Path, keep: tuple[str, ...]) -> None:
    with desk.place.store() as store:
        row = find_letter(store, letter)
    refuse(row)
    words = [word for one in keep for word in one.split()]
    place = desk.place
    given = donate(place.archive, place.readers, row, out.expanduser(), keep=words)
    for line in filter(str.strip, given.text.splitlines()):
        desk.terminal.say(f"  | {line.strip()}")
    for path in given.files:
        desk.terminal.say(str(path))
    desk.say(
        "Прочтите письмо, прежде чем отдавать: в нём не должно остаться ничего вашего.",
        "Read the letter before you give it away: nothing of yours may be left in it.",
    )
