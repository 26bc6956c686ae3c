"""Read the templates, and make the letters from them: the same ones every time."""

import tomllib
from collections.abc import Iterator
from datetime import date
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any

from letterset.dress import LINKS, as_html, as_text, mail, noisy
from letterset.gaps import Gaps
from letterset.letter import HERE, Half, Letter, Template, Truth
from triage.core.event import EventKind, Stream

AROUND = "around.toml"
DATES = ("promised_on", "keep_until", "due_on")
Blocks = dict[str, list[str]]


def templates(half: Half) -> Iterator[Template]:
    """Read every template of a half, by folder, author and place."""
    for folder in half.folders:
        yield from _of(folder)


def _of(folder: Path) -> Iterator[Template]:
    for path in sorted(folder.glob("*.toml")):
        for entry in tomllib.loads(path.read_text("utf-8")).get("letter", []):
            yield _template(entry, path.stem, Half.of(folder))


def _template(entry: dict[str, Any], author: str, half: Half) -> Template:
    stream = entry.pop("stream", None)
    lists = {name: tuple(entry.pop(name, ())) for name in ("tells", "may")}
    return Template(
        author=author,
        half=half,
        stream=Stream(stream) if stream else None,
        **lists,
        **entry,
    )


def blocks(folder: Path) -> Blocks:
    """Read the words that stand around letters: greetings, advertising, footers."""
    own = folder / AROUND
    text = (own if own.exists() else HERE / "tuning" / AROUND).read_text("utf-8")
    return {
        name: [b["text"] for b in many] for name, many in tomllib.loads(text).items()
    }


@cache
def letters(half: Half) -> tuple[Letter, ...]:
    """Make all letters of a half."""
    return tuple(
        _letter(template, copy, around)
        for folder in half.folders
        for around in [blocks(folder)]
        for template in _of(folder)
        for copy in range(template.copies)
    )


def _letter(template: Template, copy: int, around: Blocks) -> Letter:
    name = f"{template.id}.{copy + 1}"
    gaps = Gaps(name)
    chance = gaps.chance
    marked = template.text if template.bare else _surrounded(template, around, chance)
    subject = gaps.fill(template.subject)
    marked = gaps.fill(marked)
    links = {name: gaps.fill(link) for name, link in LINKS.items()}
    text, html = as_text(marked, links), as_html(marked, links, chance)
    text, html, subject = noisy(text, html, subject, chance)
    postings = {
        gaps.posting(one) for one in gaps.used if one[0] in "pq" and one[1:].isdigit()
    }
    return Letter(
        id=name,
        template=template,
        raw=mail(
            sender=template.sender,
            to=template.to,
            subject=subject,
            text=text,
            html=html,
            date=format_datetime(gaps.sent_at),
            message_id=f"<{gaps.chance.getrandbits(64):016x}@sender.ozon.ru>",
            answers=f"<{name}@example.org>" if template.reply else "",
            shape=template.shape,
            asked=template.charset,
            chance=chance,
        ),
        sent_at=gaps.sent_at,
        sent="@example.org" in template.sender,
        postings=frozenset(postings),
        return_number=gaps.used.get("return"),
        tells=tuple(_truth(one, gaps) for one in template.tells),
        may=tuple(_truth(one, gaps) for one in template.may),
    )


def _surrounded(template: Template, around: Blocks, chance: Any) -> str:
    """Put a greeting, advertising and a footer around a letter, as companies do."""
    parts = [template.text.strip()]
    if chance.random() < 0.4:
        parts.insert(0, chance.choice(around["greeting"]))
    if chance.random() < 0.35:
        parts.append(chance.choice(around["advertising"]))
    if chance.random() < 0.7:
        parts.append(chance.choice(around["footer"]))
    return "\n\n".join(part.strip() for part in parts)


def _truth(said: str, gaps: Gaps) -> Truth:
    """Read `refund_paid order=2 posting=p1 amount=a+b promised_on=+3`."""
    kind, *pairs = said.split()
    values = dict(pair.split("=", 1) for pair in pairs)
    posting = values.pop("posting", None)
    order = gaps.order(values.pop("order", "1"))
    for name, value in values.items():
        if name == "amount":
            values[name] = f"{gaps.sum(value):.2f}"
        elif name in DATES:
            day: date = gaps.day(value)
            values[name] = day.isoformat()
        elif name == "return_number":
            values[name] = gaps.value("return")
    if posting:
        order = gaps.posting(posting).rpartition("-")[0]
    return Truth(
        EventKind(kind), order, gaps.posting(posting) if posting else None, values
    )
