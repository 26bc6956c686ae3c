"""The evidence: check it, import into it, make the index from it again."""

import sqlite3
from collections.abc import Mapping
from pathlib import Path

import click

from triage.commands.desk import JSON, Desk, command, option
from triage.core.chain import Head
from triage.core.words import in_english, plural
from triage.edges.store import Store
from triage.errors import EvidenceError, TriageError
from triage.jobs.inspect import known_heads
from triage.jobs.verify import verify as check_evidence

LOGS = {"manifest": "Опись", "journal": "Журнал"}
"""What the digest calls the two logs, so that a line of either may be given to `--head`."""


@command(
    "verify",
    "Проверить каждый байт архива.",
    "Check every byte of the evidence.",
    option(
        "--head",
        "heads",
        multiple=True,
        metavar="LINE",
        both=(
            "строка с концами цепочек из письма",
            "a line of chain heads of a digest",
        ),
    ),
    JSON,
)
def verify(desk: Desk, heads: tuple[str, ...], *, as_json: bool) -> None:
    home = desk.place.home
    lines = [line for told in heads for line in told.splitlines() if line.strip()]
    report = check_evidence(home.evidence, _remembered(home.index), lines)
    if as_json:
        desk.terminal.json(
            {
                "now": desk.now.isoformat(timespec="seconds"),
                "sound": report.sound,
                "letters": report.letters,
                "attachments": report.attachments,
                "heads": {name: str(head) for name, head in report.heads.items()},
                "findings": [
                    {
                        "kind": each.kind.value,
                        "where": each.where,
                        "what": desk.words(*each.what),
                    }
                    for each in report.findings
                ],
            }
        )
        if not report.sound:
            click.get_current_context().exit(EvidenceError.exit_code)
        return
    if not report.sound:
        raise EvidenceError(
            desk.words("архив повреждён", "the evidence is damaged"),
            [desk.words(*each.words) for each in report.findings],
        )
    letters = plural(report.letters, "письмо", "письма", "писем")
    desk.say(
        f"Всё цело: {report.letters} {letters}, вложений {report.attachments}.",
        f"All is sound: {in_english(report.letters, 'letter')},"
        f" {in_english(report.attachments, 'attachment')}.",
    )
    for name, head in report.heads.items():
        many = plural(head.count, "строка", "строки", "строк")
        title = LOGS.get(name, name)
        desk.say(
            f"{title}: {head.count} {many}, {head.sha256}",
            f"{name.capitalize()}: {in_english(head.count, 'line')}, {head.sha256}",
        )


def _remembered(index: Path) -> Mapping[str, Head]:
    """Ask the index where the chains ended; whatever is wrong with it is no matter here."""
    if not index.exists():
        return {}
    try:
        with Store(index) as store:
            return known_heads(store)
    except (TriageError, sqlite3.DatabaseError, ValueError):
        return {}


@command(
    "rebuild",
    "Построить индекс заново из архива и журнала.",
    "Make the index again from evidence and journal.",
)
def rebuild(desk: Desk) -> None:
    desk.place.rebuild()
    desk.say("Индекс построен заново.", "The index was made again.")


@command(
    "import",
    "Добавить в архив файлы .eml, mbox или Maildir.",
    "Add .eml, mbox or Maildir to the evidence.",
    click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path)),
)
def import_(desk: Desk, paths: tuple[Path, ...]) -> None:
    got, done = desk.app.take_in(paths)
    one = plural(got.kept, "письмо", "письма", "писем")
    desk.say(
        f"В архив добавлено: {got.kept} {one}, событий: {done.events}. "
        f"Уже было: {got.known}, не о заказах: {got.foreign}.",
        f"Added to the evidence: {in_english(got.kept, 'letter')}, events: {done.events}. "
        f"Known before: {got.known}, not about orders: {got.foreign}.",
    )
    problems = list(got.problems)
    if got.unreadable:
        words = desk.words("не прочитано", "not read")
        problems.append(f"{words}: {got.unreadable}")
    if problems:
        words = desk.words("не всё удалось прочесть", "not all could be read")
        raise EvidenceError(words, problems)
