"""Where each word of a letter comes from: a letter, the owner, the settings, a norm, a sum."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from triage.core.accrual import reckon
from triage.core.anchors import Anchors
from triage.core.case import Fact
from triage.core.counted import answered, in_words
from triage.core.form import FactBook
from triage.core.letter import lacking, render, used
from triage.core.particulars import CONFIG, DERIVED, GROWS_BY, PACK, name_of
from triage.core.progress import OWNER
from triage.core.step import Ladder, Letter, Norm, Step
from triage.core.sums import total
from triage.core.words import roubles

CONTACTS = "contacts"  # evidence of what a pack says of the marketplace
ABOUT_NORMS = ("cite_", "within_", "length_", "limit_")


class Source(StrEnum):
    """Who says it."""

    LETTER = "letter"
    OWNER = "owner"
    CONFIG = "config"
    PACK = "pack"
    NORM = "norm"
    DERIVED = "derived"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A fact of a letter, and what it rests on."""

    fact: Fact
    source: Source
    how: str = ""  # of what was worked out: in words, with its values
    inputs: tuple[str, ...] = ()  # the facts it is worked out from
    norms: tuple[Norm, ...] = ()
    step: str = ""  # of the day on which the owner took it


def reasons(  # noqa: PLR0917 - a letter, and all that it is made of
    letter: Letter,
    facts: Mapping[str, Fact],
    anchors: Anchors,
    step: Step,
    book: FactBook,
    contacts: Collection[str],
) -> dict[str, Reason]:
    """Explain every fact that stands in a letter, and those that it is worked out from.

    `facts` are those of the step, `contacts` the names of those about the marketplace.
    """
    facts = {
        name: replace(fact, evidence=CONTACTS)
        if name in contacts and fact.evidence == PACK
        else fact
        for name, fact in facts.items()
    }
    why = _Why(facts, anchors, step, book)
    found: dict[str, Reason] = {}
    wanted = list(used(letter, facts))
    while wanted:
        name = wanted.pop(0)
        if name not in found and (reason := why.of(name)):
            found[name] = reason
            wanted += reason.inputs
    return found


class _Why:
    """One case's facts, looked up by name."""

    def __init__(
        self, facts: Mapping[str, Fact], anchors: Anchors, step: Step, book: FactBook
    ) -> None:
        self.facts, self.anchors, self.step, self.book = facts, anchors, step, book
        self.ladder: Ladder = anchors.ladder
        self.by_name = {name_of(norm.id): norm for norm in self.ladder.norms.values()}

    def of(self, name: str) -> Reason | None:
        fact = self.facts.get(name)
        if fact is None and name == "caution":
            fact = Fact(name, "", DERIVED)
        if fact is None:
            return None
        if fact.evidence == OWNER:
            return Reason(fact=fact, source=Source.OWNER)
        if fact.evidence == CONFIG:
            return Reason(fact=fact, source=Source.CONFIG)
        if fact.evidence == CONTACTS:
            return Reason(fact=fact, source=Source.PACK)
        if fact.evidence != DERIVED:
            return Reason(fact=fact, source=Source.LETTER)
        return next(iter(self._worked_out(fact)), None)

    def _worked_out(self, fact: Fact) -> Iterator[Reason]:
        name, norms = fact.name, tuple(self._norms(fact.name))
        if name.startswith(ABOUT_NORMS) or name in {"within_answer", "ground"}:
            yield Reason(fact=fact, source=Source.NORM, norms=norms)
        step_id, _, what = name.removesuffix("_on").rpartition("_")
        if name.endswith("_sent_on"):
            yield Reason(fact=fact, source=Source.OWNER, step=step_id)
        if what in {"ended", "runs"} and step_id in self.anchors.steps:
            yield from self._term(fact, self.anchors.steps[step_id], norms)
        if name == "answer_by":
            yield from self._answer(fact, norms)
        if text := self.book.derived.get(name):
            how, inputs = self._spelt(text)
            yield Reason(
                fact=fact, source=Source.DERIVED, how=how, inputs=inputs, norms=norms
            )

    def _norms(self, name: str) -> Iterator[Norm]:
        """Yield the norms that a fact rests on."""
        norms = self.ladder.norms
        for prefix in ABOUT_NORMS:
            if name.startswith(prefix) and (about := name.removeprefix(prefix)):
                yield from filter(None, [self.by_name.get(about)])
        step_id = name.removesuffix("_on").rpartition("_")[0]
        taken = self.anchors.steps.get(step_id)
        ids: tuple[str, ...] = ()
        if name in {"within_answer", "answer_by"}:
            ids = (self.step.answer,)
        elif name == "ground":
            ids = self.step.basis
        elif name.startswith(("penalty", "interest", "calculation")):
            grows = self.facts.get(GROWS_BY)
            yield from filter(None, [self.by_name.get(grows.value if grows else "")])
        elif name.endswith(("_ended_on", "_runs_on")) and taken:
            ids = (taken.answer,)
        ids += NAMED.get(name, ())
        yield from (norms[one] for one in ids if one in norms)

    def _term(
        self, fact: Fact, step: Step, norms: tuple[Norm, ...]
    ) -> Iterator[Reason]:
        counted = answered(step, self.anchors, self.book.counted)
        received = f"{step.id}_received_on"
        inputs = received if received in self.facts else f"{step.id}_sent_on"
        if counted:
            how = in_words(counted, self.book.counted)
            yield Reason(
                fact=fact, source=Source.DERIVED, how=how, inputs=(inputs,), norms=norms
            )

    def _answer(self, fact: Fact, norms: tuple[Norm, ...]) -> Iterator[Reason]:
        progress = self.anchors.progress
        today = replace(
            self.anchors,
            progress=replace(
                progress, taken={**progress.taken, self.step.id: (self.anchors.today,)}
            ),
        )
        if counted := answered(self.step, today, self.book.counted):
            how = in_words(counted, self.book.counted)
            yield Reason(
                fact=fact,
                source=Source.DERIVED,
                how=how,
                inputs=("today",),
                norms=norms,
            )

    def _spelt(self, text: str) -> tuple[str, tuple[str, ...]]:
        """Fill an explanation in, and name the facts it is made of."""
        known = {**self.facts, **{f.name: f for f in self._inputs()}}
        template = Letter(id="", title="", text=text)
        titles = self.ladder.fact_names
        known |= {
            name: Fact(name, titles.get(name, name), DERIVED)
            for name in lacking(template, known)
        }
        inputs = tuple(n for n in used(template, known) if n in self.facts)
        return ", ".join(render(template, known).split("\n")[:-1]), inputs

    def _inputs(self) -> Iterator[Fact]:
        """Yield what an explanation may name beside facts."""
        case, found = self.anchors.case, reckon(self.anchors)
        if found and found.fulfilled:
            return
        if case.whole is not None:
            yield Fact("stake", roubles(case.whole), DERIVED)
        if case.repaid:
            yield Fact("repaid", roubles(total(case.repaid)), DERIVED)


NAMED: Mapping[str, tuple[str, ...]] = {
    "court": ("court-23",),
    "duty_free": ("duty-333.36",),
    "fine_possible": ("fine-13",),
    "limitation_on": ("limitation-196",),
}
"""The norms that a sum or a day of the calculation rests on."""
