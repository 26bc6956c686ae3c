"""What a letter may say of a case: facts as letters write them, norms, what was worked out."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache

from triage.core import law
from triage.core.accrual import Reckoning, doubt_of, reckon
from triage.core.anchors import Anchors, end_of
from triage.core.calculation import cells, per_cent, plain
from triage.core.case import Case, Fact
from triage.core.chronology import RECKONED, chronology
from triage.core.inwords import amount_in_words
from triage.core.progress import OWNER
from triage.core.step import Ladder, Step
from triage.core.sums import NOTHING, fine
from triage.core.words import day, days, parse_amount, parse_date, roubles

CONFIG = "config"  # evidence of what the configuration says
PACK = "pack"  # evidence of a passage of the packs
DERIVED = "derived"  # evidence of what was worked out from other facts
DATES = frozenset({"keep_until", "moved_to"})  # dates beside those named `_on`
SUMS = ("amount", "balance")  # how the names of sums begin
RELIES_ON = "relies_on"  # fact: the norms that the step rests on
GROWS_BY = "grows_by"  # fact: the norm by which a sum grows
RATE_ASKED = "rate_asked"  # fact: in words, that the key rate is wanted

Facts = Mapping[str, Fact]


def prepare(
    anchors: Anchors, owner: Mapping[str, str], contacts: Mapping[str, str]
) -> Callable[[Step | None], dict[str, Fact]]:
    """Gather the facts of a case once, and return how to add those of a step."""
    case, ladder = anchors.case, anchors.ladder
    told = [
        *(
            Fact(name, value, PACK)
            for name, value in ladder.texts_of(case.rule).items()
        ),
        *_of_norms(ladder, anchors.today),
        *(Fact(name, value, PACK) for name, value in contacts.items()),
        *(Fact(f"owner_{k}", v, CONFIG) for k, v in owner.items() if v.strip()),
        *case.facts,
        *anchors.progress.told,
    ]
    facts = {f.name: written(f, case.opened_on) for f in told}
    found = reckon(anchors)
    for name, value in _at_stake(case, found):
        if name not in facts or facts[name].value != value:  # the owner's word as it is
            facts[name] = Fact(name, value, DERIVED)
    for name, value in _worked_out(anchors, facts):
        facts.setdefault(name, Fact(name, value, DERIVED))
    if found is not None:
        for name, value in _grown(anchors, found):
            facts.setdefault(name, Fact(name, value, DERIVED))
        by = name_of(found.norm.id)
        facts[GROWS_BY] = Fact(GROWS_BY, by, DERIVED)
        if doubt := doubt_of(found, anchors):
            about = "" if found.rate_asked else found.norm.cite
            facts[f"doubt_{by}"] = Fact(f"doubt_{by}", doubt, DERIVED, about)
            if found.rate_asked:
                facts[RATE_ASKED] = Fact(RATE_ASKED, doubt, DERIVED)

    def with_step(step: Step | None) -> dict[str, Fact]:
        if step is None:
            return facts
        own = {name: Fact(name, value, PACK) for name, value in step.texts.items()}
        added = _of_step(anchors, step)
        return facts | own | {name: Fact(name, v, DERIVED) for name, v in added}

    return with_step


def written(fact: Fact, anchor: date) -> Fact:
    """Write dates and sums as a letter does; other words stay, on one line."""
    if fact.evidence in (PACK, DERIVED):
        return fact
    value = " ".join(fact.value.split())
    if fact.name.startswith(SUMS) and (amount := parse_amount(value)) is not None:
        value = roubles(amount)
    elif fact.name.endswith("_on") or fact.name in DATES:
        on = parse_date(value, anchor)
        value = day(on) if on else value
    return replace(fact, value=value)


@lru_cache(maxsize=8)
def _of_norms(ladder: Ladder, today: date) -> tuple[Fact, ...]:
    """List how each norm may be cited on a day, and its length in words."""
    return tuple(_each_norm(ladder, today))


def _each_norm(ladder: Ladder, today: date) -> Iterator[Fact]:
    phrases = ladder.phrases
    for norm in ladder.norms.values():
        name = name_of(norm.id)
        if words := law.cite(norm, today):
            yield Fact(f"cite_{name}", words, DERIVED)
        if doubt := law.doubt(norm, today, phrases):
            yield Fact(f"doubt_{name}", doubt, DERIVED, norm.cite)
        if norm.limit is not None and norm.holds_on(today):
            yield Fact(f"limit_{name}", roubles(norm.limit), DERIVED)
        if norm.term is not None:
            yield Fact(f"within_{name}", law.within(norm, today, phrases), DERIVED)
            if norm.holds_on(today) and not law.is_stale(norm, today):
                yield Fact(f"length_{name}", law.length(norm), DERIVED)


def name_of(norm_id: str) -> str:
    """Write a norm's id as a part of a fact's name: penalty-23.1 -> penalty_23_1."""
    return norm_id.replace("-", "_").replace(".", "_")


def _at_stake(case: Case, found: Reckoning | None) -> Iterator[tuple[str, str]]:
    """Tell what is still to be demanded, as everything else tells it.

    Of what came late after all that is the sum that has grown alone.
    """
    amount = case.amount
    if found and found.fulfilled and found.calculation:
        amount = found.calculation.total
    if amount is not None:
        yield "amount", roubles(amount)
        yield "amount_in_words", amount_in_words(amount)


def _worked_out(anchors: Anchors, known: Facts) -> Iterator[tuple[str, str]]:
    case, today = anchors.case, anchors.today
    yield "today", day(today)
    if told := _told_by_day(anchors):
        yield "chronology", told
    yield "order", case.order
    yield "number", anchors.called
    yield "order_tail", "…" + "".join(c for c in case.order if c.isdigit())[-3:]
    if case.posting:
        yield "posting", case.posting
    yield "marketplace", case.pack.title()
    yield "opened_on", day(case.opened_on)
    places = [known[n].value for n in ("owner_address", "owner_email") if n in known]
    if places:
        phone = [known["owner_phone"].value] if "owner_phone" in known else []
        yield "owner_contact", ", ".join([*places, *phone])
    for step_id in anchors.steps:
        done_on = anchors.progress.done_on(step_id)
        if done_on is None:
            continue
        yield f"{step_id}_sent_on", day(done_on)
        end = anchors.term_end(step_id)
        if end is not None and anchors.steps[step_id].answer:
            name = f"{step_id}_{'ended' if end < today else 'runs'}_on"
            yield name, day(end)
            start = anchors.term_start(step_id)
            doubts = [anchors.uncounted_answer(anchors.steps[step_id], start)]
            if end < today:
                doubts.append(anchors.unreceived(step_id))
            if unsure := "; ".join(filter(None, doubts)):
                yield f"doubt_{name}", unsure
                yield "doubt_chronology", unsure


def _told_by_day(anchors: Anchors) -> str:
    """Tell the course of the case: from letters, from the owner, and the steps taken."""
    steps = []
    for step_id, step in anchors.steps.items():
        taken_on, end = anchors.progress.done_on(step_id), anchors.term_end(step_id)
        if taken_on:
            steps.append((f"{step_id}_sent_on", taken_on, OWNER))
        if taken_on and step.answer and end and end < anchors.today:
            steps.append((f"{step_id}_ended_on", end, RECKONED))
    return chronology(
        (
            *anchors.case.facts,
            *anchors.progress.told,
            *(Fact(name, on.isoformat(), source) for name, on, source in steps),
        ),
        anchors.ladder.chronology,
        anchors.case.opened_on,
    )


def _grown(anchors: Anchors, found: Reckoning) -> Iterator[tuple[str, str]]:
    """Tell what has grown on the debt up to and including today, and how."""
    ladder, today = anchors.ladder, anchors.today
    limitation = ladder.norms.get("limitation-196")
    if found.due_on and limitation and limitation.term:
        # of several days from which it may run the first: it is the owner's own term
        since = min(found.due_on, anchors.case.opened_on)
        end = end_of(limitation.term, since, ladder.calendar)
        if end and law.counts(limitation, today):
            yield "limitation_on", day(end)
    calculation = found.calculation
    if calculation is None:
        return
    rate = calculation.rows[0].rate
    what = "interest" if found.accrual.yearly else "penalty"
    yield what, roubles(calculation.total)
    yield f"{what}_days", days(calculation.days)
    yield f"{what}_from", day(calculation.from_on)
    if what == "penalty":
        yield "penalty_rate", per_cent(rate)
        yield "penalty_base", roubles(calculation.rows[0].base)
    yield "calculation_table", plain(cells(calculation, ladder.phrases))
    if found.unsure:
        yield "doubt_calculation_table", found.unsure
    yield "calculation_through", day(calculation.to_on)
    yield "calculation_total", roubles(calculation.total)
    yield "calculation_ground", law.cite(found.norm, today)
    if calculation.cap is not None:
        yield "calculation_cap", roubles(calculation.cap)
    left = NOTHING if found.fulfilled else calculation.left
    if left:
        yield "amount_left", roubles(left)
    yield from _in_court(anchors, left, calculation.total)


def _in_court(
    anchors: Anchors, left: Decimal, grown: Decimal
) -> Iterator[tuple[str, str]]:
    """Tell what a court would be asked for, which court, and the fine as possible."""
    ladder, today = anchors.ladder, anchors.today
    value = left + grown
    yield "claim_value", roubles(value)
    peace = ladder.norms.get("court-23")
    if peace and peace.limit and law.counts(peace, today):
        small = value <= peace.limit
        yield "court", ladder.phrases["court_peace" if small else "court_district"]
    duty = ladder.norms.get("duty-333.36")
    if duty and duty.limit and law.counts(duty, today) and value <= duty.limit:
        yield "duty_free", ladder.phrases["duty_free"]
    ended_on = anchors.term_end("claim")
    norm = ladder.norms.get("fine-13")
    if norm and law.counts(norm, today) and ended_on and ended_on < today:
        yield "fine_possible", roubles(fine(left, grown))


def _of_step(anchors: Anchors, step: Step) -> Iterator[tuple[str, str]]:
    ladder, today = anchors.ladder, anchors.today
    norms = (*step.basis, *filter(None, [step.answer]))
    yield "addressee", step.addressee
    yield (
        "documents_list",
        "\n".join(f"— {ladder.documents[d]}" for d in step.documents),
    )
    if ground := law.basis([ladder.norms[n] for n in step.basis], today):
        yield "ground", ground
    answer = ladder.norms.get(step.answer)
    if answer is not None:
        yield "within_answer", law.within(answer, today, ladder.phrases)
        by = anchors.answer_by(step, today)
        if by is not None and not law.is_stale(answer, today):
            yield "answer_by", day(by)
            if unsure := anchors.uncounted_answer(step, today):
                yield "doubt_answer_by", unsure
    yield RELIES_ON, " ".join(name_of(norm) for norm in norms)
