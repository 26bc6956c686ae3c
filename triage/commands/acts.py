"""What the owner did or says: each becomes one line of the journal."""

import mimetypes
import re
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import click

from triage.commands.desk import Desk, command, option
from triage.commands.money import say_read
from triage.commands.standing import show_case
from triage.core.act import Act, ActKind
from triage.core.byword import is_report_of
from triage.core.form import LONG_AGO, LONGEST, read_day
from triage.core.step import Standing
from triage.core.words import day
from triage.edges.messages import letters_of
from triage.edges.terminal import clean
from triage.errors import UsageError, reason
from triage.jobs.assess import standings
from triage.jobs.look import find_case, parse_order
from triage.jobs.prepare import find_step

LARGEST = 50 << 20  # bytes of an attachment

CASE = click.argument("case")
ON = option(
    "--on",
    metavar="DATE",
    both=("когда: 5.11, 5 ноября, вчера", "when: 2026-11-05, yesterday"),
)


def find(desk: Desk, case: str) -> Standing:
    with desk.place.store() as store:
        return find_case(store, desk.place.bench, desk.now, case)


def write(
    desk: Desk, standing: Standing, kind: ActKind, data: Mapping[str, str]
) -> None:
    """Record an act on a case and show where the case stands now."""
    case = standing.case
    desk.place.record(
        Act(
            at=desk.clock(),
            kind=kind,
            case=case.id,
            order=case.order,
            posting=case.posting,
            data={"pack": case.pack, **data},
        )
    )
    desk.say("Записано.", "Noted.")
    show_case(desk, find(desk, case.id))


Order = tuple[str, str, str | None]  # pack, number, and the parcel's where one is meant


def write_order(
    desk: Desk, order: Order, kind: ActKind, data: Mapping[str, str]
) -> Act:
    """Record an act on an order or on one of its parcels, and return it.

    That no letter has named it is said: a mistyped number is an order like any other.
    """
    pack, number, posting = order
    with desk.place.store() as store:
        known = bool(letters_of(store, [number]))
    act = Act(
        at=desk.clock(),
        kind=kind,
        order=number,
        posting=posting,
        data={"pack": pack, **data},
    )
    desk.place.record(act)
    desk.say("Записано.", "Noted.")
    if not known:
        desk.say(
            f"! Писем о заказе {number} нет. Если номер не тот: triage undo last",
            f"! No letter is about order {number}. If it is mistyped: triage undo last",
        )
    return act


def order_of(desk: Desk, about: str) -> Order | None:
    """Read an order's or a parcel's number; None for what names a case."""
    try:
        return parse_order(desk.place.bench.packs, about)
    except UsageError:
        return None


def standings_of(desk: Desk, order: Order) -> list[Standing]:
    """Say where the cases of an order stand now."""
    with desk.place.store() as store:
        return standings(store, desk.place.bench, desk.now, [order[:2]])


def past(desk: Desk, text: str | None) -> date:
    """Read a day on which something happened: today unless told."""
    on = desk.today if text is None else _day(text, desk.today)
    if on > desk.today:
        raise UsageError(f"{day(on)} ещё не наступило")
    if on < desk.today - LONG_AGO:
        raise UsageError(f"{day(on)} — слишком давно, проверьте год")
    return on


def _day(text: str, today: date, *, ahead: bool = False) -> date:
    if found := read_day(text, today, ahead=ahead):
        return found
    way = "5.12, 5 декабря, 2026-12-05 или 3d" if ahead else ""
    way = way or "5.11, 5 ноября, 2026-11-05 или вчера"
    raise UsageError(f"не дата: {text!r}; пишите так: {way}")


def told(desk: Desk, text: str, title: str) -> str:
    """Read the owner's own words; a card's number or a code is never written down."""
    words = clean(text)
    if not words or len(words) > LONGEST:
        raise UsageError(f"нужен текст от 1 до {LONGEST} знаков")
    desk.place.bench.packs.facts.refuse_secrets(words, title)
    return words


@command(
    "done",
    "Отметить шаг дела сделанным; без шага — текущий.",
    "Mark a step of a case as done; the present one without STEP.",
    CASE,
    click.argument("step", required=False),
    ON,
    option("--note", default="", both=("заметка для себя", "a note to yourself")),
    option("--undo", is_flag=True, both=("взять назад", "take it back")),
)
def done(
    desk: Desk, case: str, step: str | None, on: str | None, note: str, *, undo: bool
) -> None:
    standing = find(desk, case)
    chosen = find_step(standing, desk.place.bench, step or "")
    if undo:
        write(desk, standing, ActKind.STEP_UNDONE, {"step": chosen.id})
        return
    data = {"step": chosen.id, "on": past(desk, on).isoformat()}
    if note:
        data["note"] = told(desk, note, "заметка")
    write(desk, standing, ActKind.STEP_DONE, data)


@command(
    "snooze",
    "Отложить дело до даты или на срок: 2026-12-05, 3d.",
    "Put a case off until a date or for a while: 2026-12-05, 3d.",
    CASE,
    click.argument("until"),
)
def snooze(desk: Desk, case: str, until: str) -> None:
    if found := re.fullmatch(r"(\d{1,3})[dд]", until):
        on = desk.today + timedelta(days=int(found[1]))
    else:
        on = _day(until, desk.today, ahead=True)
    if on <= desk.today:
        raise UsageError(f"{day(on)} уже прошло; отложить можно только вперёд")
    if on > desk.today + timedelta(days=366):
        raise UsageError("отложить можно не больше чем на год; закрыть: triage resolve")
    write(desk, find(desk, case), ActKind.SNOOZED, {"until": on.isoformat()})


@command(
    "resolve",
    "Закрыть дело: вопрос решён.",
    "Close a case: the matter is settled.",
    CASE,
    option("--how", default="", both=("чем кончилось", "how it ended")),
    ON,
)
def resolve(desk: Desk, case: str, how: str, on: str | None) -> None:
    data = {"on": past(desk, on).isoformat()}
    if how:
        data["how"] = told(desk, how, "чем кончилось")
    write(desk, find(desk, case), ActKind.RESOLVED, data)


@command("reopen", "Открыть дело снова.", "Open a case again.", CASE)
def reopen(desk: Desk, case: str) -> None:
    write(desk, find(desk, case), ActKind.REOPENED, {})


@command(
    "answer",
    "Ответить на вопрос дела: да или нет.",
    "Answer the question of a case: yes or no.",
    CASE,
    click.argument("word", metavar="YES|NO"),
)
def answer(desk: Desk, case: str, word: str) -> None:
    standing = find(desk, case)
    if standing.case.asks is None:
        raise UsageError("у этого дела нет вопроса")
    meant = {"yes": "yes", "да": "yes", "no": "no", "нет": "no"}.get(word.casefold())
    if meant is None:
        raise UsageError(f"ответьте да или нет, а не {word!r}")
    data = {
        "question": standing.case.asks,
        "about": " ".join(standing.case.asks_about),
        "answer": meant,
    }
    write(desk, standing, ActKind.ANSWERED, data)


@command(
    "report",
    "Сообщить о том, чего не видно из писем: не получил, брак…",
    "Report what no letter says: not received, defective…",
    click.argument("order"),
    click.argument("kind"),
    ON,
)
def report(desk: Desk, order: str, kind: str, on: str | None) -> None:
    packs = desk.place.bench.packs
    about = parse_order(packs, order)
    pack = about[0]
    kinds = {r.id: r.title for r in packs.marketplace(pack).rules if r.report}
    if kind not in kinds:
        raise UsageError(
            f"о таком не сообщают: {kind!r}",
            [f"{name}: {title}" for name, title in kinds.items()],
        )
    data = {"report": kind, "on": past(desk, on).isoformat()}
    reported = write_order(desk, about, ActKind.REPORTED, data)
    for standing in standings_of(desk, about):
        if is_report_of(reported, standing.case):
            show_case(desk, standing)


@command(
    "attach",
    "Приложить файл к делу или к заказу: снимок экрана, чек.",
    "Attach a file to a case or to an order: a screenshot, a receipt.",
    click.argument("about", metavar="CASE|ORDER"),
    click.argument("file", type=click.Path(path_type=Path)),
)
def attach(desk: Desk, about: str, file: Path) -> None:
    order = order_of(desk, about)
    standing = None if order else find(desk, about)
    try:
        if file.stat().st_size > LARGEST:
            raise UsageError(f"{file}: больше {LARGEST >> 20} МБ")
        content = file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: не читается: {reason(error)}") from None
    with desk.place.writing():
        sha256 = desk.place.archive.add_attachment(content)
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    data = {"sha256": sha256, "name": clean(file.name), "media_type": kind}
    if standing:
        write(desk, standing, ActKind.ATTACHED, data)
    elif order:
        write_order(desk, order, ActKind.ATTACHED, data)
    say_read(desk, sha256)
