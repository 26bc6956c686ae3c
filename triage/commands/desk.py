"""What every command has at hand: settings, clock, terminal, the app."""

import logging
import sys
from collections.abc import Callable
from datetime import date, datetime
from functools import cached_property, wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import click

from triage.app import App
from triage.commands.bilingual import Both, Command, Option, choose
from triage.config import Config, default_path, load
from triage.edges.clock import Clock, fixed_clock, parse_instant, system_clock
from triage.edges.terminal import Terminal, clean_lines
from triage.errors import ConfigError
from triage.place import Place

P = ParamSpec("P")
R = TypeVar("R")


class Desk:
    """The state of one run of the program."""

    def __init__(
        self, config: Path | None, now: str | None, lang: str | None, *, debug: bool
    ) -> None:
        self.path = (config or default_path()).expanduser()
        self.is_elsewhere = config is not None  # than where settings usually lie
        self.debug = debug
        self.pretending = now is not None
        self.clock: Clock = fixed_clock(parse_instant(now)) if now else system_clock
        self._lang = lang
        self._app: App | None = None
        self.shows_log = False
        # Without this Python prints a log's warnings where the owner reads answers.
        logging.getLogger("triage").addHandler(logging.NullHandler())

    @cached_property
    def config(self) -> Config:
        return load(self.path)

    @property
    def lang(self) -> str:
        """Return the language of the chrome, Russian while the settings are unread."""
        if self._lang:
            return self._lang
        try:
            return self.config.language
        except ConfigError:
            return "ru"

    def words(self, russian: str, english: str) -> str:
        return choose((russian, english), self.lang)

    @cached_property
    def terminal(self) -> Terminal:
        return Terminal()

    def say(self, russian: str, english: str, *, style: str = "") -> None:
        self.terminal.say(self.words(russian, english), style=style)

    @property
    def app(self) -> App:
        """Return the app; nothing of the home is touched by making it."""
        if self._app is None:
            self._app = App(self.config, self.clock, notice=self.notice)
        return self._app

    @property
    def place(self) -> Place:
        return self.app.place

    @property
    def now(self) -> datetime:
        """Return the instant, as the owner's clock shows it."""
        return self.clock().astimezone(self.config.timezone)

    @property
    def today(self) -> date:
        return self.now.date()

    def notice(self, words: str) -> None:
        """Tell a person who waits what takes so long; a log says it by itself."""
        if not self.shows_log:
            sys.stderr.write(f"triage: {clean_lines(words)}\n")

    def close(self) -> None:
        if self._app is not None:
            self._app.close()


def command(
    name: str, russian: str, english: str, *parameters: Callable[[Any], Any]
) -> Callable[[Callable[Concatenate[Desk, P], R]], click.Command]:
    """Make a command that is handed the desk first."""

    def decorate(function: Callable[Concatenate[Desk, P], R]) -> click.Command:
        @wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            desk = click.get_current_context().find_object(Desk)
            assert desk is not None  # noqa: S101 - the group made it
            return function(desk, *args, **kwargs)

        inner: Any = run
        for parameter in reversed(parameters):
            inner = parameter(inner)
        return click.command(name, cls=Command, both=(russian, english))(inner)

    return decorate


def option(*names: str, both: Both, **settings: Any) -> Callable[[Any], Any]:
    """Make an option with help in both languages."""
    return click.option(*names, cls=Option, both=both, **settings)


JSON = option(
    "--json", "as_json", is_flag=True, both=("вывести JSON", "print JSON instead")
)
