"""Turns a digest into a subject, a text and an HTML page with the pack's templates.

The pages hold nothing remote, no script and no form. Every value is cleaned of control
characters before it is written, and only a prepared letter may have more than one line.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import css_inline

from triage.core.agenda import Appointment, agenda
from triage.core.digest import Digest
from triage.core.unbroken import unbroken_page, whole_numbers
from triage.edges import templates
from triage.edges.templates import Template
from triage.errors import ConfigError

CLIPPED = 100_000  # bytes of HTML; Gmail hides what comes after about so many
LISTED = 40  # rows of a list of letters or cases

_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Page:
    """A digest, written out."""

    subject: str
    text: str
    html: str
    notes: tuple[tuple[Appointment, str, str], ...] = ()
    """Each appointment with its summary and description."""


def render(
    digest: Digest,
    language: str,
    own: Path | None = None,
    announced: Mapping[str, date] | None = None,
) -> Page:
    """Write a digest out; long letters give way before the page is clipped.

    `announced` are the appointments that earlier letters set.

    Raises:
        ConfigError: a template is missing or does not work.
    """
    pack = templates.shared(language, own)
    try:
        plain, rich = map(pack.get_template, ("digest.txt.j2", "digest.html.j2"))
        text = plain.render(digest=digest, listed=LISTED)
        subject = templates.one_line(
            pack.get_template("digest.subject.j2").render(digest=digest)
        ).strip()
        for shown, listed, cards in _sizes(len(digest.actions)):
            values = {"subject": subject, "shown": shown}
            values |= {"listed": listed, "cards": cards}
            html = _tied(rich.render(digest=digest, **values))
            if len(html.encode()) <= CLIPPED:
                break
        found = agenda(digest, announced)
        notes = _notes(pack.get_template("digest.agenda.j2"), digest, found)
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
    pack = templates.shared(language, own)
    try:
        subject = pack.get_template(f"{name}.subject.j2").render(values)
        subject = templates.one_line(subject).strip()
        known = {**values, "subject": subject}
        text = pack.get_template(f"{name}.txt.j2").render(known)
        html = _tied(pack.get_template(f"{name}.html.j2").render(known))
    except ConfigError:
        raise
    except Exception as error:
        raise ConfigError(f"шаблон {name} ({language}): {error}") from error
    return Page(subject, _tidy(text), html)


def _notes(
    template: Template, digest: Digest, found: Iterable[Appointment]
) -> tuple[tuple[Appointment, str, str], ...]:
    """Write each appointment: the first line is its title, the others describe it."""
    notes = []
    for each in found:
        values = {"entry": each.entry, "on": each.on, "mine": each.mine}
        title, _, rest = _tidy(template.render(digest=digest, **values)).partition("\n")
        notes.append((each, title, rest.strip()))
    return tuple(notes)


def _tied(html: str) -> str:
    """Put the style where mail programs heed it, and lines where they do not tear."""
    return whole_numbers(unbroken_page(inline(html)))


def inline(html: str) -> str:
    """Move the style sheet into the elements, all but its media queries.

    Those end up at the head's start, where they would push the encoding out of the first
    kilobyte (HTML, section 4.2.5.4), so they are moved to its end.
    """
    inlined = css_inline.CSSInliner(
        load_remote_stylesheets=False, keep_style_tags=False, keep_at_rules=True
    ).inline(html)
    rest = _STYLE.sub("", inlined)
    return rest.replace("</head>", "".join(_STYLE.findall(inlined)) + "</head>", 1)


def _sizes(actions: int) -> Iterator[tuple[int, int, int]]:
    """Say how many ready texts, rows of a list and cards to show, less and less."""
    for shown in range(actions, -1, -1):
        yield shown, LISTED, actions
    for listed in (20, 10, 5):
        yield 0, listed, actions
    for cards in range(actions - 1, -1, -1):
        yield 0, 5, cards


def _tidy(text: str) -> str:
    """Leave no trailing blanks and never more than one empty line."""
    lines = [line.rstrip() for line in text.splitlines()]
    kept = [line for i, line in enumerate(lines) if line or (i > 0 and lines[i - 1])]
    return "\n".join(kept).strip() + "\n"
