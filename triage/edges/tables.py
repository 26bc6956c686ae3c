"""Read TOML key by key, and collect everything that is wrong with it."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from enum import Enum
from functools import cache
from typing import Any, Self, TypeVar

from triage.core.pattern import Pattern, Patterns, pattern
from triage.core.words import fold

NOTHING = pattern(r"(?!)")  # stands for a pattern that could not be read

Word = TypeVar("Word", bound=Enum)


class BuiltIn(bytes):
    """A file that comes with the program: its patterns were compiled by the tests."""


class Table:
    """A TOML table that is read key by key; a key nobody asked for is a problem."""

    def __init__(
        self,
        label: str,
        data: Mapping[str, Any],
        problems: list[str],
        *,
        built_in: bool = False,
    ) -> None:
        self.label = label
        self.parts: dict[str, str] = {}  # {name} in a pattern stands for its text
        self._built_in = built_in
        self._data = data
        self._problems = problems
        self._asked: set[str] = set()

    @classmethod
    def of(cls, label: str, data: bytes, problems: list[str]) -> Self:
        """Read a file; of one that is not TOML nothing more is said than that."""
        built_in = isinstance(data, BuiltIn)
        try:
            found = tomllib.loads(data.decode("utf-8"))
            return cls(label, found, problems, built_in=built_in)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
            problems.append(f"{label}: not TOML in UTF-8: {fault}")
            return cls(label, {}, [])

    def problem(self, text: str) -> None:
        self._problems.append(f"{self.label}: {text}")

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __contains__(self, key: object) -> bool:
        return key in self._data

    def _get(self, key: str, kind: type, default: Any, *, needed: bool) -> Any:
        self._asked.add(key)
        if key not in self._data:
            if needed:
                self.problem(f"{key} is missing")
            return default
        value = self._data[key]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.problem(f"{key} must be {_KINDS[kind]}, not {value!r}")
            return default
        return value

    def text(self, key: str, *, needed: bool = True) -> str:
        value: str = self._get(key, str, "", needed=needed)
        if needed and key in self._data and not value.strip():
            self.problem(f"{key} is empty")
        return value

    def flag(self, key: str) -> bool:
        return bool(self._get(key, bool, False, needed=False))

    def number(self, key: str, default: int = 0) -> int:
        return int(self._get(key, int, default, needed=False))

    def texts(self, key: str, *, needed: bool = False) -> tuple[str, ...]:
        """Read a list of texts; a single text stands for a list of one."""
        if isinstance(self._data.get(key), str):
            return (self.text(key),)
        values: list[Any] = self._get(key, list, [], needed=needed)
        if not all(isinstance(value, str) and value for value in values):
            self.problem(f"{key} must hold texts only")
            return ()
        return tuple(values)

    def word(self, key: str, words: type[Word], what: str) -> Word | None:
        """Read a word of a closed vocabulary; None where it is absent or unknown."""
        text = self.text(key, needed=False)
        return self.look_up(text, words, what) if text else None

    def words(self, key: str, words: type[Word], what: str) -> tuple[Word, ...]:
        found = (self.look_up(text, words, what) for text in self.texts(key))
        return tuple(word for word in found if word is not None)

    def look_up(self, text: str, words: type[Word], what: str) -> Word | None:
        known: Mapping[str, Word] = _spelt(words)
        if text not in known:
            self.problem(f"unknown {what} {text!r}{nearest(text, known)}")
        return known.get(text)

    def patterns(self, key: str, *groups: str) -> Patterns:
        """Read patterns for normalised text: see docs/packs.md for what they mean."""
        return tuple(self._pattern(key, text, groups) for text in self.texts(key))

    def pattern(self, key: str) -> Pattern:
        return next(iter(self.patterns(key)), NOTHING)

    def _pattern(self, key: str, text: str, groups: Iterable[str]) -> Pattern:
        whole = fold(self.expand(key, text))
        found = pattern(_UNIT.sub(lambda unit: unit[1] or r"[ \n]", whole))
        if self._built_in:  # it is compiled when it is used
            return found
        try:
            known = found.groupindex
        except (re.error, OverflowError) as fault:
            self.problem(f"{key}: not a regular expression: {text!r}: {fault}")
            return NOTHING
        for group in groups:
            if group not in known:
                self.problem(f"{key}: {text!r} has no group (?P<{group}>…)")
        return found

    def expand(self, key: str, text: str) -> str:
        """Put the parts in the places of their names."""
        return _PART.sub(lambda found: self._part(key, found[1]), text)

    def _part(self, key: str, name: str) -> str:
        if name not in self.parts:
            self.problem(f"{key}: no part {{{name}}}{nearest(name, self.parts)}")
        return self.parts.get(name, "")

    def table(self, key: str) -> "Table":
        data: dict[str, Any] = self._get(key, dict, {}, needed=False)
        return self._within(f"{self.label}: {key}", data)

    def _within(self, label: str, data: Mapping[str, Any]) -> "Table":
        table = Table(label, data, self._problems, built_in=self._built_in)
        table.parts = self.parts
        return table

    def tables(self, key: str) -> list["Table"]:
        """Read an array of tables, each labelled by its place and its `id`."""
        rows = []
        for number, data in enumerate(self._get(key, list, [], needed=False), 1):
            row = data if isinstance(data, dict) else {}
            label = f"{self.label}: {key}[{number}]"
            rows.append(self._within(f"{label} {row.get('id', '')!r}", row))
        return rows

    def done(self) -> None:
        """Report the keys that nobody asked for."""
        for key in self._data.keys() - self._asked:
            self.problem(f"unknown key {key!r}{nearest(key, self._asked)}")


_KINDS = {str: "a text", bool: "true or false", int: "a number", list: "a list"} | {
    dict: "a table"
}
_PART = re.compile(r"\{([a-z_]+)\}")
_UNIT = re.compile(r"(\\.|\[\^?\]?(?:\\.|[^\]\\])*\])| ", re.DOTALL)
"""An escape, a set or a space: only a space outside a set may be a line end."""


@cache
def _spelt(words: type[Enum]) -> Mapping[str, Any]:
    """Return the words of a vocabulary as files spell them."""
    return {
        word.name.lower() if isinstance(word.value, int) else str(word.value): word
        for word in words
    }


def nearest(text: str, known: Iterable[str]) -> str:
    near = get_close_matches(text, sorted(known), 1)
    return f"; did you mean {near[0]!r}?" if near else ""
