"""Commands whose help is Russian, or English with --lang en."""

from difflib import get_close_matches
from typing import Any

import click

from triage.errors import UsageError

Both = tuple[str, str]  # Russian, English


def language(context: click.Context) -> str:
    """Return the language asked for on the command line; Russian unless told."""
    return context.find_root().params.get("lang") or "ru"


def choose(both: Both, lang: str) -> str:
    return both[lang == "en"]


class Option(click.Option):
    """An option with help in both languages."""

    def __init__(self, *names: Any, both: Both, **settings: Any) -> None:
        super().__init__(*names, **settings)
        self.both = both

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        self.help = choose(self.both, language(ctx))
        return super().get_help_record(ctx)


class Command(click.Command):
    """A command with help in both languages."""

    def __init__(self, *args: Any, both: Both, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.both = both

    def format_help_text(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        self.help = choose(self.both, language(ctx))
        super().format_help_text(ctx, formatter)


class Group(click.Group):
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
            hint = choose(("похоже на", "perhaps"), language(ctx))
            words = choose(("нет такой команды", "no such command"), language(ctx))
            also = f"; {hint} {near[0]}" if near else "; triage --help"
            raise UsageError(f"{words}: {args[0]}{also}")
        return super().resolve_command(ctx, args)

    def format_help_text(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        self.help = choose(self.both, language(ctx))
        super().format_help_text(ctx, formatter)

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        lang = language(ctx)
        for name in self.list_commands(ctx):
            command = self.commands[name]
            if isinstance(command, Command):
                command.short_help = choose(command.both, lang).split("\n")[0]
        super().format_commands(ctx, formatter)


def usage_words(error: click.ClickException, lang: str) -> UsageError:
    """Say click's complaint in the owner's language."""
    if lang == "en":
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
            named = error.param.make_metavar(context) if error.param and context else ""
            words = f"не хватает: {named or error.param_hint or ''}"
        case click.BadParameter():
            words = f"не годится значение: {error.message}"
        case _:
            words = error.format_message()
    return UsageError(f"{words}{hint}")
