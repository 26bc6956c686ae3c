"""What goes to the owner: the digest and the prepared letters."""

from pathlib import Path

import click

from triage.commands.desk import Desk, command, option
from triage.edges import cases
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
    if send:
        _send(desk)
        return
    with desk.place.store() as store:
        now = desk.clock()
        today = desk.place.today(store, now, everything=True)
        page = preview(store, desk.place.letterhead, today, now)
    if html:
        _write(html, page.html)
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
    "Показать готовый текст шага дела.",
    "Show the prepared text of a case's step.",
    click.argument("case"),
    option("--step", default="", both=("другой шаг", "another step")),
    option(
        "--format",
        "kind",
        type=click.Choice(["txt"]),
        default="txt",
        both=("вид файла", "kind of file"),
    ),
    option("--out", type=OUT, both=("записать в файл", "write to a file")),
)
def letter(desk: Desk, case: str, step: str, kind: str, out: Path | None) -> None:  # noqa: ARG001 - one kind so far
    with desk.place.store() as store:
        standing = find_case(store, desk.place.bench, desk.now, case)
        acts = cases.acts_of(store, [standing.case.order], desk.now)
    text = prepared(standing, acts.get(standing.case.order, []), desk.place.bench, step)
    if out:
        _write(out, text)
        desk.say(f"Записано: {out}", f"Written: {out}")
    else:
        desk.terminal.exact(text)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DiskError(f"{path}: не пишется: {reason(error)}") from None
