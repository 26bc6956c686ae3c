"""What does not fit together in a law pack: names that lead nowhere, days that mislead."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from string import Template

from triage.core import calculation, law
from triage.core.chronology import FRAMES
from triage.core.letter import conditions
from triage.core.particulars import name_of
from triage.core.step import Accrual, Ladder, Step

DEFAULT = "default"
NORM_WORDS = ("cite", "within", "length", "limit")

_ANCHOR = re.compile(r"opened|(?:done|term):[a-z]+|fact:[a-z][a-z0-9_]*")


Nearest = Callable[[str, Iterable[str]], str]


def faults(ladder: Ladder, steps: Iterable[str], nearest: Nearest) -> Iterator[str]:
    """Yield every fault as `file: where: what`.

    `steps` are the ids there are; `nearest` suggests what was probably meant.
    """
    yield from _of_norms(ladder, nearest)
    known_steps = tuple(steps)
    for rule, plan in ladder.plans.items():
        for step in plan:
            where = f"ladder.toml: plan: {rule}: {step.id}"
            for one in (step, *(replace(step, **v.changes) for v in step.variants)):
                for fault in _of_step(ladder, one, known_steps, nearest):
                    yield f"{where}: {fault}"
            for variant in step.variants:
                if variant.fact not in ladder.fact_names:
                    near = nearest(variant.fact, ladder.fact_names)
                    yield f"{where}: when: unknown fact {variant.fact!r}{near}"
    for rule, rows in ladder.accruals.items():
        for row in rows:
            for fault in _of_accrual(ladder, row, known_steps, nearest):
                word = "interest" if row.yearly else "penalty"
                yield f"ladder.toml: plan: {rule}: {word}: {fault}"
    yield from _of_chronology(ladder, nearest)
    yield from _of_texts(ladder, nearest)


def _of_norms(ladder: Ladder, nearest: Nearest) -> Iterator[str]:
    for name in (*law.PHRASES, *calculation.PHRASES):
        if not ladder.phrases.get(name):
            yield f"law.toml: phrases: {name} is missing"
    for norm in ladder.norms.values():
        where = f"law.toml: norm: {norm.id}"
        if norm.kind not in ladder.kinds:
            yield f"{where}: unknown kind {norm.kind!r}{nearest(norm.kind, ladder.kinds)}"
        behind = ladder.norms.get(norm.then)
        if norm.then and (behind is None or behind.term is None or behind.then):
            yield f"{where}: then must name a last edge, not {norm.then!r}"
        for key, fact in (("base", norm.base), ("cap", norm.cap)):
            if fact and fact not in ladder.fact_names:
                yield f"{where}: {key}: unknown fact {fact!r}"


def _of_step(
    ladder: Ladder, step: Step, steps: tuple[str, ...], nearest: Nearest
) -> Iterator[str]:
    terms = [n for n, norm in ladder.norms.items() if norm.term is not None]
    letters = (step.letter, step.again, *step.more_letters)
    named: tuple[tuple[str, Iterable[str], Iterable[str]], ...] = (
        ("answer", (step.answer,), terms),
        ("window", (step.window,), terms),
        ("window_if", (step.window_if,), ladder.fact_names),
        ("basis", step.basis, ladder.norms),
        ("documents", step.documents, ladder.documents),
        ("locked_by", step.locked_by, steps),
        ("letter", letters, ladder.letters),
    )
    for key, used, known in named:
        for name in used:
            if name and name not in known:
                yield f"{key}: unknown {name!r}{nearest(name, known)}"
    window = ladder.norms.get(step.window)
    if window is not None and window.term is not None and window.term.shifts:
        yield f"window: {step.window!r} shifts, but it is the owner's own last day"
    for key in ("action", "after"):
        yield from _of_names(key, getattr(step, key), {"number"}, nearest)
    if step.locked_by and not step.lock_reason:
        yield "a locked step needs a lock_reason"
    if not step.due:
        yield "due names no day"
    for when in step.due:
        yield from _of_anchor(ladder, when.anchor, steps, nearest)
    if step.window:
        yield from _of_anchor(ladder, step.window_from, steps, nearest)


def _of_accrual(
    ladder: Ladder, row: Accrual, steps: tuple[str, ...], nearest: Nearest
) -> Iterator[str]:
    norm = ladder.norms.get(row.norm)
    if norm is None:
        yield f"unknown norm {row.norm!r}{nearest(row.norm, ladder.norms)}"
    elif bool(norm.rate_per_day) is row.yearly:
        yield f"{row.norm!r} is not a norm with{'out' * row.yearly} a rate"
    after = ladder.norms.get(row.after)
    if row.after and (after is None or after.term is None):
        yield f"after: unknown term {row.after!r}{nearest(row.after, ladder.norms)}"
    for key, fact in (("if", row.only_if), ("unless", row.unless), ("base", row.base)):
        if fact and fact not in ladder.fact_names:
            yield f"{key}: unknown fact {fact!r}{nearest(fact, ladder.fact_names)}"
    for anchor in filter(None, (row.anchor, row.until)):
        yield from _of_anchor(ladder, anchor, steps, nearest)


def _of_anchor(
    ladder: Ladder, text: str, steps: tuple[str, ...], nearest: Nearest
) -> Iterator[str]:
    for anchor in text.split("|"):
        what, _, name = anchor.partition(":")
        if not _ANCHOR.fullmatch(anchor):
            yield f"not an anchor: {anchor!r}"
        elif what == "fact" and name not in ladder.fact_names:
            yield f"unknown fact {name!r}{nearest(name, ladder.fact_names)}"
        elif what in {"done", "term"} and name not in steps:
            yield f"unknown step {name!r}{nearest(name, steps)}"


def _of_chronology(ladder: Ladder, nearest: Nearest) -> Iterator[str]:
    where = "ladder.toml: chronology"
    for name in FRAMES:
        if not ladder.chronology.get(name):
            yield f"{where}: {name} is missing"
    for name in ladder.chronology.keys() - ladder.fact_names.keys() - {*FRAMES}:
        yield f"{where}: unknown fact {name!r}{nearest(name, ladder.fact_names)}"


def _of_texts(ladder: Ladder, nearest: Nearest) -> Iterator[str]:
    """Name the placeholders that nothing will ever fill."""
    default = ladder.texts.get(DEFAULT, {})
    known = {*ladder.fact_names, *default}
    for norm_id in ladder.norms:
        known |= {f"{word}_{name_of(norm_id)}" for word in NORM_WORDS}
    for letter in ladder.letters.values():
        yield from _of_names(f"letters/{letter.id}.txt", letter.text, known, nearest)
    for place, passages in _passages(ladder):
        for name, text in passages.items():
            where = f"ladder.toml: plan: {place}: texts: {name}"
            if name not in default:
                yield f"{where}: the default plan has no such text"
            yield from _of_names(where, text, known, nearest)


def _passages(ladder: Ladder) -> Iterator[tuple[str, Mapping[str, str]]]:
    yield from ladder.texts.items()
    for rule, plan in ladder.plans.items():
        for step in plan:
            yield f"{rule}: {step.id}", step.texts
            for variant in step.variants:
                yield f"{rule}: {step.id}: when", variant.changes.get("texts", {})


def _of_names(
    where: str, text: str, known: set[str], nearest: Nearest
) -> Iterator[str]:
    template = Template(text)
    if not template.is_valid():
        yield f"{where}: a lone $ in the text"
        return
    for name in sorted({*template.get_identifiers(), *conditions(text)} - known):
        yield f"{where}: unknown fact {name!r}{nearest(name, known)}"
