"""Prepare the text of a step, or say which facts it lacks."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from triage.core.act import Act, effective
from triage.core.case import Fact
from triage.core.letter import facts_for, lacking
from triage.core.memo import write
from triage.core.sheet import plain
from triage.core.step import Letter, Standing, Step
from triage.edges import cases
from triage.edges.store import Store
from triage.errors import UsageError
from triage.jobs.assess import Bench

ON_PAPER = "-paper"  # ends the id of a letter that is another's form on paper


def facts(
    standing: Standing, acts: Sequence[Act], bench: Bench, step: str = ""
) -> dict[str, Fact]:
    """Return every fact that the letter of a step may use."""
    market = bench.packs.marketplace(standing.case.pack)
    return facts_for(
        standing,
        effective(acts),
        bench.packs.ladder_of(standing.case.pack),
        bench.owner,
        step=step,
        contacts=market.contacts,
        zone=bench.zone,
    )


def letter(
    standing: Standing,
    acts: Sequence[Act],
    bench: Bench,
    step_id: str = "",
    letter_id: str = "",
    *,
    paper: bool = False,
) -> str:
    """Write the letter of the case's step, or of the named one, with the marks of `sheet`.

    Of a text for somebody's form there may be another on paper, which `paper` prefers.

    Raises:
        UsageError: there is no such step or letter, or facts are lacking; the message
            says how to tell them.
    """
    step = find_step(standing, bench, step_id)
    text = _letter_of(step, bench, letter_id, paper=paper)
    known = facts(standing, acts, bench, step.id)
    names = bench.packs.ladder.fact_names
    if missing := lacking(text, known):
        number = standing.number or standing.case.id
        raise UsageError(
            f"письму «{text.title}» не хватает фактов",
            [
                f"{names.get(name, name)}: triage fact {number} {name}=…"
                if not name.startswith("owner_")
                else f"впишите в настройки: {names.get(name, name)}"
                for name in missing
            ],
        )
    return write(text, known, standing.case.rule, bench.packs.tongue)


def _letter_of(step: Step, bench: Bench, letter_id: str, *, paper: bool) -> Letter:
    letters = bench.packs.ladder.letters
    named = (step.letter, step.again, *step.more_letters)
    mine = [name for name in dict.fromkeys(named) if name in letters]
    if not mine:
        raise UsageError(
            f"шаг {step.rung} ({step.id}) обходится без письма: {step.action}"
        )
    if letter_id and letter_id not in mine:
        raise UsageError(
            f"у шага {step.rung} нет письма {letter_id}",
            [f"есть: {name} — {letters[name].title}" for name in mine],
        )
    if not letter_id and paper and mine[0] + ON_PAPER in mine:
        return letters[mine[0] + ON_PAPER]
    return letters[letter_id or mine[0]]


def find_step(standing: Standing, bench: Bench, step_id: str) -> Step:
    """Find a step of the case's plan by its id or rung; "" is the present one.

    Raises:
        UsageError: there is none.
    """
    ladder = bench.packs.ladder_of(standing.case.pack)
    called = str(standing.number or standing.case.id)
    plan = tuple(s.of_case(called) for s in ladder.plan(standing.case.rule))
    if standing.step is not None:  # as the facts that were told have it
        plan = tuple(now.step for now in standing.steps)
    if not step_id:
        if standing.step is None:
            raise UsageError("у этого дела сейчас нет шага; укажите его: --step STEP")
        return standing.step.step
    for step in plan:
        if step_id in (step.id, step.rung):
            return step
    known = ", ".join(f"{step.rung} {step.id}" for step in plan)
    raise UsageError(f"нет такого шага: {step_id}", [f"есть: {known}"])


def texts(
    store: Store, standings: Iterable[Standing], bench: Bench, now: datetime
) -> Mapping[str, str]:
    """Write the letters that are ready, by case id; those with gaps are left out."""
    standings = [s for s in standings if s.step and s.step.step.letter]
    acts = cases.acts_of(store, sorted({s.case.order for s in standings}), now)
    found = {}
    for standing in standings:
        step = standing.step
        if step is None or step.lacks:
            continue
        text = bench.packs.ladder.letters.get(step.step.letter)
        known = facts(standing, acts.get(standing.case.order, []), bench)
        if text is not None and not lacking(text, known):
            words = write(text, known, standing.case.rule, bench.packs.tongue)
            found[standing.case.id] = plain(words)
    return found
