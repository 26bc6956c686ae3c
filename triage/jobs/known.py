"""Say what is known of a case, which letter lacks what, and what may still be told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from triage.core.act import Act
from triage.core.case import Fact
from triage.core.letter import askable, lacking
from triage.core.particulars import DERIVED, PACK
from triage.core.step import Letter, Standing, Step
from triage.jobs.assess import Bench
from triage.jobs.prepare import facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """A letter of a step, and the facts that keep it back."""

    step: Step
    letter: Letter
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What letters, the owner and the settings say of a case, and what nobody does."""

    facts: tuple[Fact, ...]
    lacks: tuple[Lack, ...]
    useful: tuple[str, ...]  # facts that some letter would use, none waits for


def letters_of(standing: Standing, bench: Bench) -> Iterator[tuple[Step, Letter]]:
    """Yield the letters of every step of a case's plan, as the told facts have it."""
    ladder = bench.packs.ladder_of(standing.case.pack)
    plan = tuple(now.step for now in standing.steps)
    for step in plan or ladder.plan(standing.case.rule):
        for name in dict.fromkeys((step.letter, step.again, *step.more_letters)):
            if letter := ladder.letters.get(name):
                yield step, letter


def known(standing: Standing, acts: Sequence[Act], bench: Bench) -> Known:
    """Gather what is known of a case for all letters of its plan."""
    book, found = bench.packs.facts, facts(standing, acts, bench)
    lacks, useful = [], dict[str, None]()
    for step, letter in letters_of(standing, bench):
        there = facts(standing, acts, bench, step.id)
        if missing := lacking(letter, there):
            lacks.append(Lack(step=step, letter=letter, names=missing))
        asked = askable(letter, there) - there.keys() - {*missing}
        useful |= dict.fromkeys(name for name in book.told if name in asked)
    wanted = {name for lack in lacks for name in lack.names}
    return Known(
        facts=tuple(f for f in found.values() if f.evidence not in (PACK, DERIVED)),
        lacks=tuple(lacks),
        useful=tuple(name for name in book.told if name in useful.keys() - wanted),
    )
