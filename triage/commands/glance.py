"""`triage` alone: where things stand today, on one screen."""

from collections.abc import Sequence
from datetime import date

import click

from triage.commands.desk import Desk
from triage.commands.standing import show_line
from triage.commands.wording import when
from triage.core.case import State
from triage.core.mention import is_urgent, owners_deadline
from triage.core.news import Health
from triage.core.step import Standing
from triage.core.story import at_stake
from triage.core.words import day, plural, roubles

SHOWN = 8  # cases on one screen


def glance(desk: Desk, context: click.Context) -> None:
    """Show today's state, or how to begin where nothing is set up."""
    if not desk.path.exists():
        desk.terminal.exact(f"{context.get_help()}\n\n")
        desk.say(
            "Настроек ещё нет. Начните с triage setup или посмотрите программу "
            "без учётной записи: triage demo.",
            "Nothing is set up yet. Begin with triage setup, or look at the program "
            "without an account: triage demo.",
        )
        return
    with desk.place.store() as store:
        today = desk.place.scribe.today(store, desk.now, everything=True)
    todo = [each for each in today.standings if each.state is State.OPEN]
    _say_counts(desk, today.standings, len(todo))
    for each in sorted(todo, key=_order)[:SHOWN]:
        show_line(desk, each, style="red" if is_urgent(each, each.today) else "")
    if (rest := len(todo) - SHOWN) > 0:
        desk.say(f"     и ещё {rest}: triage cases", f"     {rest} more: triage cases")
    _say_health(desk, today.health)
    desk.say(
        "Дела: triage cases; готовый текст: triage letter ДЕЛО; всё: triage -h",
        "Cases: triage cases; a prepared text: triage letter CASE; all: triage -h",
    )


def _say_counts(desk: Desk, standings: Sequence[Standing], todo: int) -> None:
    states = [each.state for each in standings]
    waiting, snoozed = states.count(State.WAITING), states.count(State.SNOOZED)
    money = at_stake(standings)
    wants = plural(todo, "дело требует", "дела требуют", "дел требуют")
    russian = [f"{todo} {wants} вашего шага" if todo else "сейчас делать нечего"]
    english = [f"{todo} {'case' if todo == 1 else 'cases'} for you to act on"]
    for number, word, words in (
        (waiting, "ждём ответа", "waiting for an answer"),
        (snoozed, "отложено", "snoozed"),
    ):
        if number:
            russian.append(f"{word}: {number}")
            english.append(f"{words}: {number}")
    if money:
        russian.append(f"в работе {roubles(money)}")
        english.append(f"{roubles(money)} at stake")
    desk.say(
        f"{day(desk.today)}: {', '.join(russian)}.",
        f"{desk.today}: {', '.join(english)}.",
        style="bold",
    )


def _say_health(desk: Desk, health: Health) -> None:
    """Say when the mail was last read whole, and how many letters nobody understood."""
    if health.last_read_at is None:
        desk.say(
            "Почта ещё не прочитана до конца: triage tick.",
            "The mail was never read to its end yet: triage tick.",
        )
    else:
        read_at = health.last_read_at.astimezone(desk.config.timezone)
        on = when(desk, read_at.date())
        desk.say(
            f"Почта прочитана {on} в {read_at:%H:%M}.",
            f"Mail was last read on {on} at {read_at:%H:%M}.",
        )
    for words in health.problems.values():
        desk.terminal.say(words, style="red")
    if health.unread:
        desk.say(
            f"Не понято писем: {health.unread} (triage unrecognised).",
            f"Letters not understood: {health.unread} (triage unrecognised).",
        )


def _order(standing: Standing) -> tuple[date, date, str]:
    last_day = owners_deadline(standing) or date.max
    return (last_day, standing.case.opened_on, standing.case.id)
