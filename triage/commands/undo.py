"""Take back what the owner did, by a command or by mail."""

from datetime import datetime

import click

from triage.commands.desk import JSON, Desk, command
from triage.core.act import Act, ActKind
from triage.core.deed import UNDOABLE, taking_back, undoable
from triage.core.words import short_day
from triage.edges import cases
from triage.edges.replypack import read_phrasebook
from triage.edges.terminal import clean
from triage.errors import UsageError
from triage.jobs.heeded import Teller

LISTED = 15
LAST = ("last", "последнее")


@command(
    "undo",
    "Взять назад своё действие; без N — показать последние.",
    "Take back something you did; without N, list the last of it.",
    click.argument("which", metavar="[N|last]", required=False),
    JSON,
)
def undo(desk: Desk, which: str | None, *, as_json: bool) -> None:
    with desk.place.store() as store:
        acts = cases.acts_of_kind(store, *UNDOABLE, ActKind.UNDONE)
        shown = read_phrasebook(desk.lang, desk.config.packs.dir).shown
        teller = Teller.of(store, desk.place.bench.packs, shown, desk.lang)
    newest = [act for act in undoable(acts) if act.at <= desk.now][::-1]
    lines = [clean(teller.line(act, {})) for act in newest[:LISTED]]
    if which is None:
        _list(desk, newest[:LISTED], lines, as_json=as_json)
        return
    place = "1" if which.casefold() in LAST else which
    if not place.isdecimal() or not 1 <= int(place) <= len(newest):
        raise UsageError(f"нет такого действия: {which}; список: triage undo")
    act = newest[int(place) - 1]
    desk.place.record(taking_back(act, desk.clock()))
    line = clean(teller.line(act, {}))
    desk.say(f"Взято назад: {line}", f"Taken back: {line}")


def _list(desk: Desk, acts: list[Act], lines: list[str], *, as_json: bool) -> None:
    numbered = list(enumerate(zip(acts, lines, strict=True), 1))
    if as_json:
        told = [_entry(number, act, line) for number, (act, line) in numbered]
        desk.terminal.json({"now": desk.now.isoformat(), "acts": told})
        return
    if not acts:
        desk.say("Брать назад нечего.", "There is nothing to take back.")
        return
    for number, (act, line) in numbered:
        at = act.at.astimezone(desk.config.timezone)
        desk.terminal.say(f"{number:>3}. {_when(desk, at)} {line}")
    desk.say("Взять назад: triage undo N", "Take back: triage undo N")


def _entry(number: int, act: Act, line: str) -> dict[str, object]:
    return {
        "number": number,
        "id": act.id,
        "at": act.at.isoformat(),
        "kind": act.kind.value,
        "case": act.case,
        "order": act.order,
        "line": line,
    }


def _when(desk: Desk, at: datetime) -> str:
    return desk.words(f"{short_day(at.date())}, {at:%H:%M}", f"{at:%Y-%m-%d %H:%M}")
