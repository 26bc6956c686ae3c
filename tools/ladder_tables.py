"""Write the tables of docs/ladder.md from the packs: `make docs`, or this file itself.

A test makes them again and compares, so that the page says what the program does.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from triage.core.deadline import Term
from triage.core.pack import Packs
from triage.core.rule import Rule
from triage.core.step import TOLD, Ladder, Norm, Step, Variant, When
from triage.edges.packs import load

PAGE = Path(__file__).parents[1] / "docs" / "ladder.md"
BEGIN, END = "<!-- plans -->", "<!-- /plans -->"
HEAD = ("step", "due", "deadline", "kind", "ground", "letter")


def pages(packs: Packs) -> str:
    """Write a table for every issue, and one for what is the same in all of them."""
    ladder, (market, *_) = packs.ladder, packs.marketplaces
    default = ladder.plans["default"]
    rules = {rule.id: rule for rule in market.rules}
    own = [rule for rule in ladder.plans if rule in rules]
    parts = [
        "### Every issue: what the way of payment changes\n",
        *_table(row for step in default for row in _variants(ladder, step, ())),
    ]
    known = {step.id: step.variants for step in default}
    for rule_id in own:
        parts += [f"\n### {rules[rule_id].title} (`{rule_id}`)\n"]
        parts += [_opening(packs, rules[rule_id]), ""]
        parts += _table(
            row
            for step in ladder.plan(rule_id)
            for row in (
                _row(ladder, step),
                *_variants(ladder, step, known.get(step.id, ())),
            )
        )
    return "\n".join(parts).replace("\u00a0", " ")


def _opening(packs: Packs, rule: Rule) -> str:
    """Say what starts an issue, what ends it and when it stays quiet."""
    said: Mapping[str, str] = packs.events
    starts = [said[kind] for kind in rule.since]
    starts += ["the owner's report"] if rule.report else []
    check = f"the sums (`{rule.check.value}`)" if rule.check else ""
    ends = [said[kind] for kind in (*rule.until, *rule.until_repaid)]
    ends += [*filter(None, [check]), "the owner's word"]
    grace = rule.grace
    when = f"{_length(grace.term)} later" if grace.term.value else "at once"
    if grace.start:
        side = "before" if grace.before else "after"
        when = f"{_length(grace.term)} {side} `{grace.start}`"
    grows = packs.ladder.accruals.get(rule.id, ())
    cites = "; ".join(packs.ladder.norms[row.norm].cite for row in grows)
    more = f"\nGrows with the delay, one of: {cites}." if grows else ""
    return (
        f"Starts with: {'; '.join(starts)}. Opens: {when}. Ends with: "
        f"{'; '.join(ends)}.\nQuiet when {rule.quiet_when}. {rule.basis}.{more}"
    )


def _table(rows: Iterable[tuple[str, ...]]) -> list[str]:
    lines = [HEAD, ("---",) * len(HEAD), *rows]
    return [f"| {' | '.join(cells)} |" for cells in lines]


def _row(ladder: Ladder, step: Step, chosen: str = "") -> tuple[str, ...]:
    terms = [
        (who, ladder.norms[name])
        for who, name in (("yours", step.window), ("theirs", step.answer))
        if name
    ]
    cites = (ladder.norms[name].cite for name in step.basis)
    letters = (step.letter, step.again, *step.more_letters)
    return (
        f"{step.rung} `{step.id}`{chosen}",
        _due(step.due, step) + (_lock(step)),
        "<br>".join(f"{who}: {_long(norm)}" for who, norm in terms) or "—",
        "<br>".join(norm.kind for _, norm in terms) or "—",
        "; ".join(dict.fromkeys(filter(None, cites))) or "—",
        ", ".join(dict.fromkeys(f"`{name}`" for name in letters if name)) or "—",
    )


def _due(due: Iterable[When], step: Step) -> str:
    days = (
        ", else ".join(map(_anchor, when.anchor.split("|")))
        + (f" + {_length(when.term)}" if when.term.value else "")
        + (", if known" if when.maybe else "")
        for when in due
    )
    more = " (optional)" * step.optional + " (background)" * step.background
    return ", and ".join(days) + more


def _lock(step: Step) -> str:
    terms = " and ".join(f"`{name}`" for name in step.locked_by)
    return f"; locked until the term of {terms} ran out" if terms else ""


def _anchor(anchor: str) -> str:
    what, _, name = anchor.partition(":")
    words = {
        "opened": "the day it opens",
        "done": f"`{name}` done",
        "term": f"end of the term of `{name}`",
    }
    return words.get(what, f"`{name}`")


def _long(norm: Norm) -> str:
    return _length(norm.term) if norm.term else ""


def _length(term: Term) -> str:
    unit = term.unit.value.replace("calendar_", "").replace("_", " ")
    return f"{term.value} {unit if term.value != 1 else unit.removesuffix('s')}"


def _variants(
    ladder: Ladder, step: Step, but: Iterable[Variant]
) -> Iterator[tuple[str, ...]]:
    for variant in step.variants:
        if variant in but:
            continue
        words = variant.words
        chosen = f", {variant.fact}" + (" told" if TOLD in words else f" = {words[0]}")
        if variant.omit:
            yield (f"{step.rung} `{step.id}`{chosen}", "never", *"————")
        else:
            yield _row(ladder, replace(step, **variant.changes), chosen)


def page(text: str, packs: Packs) -> str:
    """Put the tables in their place on the page."""
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n{pages(packs)}\n{END}{tail}"


def main() -> int:
    packs = load(["ozon"], "ru", None)
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), packs), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
