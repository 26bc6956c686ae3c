"""The templates of the packs: sandboxed, and every value is cleaned before it is written.

Control characters go, and only a prepared letter may have more than one line.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from types import BuiltinMethodType, MethodType
from typing import Any

from jinja2 import FunctionLoader, StrictUndefined, Template, select_autoescape
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from triage.core import words
from triage.errors import ConfigError

__all__ = [
    "Environment",
    "Template",
    "Whole",
    "clean",
    "environment",
    "lines",
    "one_line",
]

CELL = 1000  # characters of a one-line value
BLOCK = 20_000  # characters of a prepared letter

_BREAKS = re.compile(r"[ \n\u2028\u2029]+")
_RULE = re.compile(r"^\s*[-=_~‐-―─━═⎯⸺⸻﹘﹣－]{2,}")
_METHODS = frozenset(dir(dict))
_NAMED_ONLY = re.compile(r"(?:[^{}]|\{\w*\})*")
_METHOD = (MethodType, BuiltinMethodType)


class Whole(Markup):
    """Markup that is clean already. What a macro returns is not: it is text to be escaped."""

    __slots__ = ()


class _Lines(str):
    """Text that may keep its line breaks."""

    __slots__ = ()


class Environment(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, which does not judge the same attribute of the same kind twice."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._judged: dict[tuple[type, str], bool] = {}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Tell whether a template may see an attribute: the kind of the object decides."""
        key = type(obj), attr
        if key not in self._judged:
            self._judged[key] = super().is_safe_attribute(obj, attr, value)
        return self._judged[key]

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Look words up in a table straight away, as nearly every look-up does."""
        if type(obj) is dict and attribute in obj and attribute not in _METHODS:
            return obj[attribute]
        return super().getattr(obj, attribute)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        """Let a format that only puts values in their places do it without a guard."""
        if not isinstance(value, _METHOD):
            return None
        plain = value.__name__ == "format" and type(value.__self__) is str
        if plain and _looks_into_nothing(value.__self__):
            return value
        return super().wrap_str_format(value)


@lru_cache(maxsize=1024)
def _looks_into_nothing(text: str) -> bool:
    """Tell whether a format only names values, as all of the packs' words do."""
    return _NAMED_ONLY.fullmatch(text) is not None


def shared(language: str, own: Path | None) -> Environment:
    """Return the templates of a language, for use as they are.

    Those that are built in are compiled once: the demonstration writes many digests.
    """
    return _built_in(language) if own is None else environment(language, own)


@cache
def _built_in(language: str) -> Environment:
    return environment(language, None)


def environment(language: str, own: Path | None) -> Environment:
    """Read the templates of a language; a value that lacks is an error."""
    made = Environment(
        loader=FunctionLoader(_loader(language, own)),
        autoescape=select_autoescape(["html.j2", "svg.j2"]),
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {
        "block": lambda text: _Lines(text[:BLOCK]),
        "within": lambda line: _Lines(within(clean(line[:BLOCK]))),
        "roubles": words.roubles,
        "whole_roubles": words.whole_roubles,
        "sentence": lambda text: text[:1].upper() + text[1:],
        "markup": _markup,
        "day": words.day,
        "short_day": words.short_day,
        "days": words.days,
    }
    made.globals |= {"plural": words.plural}
    return made


def _loader(language: str, own: Path | None) -> Callable[[str], str]:
    """Read a template: the owner's own replaces the built-in one whole.

    A layout may be one for all languages, and take its words from a template of theirs.
    """

    def load(name: str) -> str:
        if own is not None and (mine := own / language / name).is_file():
            return mine.read_text("utf-8")
        packs = resources.files("triage") / "packs"
        for built_in in (packs / language / name, packs / name):
            if built_in.is_file():
                return built_in.read_text("utf-8")
        raise ConfigError(f"нет шаблона {language}/{name}")

    return load


def _markup(made: str) -> Whole:
    """Let what a macro of a page returns through; its values were escaped one by one."""
    return made if isinstance(made, Whole) else Whole(escape(made))


def clean(text: str) -> str:
    """Drop control, format and private characters; tabs become spaces."""
    if text.replace("\n", "").replace("\u00a0", "").isprintable():
        return text  # nearly all of them
    return "".join(
        c if c == "\n" or unicodedata.category(c)[0] != "C" else " " * (c == "\t")
        for c in text
    )


def _is_clean(text: str) -> bool:
    """Tell quickly of most texts that they are on one line and can be seen whole."""
    return "  " not in text and text.replace("\u00a0", "").isprintable()


def within(line: str) -> str:
    """Keep a line of a letter from passing for a ruler, a signature or a quotation.

    A run of dashes that it begins with is parted; before `>` and `From ` a space is put,
    as in RFC 3676, section 4.4. No other line changes.
    """
    parted = _RULE.sub(lambda run: " ".join(run[0].strip()), line)
    return f" {parted}" if parted.startswith((">", "From ")) else parted


def lines(text: str) -> str:
    """Let a text of any length keep its lines."""
    return _Lines(text)


def _finalize(value: object) -> object:
    if isinstance(value, Whole):
        return value
    if isinstance(value, _Lines):
        return clean(value)
    return one_line(value) if isinstance(value, str) else value


def one_line(text: str) -> str:
    """Put a value on one line, and cut one that is too long."""
    if type(text) is str and len(text) <= CELL and _is_clean(text):
        return text
    line = _BREAKS.sub(" ", clean(text))
    return line if len(line) <= CELL else line[: CELL - 1] + "…"
