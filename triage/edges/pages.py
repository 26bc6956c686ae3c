"""Turns a digest into a subject, a text and an HTML page with the pack's templates.

The pages hold nothing remote, no script and no form. Every value is cleaned of control
characters before it is written, and only a prepared letter may have more than one line.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import css_inline
from jinja2 import FunctionLoader, StrictUndefined, Template, select_autoescape
from jinja2.sandbox import ImmutableSandboxedEnvironment

from triage.core import words
from triage.core.agenda import agenda
from triage.core.digest import Digest
from triage.errors import ConfigError

CLIPPED = 100_000  # bytes of HTML; Gmail hides what comes after about so many
LISTED = 40  # rows of a list of letters or cases
CELL = 1000  # characters of a one-line value
BLOCK = 20_000  # characters of a prepared letter


_BREAKS = re.compile(r"[ \n\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Page:
    """A digest, written out."""

    subject: str
    text: str
    html: str
    notes: Mapping[str, tuple[str, str]]
    """Summary and description of each appointment, by its uid."""


class _Lines(str):
    """Text that may keep its line breaks."""

    __slots__ = ()


def render(digest: Digest, language: str, own: Path | None = None) -> Page:
    """Write a digest out; long letters give way before the page is clipped.

    Raises:
        ConfigError: a template is missing or does not work.
    """
    pack = _environment(language, own)
    try:
        plain, rich = map(pack.get_template, ("digest.txt.j2", "digest.html.j2"))
        text = plain.render(digest=digest, listed=LISTED)
        subject = _one_line(
            pack.get_template("digest.subject.j2").render(digest=digest)
        ).strip()
        for shown, listed in _sizes(len(digest.actions)):
            values = {"subject": subject, "shown": shown, "listed": listed}
            html = inline(rich.render(digest=digest, **values))
            if len(html.encode()) <= CLIPPED:
                break
        notes = _notes(pack.get_template("digest.agenda.j2"), digest)
    except ConfigError:
        raise
    except Exception as error:
        raise ConfigError(f"шаблон дайджеста ({language}): {error}") from error
    return Page(subject, _tidy(text), html, notes)


def write_page(
    name: str, values: Mapping[str, object], language: str, own: Path | None = None
) -> Page:
    """Write out another letter of the pack's, from the templates of that name.

    Raises:
        ConfigError: a template is missing or does not work.
    """
    pack = _environment(language, own)
    try:
        subject = pack.get_template(f"{name}.subject.j2").render(values)
        subject = _one_line(subject).strip()
        known = {**values, "subject": subject}
        text = pack.get_template(f"{name}.txt.j2").render(known)
        html = inline(pack.get_template(f"{name}.html.j2").render(known))
    except ConfigError:
        raise
    except Exception as error:
        raise ConfigError(f"шаблон {name} ({language}): {error}") from error
    return Page(subject, _tidy(text), html, {})


def _notes(template: Template, digest: Digest) -> dict[str, tuple[str, str]]:
    """Write each appointment: the first line is its title, the others describe it."""
    found = {}
    for each in agenda(digest):
        values = {"entry": each.entry, "on": each.on, "mine": each.mine}
        title, _, rest = _tidy(template.render(digest=digest, **values)).partition("\n")
        found[each.uid] = (title, rest.strip())
    return found


def inline(html: str) -> str:
    """Move the style sheet into the elements, all but its media queries."""
    return css_inline.CSSInliner(
        load_remote_stylesheets=False, keep_style_tags=False, keep_at_rules=True
    ).inline(html)


def clean(text: str) -> str:
    """Drop control, format and private characters; tabs become spaces."""
    return "".join(
        c if c == "\n" or unicodedata.category(c)[0] != "C" else " " * (c == "\t")
        for c in text
    )


def _sizes(actions: int) -> Iterator[tuple[int, int]]:
    """Say how many ready texts and how many rows of a list to show, less and less."""
    for shown in range(actions, -1, -1):
        yield shown, LISTED
    for listed in (20, 10, 5):
        yield 0, listed


def _environment(language: str, own: Path | None) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=FunctionLoader(_loader(language, own)),
        autoescape=select_autoescape(["html.j2"]),
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "block": lambda text: _Lines(text[:BLOCK]),
        "roubles": words.roubles,
        "day": words.day,
        "short_day": words.short_day,
        "days": words.days,
    }
    environment.globals |= {"plural": words.plural}
    return environment


def _loader(language: str, own: Path | None) -> Callable[[str], str]:
    """Read a template: the owner's own replaces the built-in one whole."""

    def load(name: str) -> str:
        if own is not None and (mine := own / language / name).is_file():
            return mine.read_text("utf-8")
        built_in = resources.files("triage") / "packs" / language / name
        if not built_in.is_file():
            raise ConfigError(f"нет шаблона {language}/{name}")
        return built_in.read_text("utf-8")

    return load


def _finalize(value: object) -> object:
    if isinstance(value, _Lines):
        return clean(value)
    return _one_line(value) if isinstance(value, str) else value


def _one_line(text: str) -> str:
    line = _BREAKS.sub(" ", clean(text))
    return line if len(line) <= CELL else line[: CELL - 1] + "…"


def _tidy(text: str) -> str:
    """Leave no trailing blanks and never more than one empty line."""
    lines = [line.rstrip() for line in text.splitlines()]
    kept = [line for i, line in enumerate(lines) if line or (i > 0 and lines[i - 1])]
    return "\n".join(kept).strip() + "\n"
