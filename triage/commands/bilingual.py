"""Commands whose help is Russian, or English with --lang en."""

import re
from difflib import get_close_matches
from typing import Any

import click

from triage.errors import UsageError

Both = tuple[str, str]  # Russian, English

_EXTRA = re.compile(r"unexpected extra arguments? \(")


def lang(context: click.Context) -> str:
    """Return the language asked for on the command line; Russian unless told."""
    return context.find_root().params.get("lang") or "ru"


def choose(both: Both, spoken: str) -> str:
    return both[spoken == "en"]


RUSSIAN = {
    "ADDRESS": "АДРЕС",
    "CASE": "ДЕЛО",
    "CASE|ORDER": "ДЕЛО|ЗАКАЗ",
    "DATE": "ДЕНЬ",
    "DIR": "ПАПКА",
    "FILE": "ФАЙЛ",
    "FOLDER": "ПАПКА",
    "HH:MM": "ЧЧ:ММ",
    "HOST:PORT": "СЕРВЕР:ПОРТ",
    "INSTANT": "МОМЕНТ",
    "KIND": "ВИД",
    "LETTER": "ПИСЬМО",
    "LINE": "СТРОКА",
    "NAME": "ИМЯ",
    "NAME=VALUE": "ИМЯ=ЗНАЧЕНИЕ",
    "ORDER": "ЗАКАЗ",
    "ORDERS": "ЗАКАЗЫ",
    "PATH": "ФАЙЛ",
    "PATHS": "ФАЙЛЫ",
    "STEP": "ШАГ",
    "TEXT": "ТЕКСТ",
    "UNTIL": "СРОК",
    "WORDS": "СЛОВА",
    "YES|NO": "ДА|НЕТ",
    "ZONE": "ПОЯС",
    "[ARGS]": "[СЛОВА]",
    "[COMMAND]": "[КОМАНДА]",
    "[OPTIONS]": "[КЛЮЧИ]",
}
"""What stands for a value, as the Russian help writes it."""


def named(metavar: str, spoken: str) -> str:
    """Write in the owner's language what stands for a value."""
    if spoken == "en":
        return metavar
    bare = metavar.removesuffix("...")
    inner = bare.strip("[]")
    found = RUSSIAN.get(bare) or bare.replace(inner, RUSSIAN.get(inner, inner))
    return found + metavar[len(bare) :]


class Option(click.Option):
    """An option with help in both languages."""

    def __init__(self, *names: Any, both: Both, **settings: Any) -> None:
        super().__init__(*names, **settings)
        self.both = both

    def make_metavar(self, ctx: click.Context) -> str:
        return named(super().make_metavar(ctx), lang(ctx))

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        self.help = choose(self.both, lang(ctx))
        return super().get_help_record(ctx)


class Spoken(click.Command):
    """The parts of a help page that click would write in English only."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = choose(("показать эту справку", "show this page"), lang(ctx))
        return option

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = self.collect_usage_pieces(ctx)
        words = (
            named(word, lang(ctx)) for piece in pieces for word in piece.split(" ")
        )
        prefix = choose(("Вызов: ", "Usage: "), lang(ctx))
        formatter.write_usage(ctx.command_path, " ".join(words), prefix=prefix)

    def write_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        options = (p for p in self.get_params(ctx) if isinstance(p, click.Option))
        records = [option.get_help_record(ctx) for option in options]
        if rows := [record for record in records if record]:
            with formatter.section(choose(("Ключи", "Options"), lang(ctx))):
                formatter.write_dl(rows)


class Command(Spoken):
    """A command with help in both languages."""

    def __init__(self, *args: Any, both: Both, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.both = both

    def format_options(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        self.write_options(ctx, formatter)

    def format_help_text(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        self.help = choose(self.both, lang(ctx))
        super().format_help_text(ctx, formatter)


class Group(Spoken, click.Group):
    """The root: lists its commands in the order in which a person meets them."""

    def __init__(self, *args: Any, both: Both, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.both = both

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            near = get_close_matches(args[0], self.commands, n=1)
            hint = choose(("похоже на", "perhaps"), lang(ctx))
            words = choose(("нет такой команды", "no such command"), lang(ctx))
            also = f"; {hint} {near[0]}" if near else "; triage --help"
            raise UsageError(f"{words}: {args[0]}{also}")
        return super().resolve_command(ctx, args)

    def format_help_text(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        self.help = choose(self.both, lang(ctx))
        super().format_help_text(ctx, formatter)

    def format_options(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        self.write_options(ctx, formatter)
        rows = [
            (name, choose(command.both, lang(ctx)))
            for name, command in self.commands.items()
            if isinstance(command, Command)
        ]
        with formatter.section(choose(("Команды", "Commands"), lang(ctx))):
            formatter.write_dl(rows)


def usage_words(error: click.ClickException, spoken: str) -> UsageError:
    """Say click's complaint in the owner's language."""
    if spoken == "en":
        return UsageError(error.format_message())
    context = getattr(error, "ctx", None)
    hint = f"; подсказка: {context.command_path} --help" if context else ""
    match error:
        case click.NoSuchOption():
            near = (
                f"; похоже на {error.possibilities[0]}" if error.possibilities else ""
            )
            words = f"нет такого ключа: {error.option_name}{near}"
        case click.MissingParameter():
            given = error.param and context and error.param.make_metavar(context)
            words = f"не хватает: {named(str(given or error.param_hint or ''), spoken)}"
        case click.BadParameter(param=click.Parameter(type=click.Choice() as known)):
            words = f"не годится значение; можно: {', '.join(known.choices)}"
        case click.BadParameter():
            words = f"не годится значение: {error.message}"
        case click.BadOptionUsage():
            words = f"ключу {error.option_name} нужно значение"
        case click.UsageError() if _EXTRA.search(error.message):
            words = f"лишнее: {_EXTRA.split(error.message)[1].rstrip(')')}"
        case _:
            words = error.format_message()
    return UsageError(f"{words}{hint}")
