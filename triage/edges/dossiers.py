"""Writes dossiers as pages: static, with nothing remote, no script and no form.

The markup is in packs/dossier, the words are in `dossier.toml` of each language.
"""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from triage.core import words
from triage.core.catalogue import Line, arranged, still_open
from triage.core.chain import Head
from triage.core.dossier import Dossier
from triage.core.folio import Leaf
from triage.core.unbroken import unbroken_page
from triage.edges import templates
from triage.edges.templates import Whole
from triage.errors import ConfigError

NARROW, WIDE = 360, 800  # of the picture: a phone's, and a page's
MARKUP, WORDS = "dossier", "dossier.toml"
READMES = ("export.ru.txt.j2", "export.en.txt.j2")


class Press:
    """Writes the pages of one language."""

    def __init__(self, language: str, own: Path | None = None) -> None:
        """Read words and templates.

        Raises:
            ConfigError: the words cannot be read.
        """
        self.language = language
        self.words = _words(language, own)
        self._pack = templates.environment(MARKUP, own)
        self._pack.filters |= {
            "shown": self.shown,
            "short": self._short,
            "told": lambda value, name: self.told(name, value),
            "span": self._span,
            "lines": templates.lines,
        }
        style = self._pack.get_template("style.css").render()
        self._pack.globals |= {"w": self.words, "style": Whole(style)}

    def order(self, dossier: Dossier) -> str:
        """Write the page of an order."""
        return self._page(
            "dossier.html.j2",
            d=dossier,
            narrow=self.picture(dossier, NARROW, "narrow"),
            wide=self.picture(dossier, WIDE, "wide"),
        )

    def letter(
        self, order: str, leaf: Leaf, letter: Mapping[str, Any] | None, problem: str
    ) -> str:
        """Write the page of a letter as `jobs.showing` made it, or why there is none."""
        sent = letter and letter["sent_at"]
        return self._render(
            "letter.html.j2",
            order=order,
            leaf=leaf,
            letter=letter,
            subject=letter["subject"] if letter else leaf.subject,
            sent_at=sent and datetime.fromisoformat(sent).astimezone(leaf.at.tzinfo),
            problem=problem,
            whole=Whole,
        )

    def orders(self, lines: Sequence[Line], written_at: datetime) -> str:
        """Write the list of all orders."""
        return self._page(
            "orders.html.j2",
            lines=arranged(lines),
            alive=sum(1 for line in lines if line.topics),
            open=still_open(lines),
            written_at=written_at,
            facts=self._facts,
            status=self._status,
        )

    def _facts(self, line: Line) -> str:
        """Write what is known of an order's money and days in one line."""
        told = {
            "paid": ("sum", line.paid),
            "returned": ("sum", line.returned or None),
            "left": ("sum", line.open or None),
            "closed": ("count", line.closed or None),
            "last": ("on", line.last_on),
        }
        words = self.words["orders"]
        return " · ".join(
            words[name].format(**{key: self.shown(value)})
            for name, (key, value) in told.items()
            if value is not None
        )

    def _status(self, told: tuple[str, str]) -> str:
        """Write where a parcel stands, and what a guess makes of it."""
        sure, guess = (str(self.words["statuses"].get(one, "")) for one in told)
        seems: str = self.words["page"]["seems"]
        return seems.format(sure=sure, guess=guess) if guess else sure

    def readme(self, *, whole: bool, heads: Mapping[str, Head]) -> str:
        """Say what is in an export and how to check it, in every language there is."""
        values = {"whole": whole, "heads": heads}
        return "".join(self._render(name, **values) for name in READMES)

    def picture(self, dossier: Dossier, width: int, kind: str) -> Whole:
        """Draw an order's life; "" for one that cannot be drawn."""
        if dossier.picture is None:
            return Whole()
        values = {"picture": dossier.picture, "order": dossier.order}
        if kind == "alone":
            values["alone"] = Whole(self._pack.get_template("print.css").render())
        return Whole(self._render("picture.svg.j2", width=width, kind=kind, **values))

    def plain(self, dossier: Dossier) -> dict[str, Any]:
        """Write a dossier as JSON takes it, for paper: days and sums in words."""
        values = asdict(dossier)
        values["asks"] = dossier.asks
        values["money"]["open"] = dossier.money.open
        values["picture"] = self.picture(dossier, WIDE, "alone")
        for happening in values["course"]:
            happening["told"] = [
                [self.words["told"][name], self.told(name, value)]
                for name, value in happening["told"]
            ]
        plain = json.loads(json.dumps(values, default=self.shown))
        return {"w": self.words, "d": plain}

    def told(self, name: str, value: object) -> str:
        """Write an attribute of an event."""
        if name == "cancelled_by":
            return str(self.words["who"].get(value, value))
        return self.shown(value)

    def _page(self, template: str, **values: object) -> str:
        return unbroken_page(self._render(template, **values))

    def _render(self, template: str, **values: object) -> str:
        try:
            return self._pack.get_template(template).render(values)
        except ConfigError:
            raise
        except Exception as error:
            raise ConfigError(f"шаблон досье {template}: {error}") from error

    def shown(self, value: object) -> str:
        """Write a day, an instant or a sum in the language's words."""
        if isinstance(value, Decimal):
            return words.roubles(value)
        if isinstance(value, datetime):
            glue = ", " if self.language == "en" else " в "
            return f"{self.shown(value.date())}{glue}{value:%H:%M}"
        if isinstance(value, date):
            if self.language == "en":
                return f"{self._short(value)}{words.NBSP}{value.year}"
            return f"{self._short(value)}{words.NBSP}{value.year}{words.NBSP}г."
        return str(value)

    def _short(self, on: date) -> str:
        written = f"{on.day} {on:%B}" if self.language == "en" else words.short_day(on)
        return written.replace(" ", words.NBSP)

    def _span(self, days: int) -> str:
        if self.language == "en":
            return f"{days} {'day' if days == 1 else 'days'}"
        return words.days(days)


@lru_cache(maxsize=4)
def press_of(language: str, own: Path | None) -> Press:
    """Return the press of a language, made once."""
    return Press(language, own)


def _words(language: str, own: Path | None) -> dict[str, Any]:
    """Read the words: the owner's own file replaces the built-in one whole."""
    place = resources.files("triage") / "packs" / language / WORDS
    if own is not None and (mine := own / language / WORDS).is_file():
        place = mine
    try:
        return tomllib.loads(place.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{language}/{WORDS}: {error}") from error
