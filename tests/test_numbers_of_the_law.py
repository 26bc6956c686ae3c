"""A number of the law is one line of data: change it, and what is counted from it moves."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from builders import MOSCOW, on
from hypothesis import given
from hypothesis import strategies as st
from ladders import CONTACTS, OWNER, a_case, did, ru, ru_files, told
from test_letters import BY_LETTERS

from triage.core.anchors import end_of
from triage.core.deadline import Term
from triage.core.ladder import stand
from triage.core.letter import facts_for
from triage.core.particulars import name_of
from triage.core.step import Ladder, Standing, Step
from triage.edges.lawpack import read_ladder

TODAY = "2026-11-12"
LAW = ru_files()["law.toml"].decode()


def with_line(norm: str, line: str, new: str) -> Ladder:
    """Read the pack with one line of a norm written anew."""
    heading = re.search(rf'(?m)^\[norm\."?{re.escape(norm)}"?\].*\n', LAW)
    assert heading, norm
    head, found, rest = LAW[: heading.start()], heading[0], LAW[heading.end() :]
    own, mark, others = rest.partition("\n[")
    changed, count = re.subn(rf"(?m)^{line} *=.*$", f"{line} = {new}", own)
    assert count == 1, (norm, line)
    text = f"{head}{found}{changed}{mark}{others}"
    before, after = LAW.splitlines(), text.splitlines()
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 1
    problems: list[str] = []
    ladder = read_ladder({**ru_files(), "law.toml": text.encode()}, problems)
    assert ladder is not None, problems
    return ladder


def every_step() -> list[tuple[str, Step, dict[str, str]]]:
    """List the steps of every plan, and those that a told fact makes of them."""
    found = []
    for rule, plan in ru().plans.items():
        for step in plan:
            found.append((rule, step, {}))
            for variant in step.variants:
                if not variant.omit:
                    told_so = {variant.fact: variant.words[0]}
                    found.append((rule, replace(step, **variant.changes), told_so))
    return found


def uses(norm: str, key: str) -> tuple[str, str, dict[str, str]] | None:
    """Find a step whose deadline a norm makes, as `answer` or as `window`."""
    for rule, step, facts in every_step():
        if rule != "default" and getattr(step, key) == norm:
            return rule, step.id, facts
    return None


def place(
    ladder: Ladder, rule: str, facts: dict[str, str], *steps: str, day: str = TODAY
) -> Standing:
    late = rule == "delivery-overdue"  # and never handed over, unless that is told
    known = {n: v for n, v in BY_LETTERS.items() if not late or n != "delivered_on"}
    case = a_case(rule, opened="2026-11-02", **known)
    acts = [did(case, step, "2026-11-12") for step in steps]
    acts += [told(case, name, value) for name, value in facts.items()]
    return stand(
        case,
        1,
        acts,
        [],
        ladder,
        OWNER,
        on(day),
        zone=MOSCOW,
        contacts=CONTACTS,
    )


def deadline(now: Standing, step: str) -> date | None:
    return next(each.deadline_on for each in now.steps if each.step.id == step)


TERMS = sorted(n for n, norm in ru().norms.items() if norm.term is not None)
ANSWERS = [n for n in TERMS if uses(n, "answer")]
WINDOWS = [n for n in TERMS if uses(n, "window")]
ACCRUALS = sorted(n for n, norm in ru().norms.items() if norm.rate_per_day)
LIMITS = sorted(n for n, norm in ru().norms.items() if norm.limit is not None)


@pytest.mark.parametrize("norm", ANSWERS)
def test_a_longer_answer_term_moves_the_deadline_of_the_plan(norm):
    rule, step, facts = uses(norm, "answer")
    changed = with_line(norm, "value", str(ru().norms[norm].term.value + 20))

    before = deadline(place(ru(), rule, facts, step), step)
    after = deadline(place(changed, rule, facts, step), step)

    assert before is not None
    assert after > before


@pytest.mark.parametrize("norm", WINDOWS)
def test_a_longer_window_moves_the_owners_last_day(norm):
    rule, step, facts = uses(norm, "window")
    term = ru().norms[norm].term
    changed = with_line(norm, "value", str(term.value + 20))

    wanted = {s.window_if for _, s, _ in every_step() if s.window_if}
    asked = {name: "да" for name in wanted if not name.endswith("_on")} | facts
    before = deadline(place(ru(), rule, asked), step)
    after = deadline(place(changed, rule, asked), step)

    assert before is not None
    assert after > before


def standing_by(ladder: Ladder) -> Standing:
    return stand(a_case(), 1, [], [], ladder, OWNER, on(TODAY), zone=MOSCOW)


@pytest.mark.parametrize("norm", TERMS)
def test_a_term_is_written_in_letters_as_its_line_says(norm):
    term = ru().norms[norm].term
    changed = with_line(norm, "value", "77")
    assert changed.norms[norm].term == Term(77, term.unit, term.shifts)

    name = f"within_{name_of(norm)}"
    before, after = (
        facts_for(standing_by(ladder), [], ladder, OWNER)[name].value
        for ladder in (ru(), changed)
    )

    if "77" not in after:  # not in force today, or read too long ago
        assert before == after == ru().phrases["within_unsure"]


@pytest.mark.parametrize("norm", ACCRUALS)
def test_a_rate_is_counted_as_its_line_says(norm):
    changed = with_line(norm, "rate_per_day", '"0.0001"')
    rules = [
        rule
        for rule, rows in ru().accruals.items()
        if any(row.norm == norm for row in rows)
    ]
    if not rules:
        pytest.skip("no plan counts with it: it is only cited")
    sums = []
    for ladder in (ru(), changed):
        for rule in rules:
            case = a_case(
                rule,
                opened="2026-11-03",
                **{k: v for k, v in BY_LETTERS.items() if k != "delivered_on"},
            )
            acts = [
                did(case, "claim", "2026-11-03"),
                told(case, "defect", "не включается"),
                told(case, "complex_goods", "да"),
            ]
            facts = facts_for(
                stand(case, 1, acts, [], ladder, OWNER, on("2026-12-20"), zone=MOSCOW),
                acts,
                ladder,
                OWNER,
            )
            grown = facts.get("penalty")
            by = facts.get("grows_by")
            if grown and by and by.value == name_of(norm):
                sums.append((ladder is changed, grown.value))

    assert {new for new, _ in sums} == {False, True}
    assert not {s for new, s in sums if new} & {s for new, s in sums if not new}


@pytest.mark.parametrize("norm", LIMITS)
def test_a_limit_is_written_as_its_line_says(norm):
    changed = with_line(norm, "limit", '"777"')

    facts = facts_for(standing_by(changed), [], changed, OWNER)

    assert facts[f"limit_{name_of(norm)}"].value.startswith("777,00")


def test_a_due_day_moves_with_the_norm_it_waits_for():
    changed = with_line("claim-after", "value", "9")

    days = [
        next(
            s.due_on
            for s in place(ladder, "defective", {}).steps
            if s.step.id == "claim"
        )
        for ladder in (ru(), changed)
    ]

    assert days[1] == on("2026-11-02") + timedelta(days=9)
    assert days[0] != days[1]


BY_HAND = [
    ("refund-22", "2026-11-13", "2026-11-23"),
    ("refund-22", "2026-04-21", "2026-05-04"),  # 1 May, then a weekend
    ("refund-22", "2026-04-29", "2026-05-12"),  # a Saturday, and 11 May is off
    ("refund-22", "2026-05-01", "2026-05-12"),
    ("refund-22", "2026-12-21", "2027-01-11"),  # 31 December is off
    ("refund-26.1", "2026-12-30", "2027-01-11"),
    ("refund-26.1", "2027-02-10", "2027-02-20"),  # a worked Saturday
    ("replace-21", "2026-04-24", "2026-05-04"),
    ("replace-21-check", "2026-12-14", "2027-01-11"),
    ("replace-21-absent", "2027-01-31", "2027-03-01"),  # 28 February is a Sunday
    ("replace-21-absent", "2026-12-01", "2027-01-11"),
    ("repair-20-agreed", "2026-11-20", "2027-01-11"),
    ("rpn-answer", "2026-12-02", "2027-01-11"),
    ("bank-answer", "2026-04-20", "2026-05-13"),
    ("bank-answer", "2026-12-30", "2027-01-29"),
    ("bank-answer", "2027-02-15", "2027-03-10"),
    ("complex-18", "2026-12-25", "2027-01-09"),  # the owner's own: never later
    ("refuse-26.1", "2026-04-25", "2026-05-02"),
    ("refuse-26.1-untold", "2026-11-30", "2027-02-28"),
    ("ozon-dispute", "2026-12-29", "2027-01-03"),
    ("warranty-19", "2026-02-28", "2028-02-28"),
    ("bank-150", "2026-10-31", "2027-03-30"),
]


@given(st.dates(date(2026, 1, 1), date(2027, 11, 1)))
def test_no_bank_is_said_to_be_late_before_either_term_that_may_hold_has_passed(
    sent_on,
):
    norms, calendar = ru().norms, ru().calendar
    possible = (norms["bank-answer"].term, norms["bank-dispute-answer"].term)

    waited = end_of(norms["bank-wait"].term, sent_on, calendar)

    assert waited >= max(term.ends_on(sent_on, calendar) for term in possible)


@pytest.mark.parametrize(("norm", "start", "end"), BY_HAND)
def test_terms_end_on_the_days_counted_by_hand(norm, start, end):
    assert end_of(ru().norms[norm].term, on(start), ru().calendar) == on(end)
