"""What goes to the owner: the digest and the prepared letters."""

from pathlib import Path

import click

from triage.commands.desk import Desk, command, option
from triage.core.sheet import plain, sheet
from triage.core.step import Standing
from triage.edges import cases
from triage.edges.docx import docx
from triage.edges.typeset import pdf
from triage.errors import DiskError, Refused, UsageError, reason
from triage.jobs.compose import preview
from triage.jobs.look import find_case
from triage.jobs.prepare import letter as prepared

OUT = click.Path(path_type=Path)


@command(
    "digest",
    "Показать сегодняшнее письмо, сохранить или отправить его.",
    "Show today's letter, save it or send it.",
    option("--html", type=OUT, both=("сохранить HTML в файл", "write HTML to a file")),
    option("--send", is_flag=True, both=("отправить сейчас", "send it now")),
)
def digest(desk: Desk, html: Path | None, *, send: bool) -> None:
    if send and html:
        raise UsageError("--html и --send вместе не бывают: выберите одно")
    if send:
        _send(desk)
        return
    with desk.place.store() as store:
        now = desk.clock()
        today = desk.place.scribe.today(store, now, everything=True)
        page = preview(store, desk.place.scribe.letterhead, today, now)
    if html:
        write_file(html, page.html.encode())
        desk.say(f"Записано: {html}", f"Written: {html}")
    else:
        desk.terminal.exact(page.text)


def _send(desk: Desk) -> None:
    if desk.pretending:
        raise UsageError("--send и --now вместе не бывают: письмо уходит сегодня")
    done = desk.app.send_today()
    if done.problems:
        raise Refused("письмо не ушло", done.problems)
    if done.accepted:
        desk.say("Письмо принято сервером.", "The server took the letter.")
    elif done.composed:
        desk.say(
            "Письмо в очереди: сервер просит подождать.",
            "The letter waits: the server asks for patience.",
        )
    else:
        desk.say("Сегодня письмо уже было.", "Today's letter went out before.")


@command(
    "letter",
    "Показать готовый текст шага дела или записать его файлом.",
    "Show the prepared text of a case's step, or write it to a file.",
    click.argument("case"),
    option("--step", default="", both=("другой шаг", "another step")),
    option(
        "--letter",
        "which",
        default="",
        both=("другое письмо этого шага", "another letter of that step"),
    ),
    option(
        "--format",
        "kind",
        type=click.Choice(["txt", "docx", "pdf"]),
        default="txt",
        both=("вид файла", "kind of file"),
    ),
    option("--out", type=OUT, both=("записать в файл", "write to a file")),
)
def letter(
    desk: Desk, case: str, *, step: str, which: str, kind: str, out: Path | None
) -> None:
    bench, now = desk.place.bench, desk.now
    with desk.place.store() as store:
        standing = find_case(store, bench, now, case)
        acts = cases.acts_of(store, [standing.case.order], now)
    told = acts.get(standing.case.order, [])
    text = prepared(standing, told, bench, step, which, paper=kind != "txt")
    if kind == "txt" and not out:
        desk.terminal.exact(plain(text))
        return
    out = out or Path(f"{_name(standing, step, which)}.{kind}")
    write_file(out, _as_file(desk, text, kind))
    desk.say(f"Записано: {out}", f"Written: {out}")


def _as_file(desk: Desk, text: str, kind: str) -> bytes:
    if kind == "txt":
        return plain(text).encode()
    page = sheet(text)
    author = desk.place.bench.owner.get("name", "")
    if kind == "docx":
        return docx(page, author=author)
    packs = desk.place.config.packs
    return pdf(page, author=author, at=desk.now, language=packs.ladder, own=packs.dir)


def _name(standing: Standing, step: str, which: str) -> str:
    """Name a file after the case: «case-3-claim»."""
    now = standing.step.step.id if standing.step else ""
    name = str(standing.number or standing.case.rule)
    return "-".join(filter(None, ["case", name, which or step or now]))


def write_file(path: Path, data: bytes) -> None:
    """Write a file that the owner asked for."""
    try:
        path.write_bytes(data)
    except OSError as error:
        raise DiskError(f"{path}: не пишется: {reason(error)}") from None
