"""Prepared texts: facts put into a letter, and never a gap.

A text holds `$names` of facts. A line that starts with `?name` is kept only when the
fact is known, with `?!name` only when it is not; several may stand in a row. Passages of
the packs (evidence "pack") are put in first and may hold names and such lines themselves.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, tzinfo
from functools import lru_cache
from string import Template

from triage.core import law
from triage.core.act import Act, ActKind
from triage.core.anchors import Anchors
from triage.core.case import Fact
from triage.core.particulars import (
    DERIVED,
    GROWS_BY,
    PACK,
    RATE_ASKED,
    RELIES_ON,
    Facts,
    prepare,
)
from triage.core.progress import Progress, told_in
from triage.core.step import Ladder, Letter, Standing

NESTING = 3  # how deep passages may hold passages
SPRINGS_FROM = {"amount_in_words": "amount"}
"""What is worked out -> the fact to tell for it."""

_CONDITION = re.compile(r"\?(!?)([a-z][a-z0-9_]*)[ \t]*")
_BLANKS = re.compile(r"\n{3,}")
_YEAR_STOP = re.compile(r"(?<=\d )г\.\.")  # «2026 г.» at the end of a sentence


def lacking(letter: Letter, facts: Facts) -> tuple[str, ...]:
    """Name the facts a letter still needs, sorted."""
    needed = set(_names(_expanded(letter.text, facts)))
    return tuple(sorted({SPRINGS_FROM.get(n, n) for n in needed - facts.keys()}))


def used(letter: Letter, facts: Facts) -> tuple[str, ...]:
    """Name the facts that stand in a letter as it is written, in their order."""
    facts = _with_cautions(letter, facts)
    return _names(_expanded(letter.text, facts))


def askable(letter: Letter, facts: Facts) -> frozenset[str]:
    """Name every fact that a letter would have a place for, if it were known."""
    text = _put_together(letter.text, facts)
    return conditions(text) | {*_names(text)}


def render(letter: Letter, facts: Facts) -> str:
    """Fill a letter in.

    Raises:
        LookupError: facts are lacking; the message names them.
    """
    if missing := lacking(letter, facts):
        raise LookupError(f"letter {letter.id} lacks {', '.join(missing)}")
    facts = _with_cautions(letter, facts)
    values = {name: fact.value for name, fact in facts.items()}
    text = Template(_expanded(letter.text, facts)).substitute(values)
    return _BLANKS.sub("\n\n", _YEAR_STOP.sub("г.", text)).strip() + "\n"


def _with_cautions(letter: Letter, facts: Facts) -> Facts:
    """Say in `caution` what is doubtful about the norms a letter cites or relies on.

    Beside norms a day may be doubtful, and what was counted from it.
    """
    names = _names(_expanded(letter.text, facts))
    norms = [n.removeprefix("cite_") for n in names]
    if RELIES_ON in facts:
        norms += facts[RELIES_ON].value.split()
    if GROWS_BY in facts and _counts(letter, facts):
        norms.append(facts[GROWS_BY].value)
    doubts = [facts[f"doubt_{n}"] for n in norms if f"doubt_{n}" in facts]
    if not doubts:
        return facts
    words = law.cautions((doubt.value, doubt.quote) for doubt in doubts)
    return {**facts, "caution": Fact("caution", words, DERIVED)}


def rate_asked(letter: Letter, facts: Facts) -> str:
    """Say that the key rate is wanted, of a letter that would count with it; else ""."""
    asked = facts.get(RATE_ASKED)
    return asked.value if asked and _counts(letter, facts) else ""


def _counts(letter: Letter, facts: Facts) -> bool:
    """Say whether a letter has a place for the calculation."""
    return "$calculation_table" in _put_together(letter.text, facts)


def _put_together(text: str, facts: Facts) -> str:
    """Put the packs' passages into a text."""
    for _ in range(NESTING):
        known = ((name, facts[name]) for name in _names(text) if name in facts)
        passages = tuple((n, f.value) for n, f in known if f.evidence == PACK)
        before, text = text, _with_passages(text, passages)
        if text == before:
            break
    return text


def _expanded(text: str, facts: Facts) -> str:
    text = _put_together(text, facts)
    known = frozenset(name for name in conditions(text) if name in facts)
    return _with_lines(text, known)


# The packs' texts are few, and the same for every case of a rule: what comes of one is
# remembered.


@lru_cache(maxsize=1024)
def _names(text: str) -> tuple[str, ...]:
    return tuple(Template(text).get_identifiers())


@lru_cache(maxsize=1024)
def _with_passages(text: str, passages: tuple[tuple[str, str], ...]) -> str:
    return Template(text).safe_substitute(dict(passages))


@lru_cache(maxsize=1024)
def _with_lines(text: str, known: frozenset[str]) -> str:
    """Keep the lines whose conditions hold."""
    lines = (_kept(line, known) for line in text.split("\n"))
    return "\n".join(line for line in lines if line is not None)


@lru_cache(maxsize=1024)
def conditions(text: str) -> frozenset[str]:
    """Name the facts that lines of a text are kept or dropped by."""
    found = set()
    for line in text.split("\n"):
        at = 0
        while match := _CONDITION.match(line, at):
            found.add(match[2])
            at = match.end()
    return frozenset(found)


def _kept(line: str, known: frozenset[str]) -> str | None:
    while match := _CONDITION.match(line):
        if (match[2] in known) is bool(match[1]):
            return None
        line = line[match.end() :]
    return line


def facts_for(
    standing: Standing,
    acts: Sequence[Act],
    ladder: Ladder,
    owner: Mapping[str, str],
    *,
    step: str = "",
    contacts: Mapping[str, str] | None = None,
    zone: tzinfo = UTC,
) -> dict[str, Fact]:
    """Gather every fact a letter of the case may use, written as a letter writes it.

    `step` is the step whose letter it is, by default the standing's own.
    """
    case, now = standing.case, standing.step
    taken = {s.step.id: (s.done_on,) for s in standing.steps if s.done_on}
    done = Progress(told=told_in(acts, case, zone), taken=taken)
    anchors = Anchors.of(case, done, ladder, standing.today, number=standing.number)
    chosen = anchors.steps.get(step, now.step if now else None)
    facts = prepare(anchors, owner, contacts or {})(chosen)
    names = dict.fromkeys(a.data["name"] for a in acts if a.kind is ActKind.ATTACHED)
    if names:
        listed = "\n".join(f"— {' '.join(name.split())}" for name in names)
        facts["attached_list"] = Fact("attached_list", listed, DERIVED)
    return facts
