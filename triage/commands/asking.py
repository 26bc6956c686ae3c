"""Questions on a plain terminal: one line each, every one with a default or a way out."""

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

import click

from triage.commands.desk import Desk
from triage.config_values import zone
from triage.errors import UsageError

T = TypeVar("T")


class Asking:
    """Asks the owner, or takes the defaults where nobody is to be asked."""

    def __init__(self, desk: Desk, *, defaults: bool) -> None:
        self.desk = desk
        self.defaults = defaults  # --yes

    def value(
        self,
        russian: str,
        english: str,
        read: Callable[[str], T],
        *,
        default: str | None = None,
        option: str = "",
    ) -> T:
        """Ask until `read` takes the answer; it raises ValueError with the reason.

        Raises:
            UsageError: nobody is to be asked, and there is no default.
        """
        words = self.desk.words(russian, english)
        if self.defaults:
            if default is None:
                raise UsageError(
                    self.desk.words(f"нужен ключ {option}", f"{option} is needed")
                )
            return read(default)
        while True:
            told = click.prompt(words, default=default, show_default=bool(default))
            try:
                return read(str(told).strip())
            except ValueError as error:
                self.desk.say(f"  Не годится: {error}", f"  That will not do: {error}")

    def secret(
        self, russian: str, english: str, *, option: str, before: str = ""
    ) -> str:
        """Ask for something that must not be seen; Enter keeps what was there before.

        Raises:
            UsageError: nobody is to be asked.
        """
        if self.defaults:
            raise UsageError(
                self.desk.words(f"нужен ключ {option}", f"{option} is needed")
            )
        words = self.desk.words(russian, english)
        told = click.prompt(
            words, hide_input=True, default=before or None, show_default=False
        )
        return str(told)

    def yes(self, russian: str, english: str, *, default: bool = True) -> bool:
        """Ask a question that is answered by y or д, n or н."""
        if self.defaults:
            return default
        letters = self.desk.words("[Д/н]", "[Y/n]")
        if not default:
            letters = self.desk.words("[д/Н]", "[y/N]")
        words = f"{self.desk.words(russian, english)} {letters}"
        while True:
            told = click.prompt(words, default="", show_default=False).strip().lower()
            if not told:
                return default
            if told[0] in "yдl":  # l is д on the other keyboard
                return True
            if told[0] in "nн":
                return False

    def choice(self, russian: str, english: str, rows: Sequence[str]) -> int:
        """Ask for one of several, by its number; the last one is the default."""
        if self.defaults:
            return len(rows) - 1
        for number, row in enumerate(rows, 1):
            self.desk.terminal.say(f"  {number}  {row}")

        def read(text: str) -> int:
            if not text.isdigit() or not 1 <= int(text) <= len(rows):
                raise ValueError(f"1–{len(rows)}")
            return int(text) - 1

        return self.value(russian, english, read, default=str(len(rows)))


def read_hour(text: str) -> str:
    """Read an hour as people type it: 8, 8.30, 08:30."""
    found = re.fullmatch(r"(\d{1,2})(?:[:.](\d\d))?", text)
    hours, minutes = (int(found[1]), int(found[2] or 0)) if found else (24, 0)
    if hours > 23 or minutes > 59:
        raise ValueError("час пишут так: 8, 08:00 или 8.30")
    return f"{hours:02}:{minutes:02}"


def read_zone(text: str) -> str:
    zone(text)
    return text


def read_some(text: str) -> str:
    if not text:
        raise ValueError("нужно значение")
    return text
