"""What may be said of a norm on a day: cited, counted, doubted, or left out."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import on
from ladders import OWNER, a_case, did, ru, standing

from triage.core import law
from triage.core.deadline import Term, Unit
from triage.core.ladder import stand
from triage.core.letter import facts_for

NORMS = ru().norms
PHRASES = ru().phrases


def cited(norm: str, day: str) -> str:
    return law.cite(NORMS[norm], on(day))


@pytest.mark.parametrize(
    ("norm", "first"),
    [
        ("fine-13-exceptions", "2026-02-01"),  # 500-ФЗ
        ("no-assignment", "2026-02-01"),
        ("price-24", "2026-02-01"),
        ("recurring-16.1", "2026-03-01"),  # 376-ФЗ
        ("return-way", "2026-02-17"),  # № 7-П
        ("channels-59", "2025-03-30"),  # 547-ФЗ
        ("bank-answer", "2024-07-01"),  # 442-ФЗ
        ("bank-answer-more", "2024-07-01"),
        ("dodging-14.8", "2023-10-30"),  # 505-ФЗ
        ("platforms-289", "2026-10-01"),
    ],
)
def test_a_new_norm_is_not_cited_before_its_first_day(norm, first):
    before = on(first) - timedelta(days=1)

    assert law.cite(NORMS[norm], before) == ""
    assert cited(norm, first) == NORMS[norm].cite
    assert cited(norm, "2026-11-23")


@pytest.mark.parametrize(
    ("norm", "fallback"),
    [
        ("sale-rules", "Закон о защите прав потребителей"),
        ("not-exchanged", "ст. 26.1 Закона о защите прав потребителей"),
    ],
)
def test_the_retail_rules_are_quoted_for_the_last_time_on_new_years_eve(norm, fallback):
    assert "2463" in cited(norm, "2026-12-31")
    assert cited(norm, "2027-01-01") == fallback


def test_a_term_is_counted_only_if_its_norm_was_in_force_when_it_began():
    case = a_case("refund-missing", "2024-05-01")
    lapsing = replace(NORMS["refund-26.1"], valid_to=on("2024-06-01"))
    ladder = replace(ru(), norms={**NORMS, "refund-26.1": lapsing})

    def claim(day):
        now = stand(
            case, 1, [did(case, "claim", day)], [], ladder, OWNER, on("2024-07-01")
        )
        return {s.step.id: s.deadline_on for s in now.steps}["claim"]

    assert claim("2024-05-20") == on("2024-05-30")
    assert claim("2024-06-10") is None


def test_every_unsure_norm_says_to_check_its_wording():
    unsure = [n for n in NORMS.values() if n.confidence == "K" and n.cite]

    assert len(unsure) > 10
    for norm in unsure:
        assert law.doubt(norm, on("2026-11-23"), PHRASES) == "проверьте редакцию нормы"


def test_no_norm_that_was_read_is_doubted_on_the_day_of_reading():
    for norm in NORMS.values():
        if norm.confidence != "K" and norm.holds_on(on("2026-11-23")):
            assert law.doubt(norm, on("2026-11-23"), PHRASES) == ""


def test_what_the_platform_law_gives_a_buyer_is_not_known_and_has_no_days():
    assert NORMS["platforms-289"].term is None
    assert NORMS["platforms-289"].confidence == "K"


def test_repair_is_due_at_once_and_45_days_need_an_agreement():
    assert NORMS["repair-20"].term is None
    assert "соглашению" in NORMS["repair-20-agreed"].start


@pytest.mark.parametrize(
    ("norm", "value", "unit", "shifts"),
    [
        ("refund-22", 10, Unit.DAYS, True),
        ("refund-23.1", 10, Unit.DAYS, True),
        ("refund-26.1", 10, Unit.DAYS, True),
        ("refund-12", 10, Unit.DAYS, True),
        ("replace-21", 7, Unit.DAYS, True),
        ("replace-21-check", 20, Unit.DAYS, True),
        ("replace-21-absent", 1, Unit.MONTHS, True),
        ("repair-20-agreed", 45, Unit.DAYS, True),
        ("refuse-26.1", 7, Unit.DAYS, False),
        ("refuse-26.1-untold", 3, Unit.MONTHS, False),
        ("complex-18", 15, Unit.DAYS, False),
        ("warranty-19", 24, Unit.MONTHS, False),
        ("limitation-196", 36, Unit.MONTHS, False),
        ("bank-180", 180, Unit.DAYS, False),
        ("bank-150", 150, Unit.DAYS, False),
        ("bank-answer", 15, Unit.WORKING_DAYS, True),
        ("bank-answer-more", 10, Unit.WORKING_DAYS, True),
        ("cbr-forward", 7, Unit.WORKING_DAYS, True),
        ("cbr-answer", 30, Unit.DAYS, True),
        ("bank-dispute-answer", 30, Unit.DAYS, True),
        ("rpn-answer", 30, Unit.DAYS, True),
        ("registration-59", 3, Unit.DAYS, True),
        ("forward-59", 7, Unit.DAYS, True),
        ("ozon-dispute", 5, Unit.DAYS, False),
        ("ozon-decision", 3, Unit.DAYS, False),
        ("ozon-review", 24, Unit.HOURS, False),
        ("ozon-transit", 14, Unit.DAYS, False),
        ("ozon-hold", 6, Unit.HOURS, False),
        ("ozon-refund-longest", 10, Unit.DAYS, False),
    ],
)
def test_each_number_is_that_of_the_facts(norm, value, unit, shifts):
    assert NORMS[norm].term == Term(value, unit, shifts)


def test_thresholds_of_the_courts_are_sums():
    assert NORMS["court-23"].limit == 100_000
    assert NORMS["duty-333.36"].limit == 1_000_000

    found = facts_for(standing(a_case(), "2026-11-23"), [], ru(), {})
    assert found["limit_court_23"].value == "100\u00a0000,00\u00a0₽"


def test_a_doubt_is_said_once_with_all_it_is_about():
    doubts = [("проверьте", "ст. 1"), ("", "ст. 2"), ("проверьте", "ст. 3")]

    assert law.cautions([*doubts, ("нет ставки", "")]) == (
        "проверьте: ст. 1, ст. 3; нет ставки"
    )


def test_a_law_is_named_once_where_its_articles_stand_in_a_row():
    said = "п. 2 ст. 23.1 Закона о правах; ст. 12 Закона о правах (о владельце); ст. 499 ГК РФ"

    assert (
        law.together(said)
        == "п. 2 ст. 23.1, ст. 12 (о владельце) Закона о правах; ст. 499 ГК РФ"
    )
    for alone in (
        "",
        "ст. 12 Закона о правах (о владельце)",
        "правила о спорах; ст. 18 ГК РФ",
    ):
        assert law.together(alone) == alone
