"""Which sum grows on which case: one norm for one delay, row by row of the decision table."""

from dataclasses import replace
from decimal import Decimal

import pytest
from builders import MOSCOW, on
from hypothesis import given
from hypothesis import strategies as st
from ladders import RULES, a_case, did, in_worked_days, ru, standing, told

from triage.core.accrual import doubt_of, reckon
from triage.core.anchors import Anchors
from triage.core.case import Case
from triage.core.ladder import stand
from triage.core.progress import progress
from triage.core.step import StepNow


def anchors_of(case: Case, day: str, *acts, ladder=None) -> Anchors:
    ladder = ladder or ru()
    done = progress(case, acts, [], MOSCOW, on(day))
    return Anchors.of(case, done, ladder, on(day))


def reckoned(case: Case, day: str, *acts, ladder=None):
    return reckon(anchors_of(case, day, *acts, ladder=ladder))


def less(case: Case, *refunds: tuple[str, str]) -> Case:
    """Let money come back, as `owing` takes it off the sum of a case."""
    came = tuple((on(day), Decimal(amount)) for amount, day in refunds)
    left = case.amount - sum(amount for _, amount in came)
    return replace(case, amount=left, repaid=came)


LATE = {"promised_on": "2026-11-02", "amount_paid": "12490.00"}


@pytest.mark.parametrize(
    ("rule", "defect", "norm"),
    [
        ("delivery-overdue", False, "penalty-23.1"),
        ("not-received", False, "penalty-23.1"),
        ("refund-missing", False, "interest-395"),  # cancelled, or 26.1: never 1 %
        ("refund-short", False, "interest-395"),
        ("refund-short", True, "penalty-23"),
        ("return-unanswered", False, "interest-395"),
        ("return-unanswered", True, "penalty-23"),
        ("return-refused", False, "interest-395"),
        ("return-refused", True, "penalty-23"),
        ("return-refund-missing", False, "interest-395"),
        ("return-refund-missing", True, "penalty-23"),
        ("defective", False, "penalty-23"),
        ("wrong-item", False, "penalty-23"),
        ("incomplete", False, "penalty-23"),
        ("damaged", False, "penalty-23"),
        ("counterfeit", False, "penalty-23"),
        ("warranty-refused", False, "penalty-23"),
        ("cancelled-by-seller", False, "interest-395"),
        ("storage-expired", False, "interest-395"),
        ("charged-twice", False, "interest-395"),
        ("delivered-not-received", False, "penalty-23.1"),
        ("account-blocked", False, "penalty-23.1"),
    ],
)
def test_each_kind_of_case_has_its_own_norm(rule, defect, norm):
    facts = {"defect": "не включается"} if defect else {}

    assert reckoned(a_case(rule, **facts), "2026-11-23").norm.id == norm


@pytest.mark.parametrize(
    "rule", ["pickup-expiring", "support-silent", "receipt-missing", "false-discount"]
)
def test_where_no_money_is_late_nothing_grows(rule):
    assert reckoned(a_case(rule), "2026-11-23") is None


@given(st.sampled_from(RULES), st.booleans())
def test_a_penalty_and_interest_are_never_mixed(rule, defect):
    facts = {"defect": "не включается"} if defect else {}

    found = reckoned(a_case(rule, **facts), "2026-11-23")

    assert found is None or found.accrual.yearly is not bool(found.norm.rate_per_day)


# --- since when


def test_no_penalty_begins_where_nothing_but_our_own_term_has_ended():
    case = a_case("defective", wish="ремонт")  # at once by law: no day to count from
    acts = [did(case, "claim", "2026-11-12")]
    anchors = Anchors(
        case=case,
        progress=progress(case, acts, [], MOSCOW, on("2026-12-20")),
        ladder=ru(),
        today=on("2026-12-20"),
        steps={s.id: s for s in ru().plan(case.rule, {"wish": "ремонт"}.get)},
    )

    assert anchors.term_end("claim") == on("2026-11-22")
    assert reckon(anchors).calculation is None


def test_a_late_parcel_costs_from_the_first_promise_on():
    case = a_case("delivery-overdue", **LATE, moved_to="2026-11-15")

    found = reckoned(case, "2026-11-23").calculation

    assert (found.from_on, found.days) == (on("2026-11-03"), 21)
    assert found.total == Decimal("1311.45")


def test_the_penalty_ends_with_the_handover():
    case = a_case("delivery-overdue", **LATE, delivered_on="2026-11-10")

    assert reckoned(case, "2026-11-23").calculation.days == 8


def test_interest_begins_once_the_ten_days_of_the_law_have_passed():
    case = a_case("refund-missing", "2026-08-04", cancelled_on="2026-07-31")

    inside, after = (reckoned(case, d) for d in ("2026-08-10", "2026-08-21"))

    assert inside.calculation is None
    assert inside.due_on == on("2026-08-10")
    assert (after.calculation.from_on, after.calculation.days) == (on("2026-08-11"), 11)


def test_the_worked_example_of_article_395_comes_out_of_a_case():
    case = a_case(
        "refund-missing",
        "2026-08-04",
        cancelled_on="2026-07-31",
        amount=Decimal("7300.00"),
    )

    assert reckoned(case, "2026-08-21").calculation.total == Decimal("30.80")


# --- partial refunds


def test_a_part_that_came_back_stops_costing_the_day_after():
    case = less(a_case("delivery-overdue", **LATE), ("4490.00", "2026-11-12"))

    found = reckoned(case, "2026-11-23").calculation

    assert [(r.days, r.base) for r in found.rows] == [
        (10, Decimal("12490.00")),
        (11, Decimal("8000.00")),
    ]
    assert found.total == Decimal("624.50") + Decimal("440.00")
    assert found.left == case.amount == Decimal("8000.00")


def test_of_a_short_refund_the_rest_is_what_was_left_open():
    case = less(
        a_case("refund-short", "2026-08-04", cancelled_on="2026-07-31"),
        ("9490.00", "2026-08-04"),
    )

    found = reckoned(case, "2026-08-21").calculation

    assert [r.base for r in found.rows] == [Decimal("3000.00")]


def test_a_refund_before_the_delay_lessens_what_grows_but_not_a_price_told():
    case = less(a_case("defective", "2026-08-04"), ("2490.00", "2026-08-05"))
    claim = did(case, "claim", "2026-08-06")
    price = told(case, "amount_item", "12490.00", "2026-08-06")

    grown, of_price = (
        reckoned(case, "2026-09-23", claim, *acts).calculation
        for acts in ((), (price,))
    )

    assert {row.base for row in grown.rows} == {Decimal("10000.00")}
    assert {row.base for row in of_price.rows} == {Decimal("12490.00")}


# --- the law of the day


def test_the_price_caps_a_delay_that_was_there_when_the_cap_came():
    case = a_case("defective", "2025-08-01", amount_item="24990.00")
    claim = did(case, "claim", "2025-08-02")

    before = reckoned(case, "2026-01-31", claim).calculation
    after = reckoned(case, "2026-02-01", claim).calculation

    assert before.cap is None
    assert before.total > Decimal(24990)
    assert (after.cap, after.total) == (Decimal("24990.00"), Decimal("24990.00"))


def test_how_the_cap_meets_an_older_delay_is_said_to_be_unconfirmed():
    case = a_case("defective", "2025-08-01", amount_item="24990.00")
    claim = did(case, "claim", "2025-08-02")
    later = a_case("defective", "2026-02-02", amount_item="24990.00")

    doubts = anchors_of(case, "2026-02-10", claim)
    fresh = anchors_of(later, "2026-03-10", did(later, "claim", "2026-02-02"))

    assert "не подтверждено" in doubt_of(reckon(doubts), doubts)
    assert doubt_of(reckon(fresh), fresh) == ""


def test_no_day_is_counted_on_which_the_norm_was_not_yet_in_force():
    since = on("2026-11-10")
    norm = replace(ru().norms["penalty-23.1"], valid_from=since)
    ladder = replace(ru(), norms={**ru().norms, norm.id: norm})
    case = a_case("delivery-overdue", **LATE)

    counted = reckoned(case, "2026-11-23", ladder=ladder).calculation

    assert (counted.from_on, counted.days) == (since, 14)
    assert reckoned(case, "2026-11-23").calculation.days == 21


def test_no_sum_is_counted_from_an_old_reading():
    case = a_case("delivery-overdue", "2027-05-10", promised_on="2027-05-01")

    assert reckoned(case, "2027-05-22").calculation is not None
    assert reckoned(case, "2027-05-23").calculation is None


# --- the key rate


CANCELLED = {"cancelled_on": "2026-10-01"}


def test_past_the_last_confirmed_rate_the_digest_asks_for_it():
    case = a_case("refund-missing", **CANCELLED)
    acts = [did(case, s, "2026-11-12") for s in ("check", "support")]

    asked = standing(case, "2026-11-23", *acts).step

    assert asked.step.id == "claim"
    assert "неизвестна ключевая ставка с 26 октября 2026 г." in asked.caution
    assert "«факт 1 ставка " in asked.caution
    assert reckoned(case, "2026-11-23").calculation is None


def test_the_owners_rate_gives_the_sum_up_to_the_day_he_read_it():
    case = a_case("refund-missing", **CANCELLED)
    word = told(case, "key_rate", "14,00 с 27.07.2026", "2026-11-23")

    same_day, that_week, later = (
        reckoned(case, d, word) for d in ("2026-11-23", "2026-11-30", "2026-12-01")
    )

    assert same_day.calculation.to_on == on("2026-11-23")
    assert that_week.calculation == same_day.calculation
    assert not that_week.rate_asked
    assert later.calculation is None
    assert later.rate_asked


def test_a_rate_may_be_told_again_and_a_wrong_one_taken_back():
    case = a_case("refund-missing", **CANCELLED)
    first = told(case, "key_rate", "14,00 с 27.07.2026", "2026-11-23")
    again = told(case, "key_rate", "13,00 с 21.12.2026", "2026-12-28")
    before = told(case, "key_rate", "14,00 с 27.07.2026", "2026-12-20")

    found = reckoned(case, "2026-12-28", first, before, again).calculation

    assert found.rows[-1].rate == Decimal("13.00")
    assert reckoned(case, "2026-12-28", first, before).rate_asked


def test_a_claim_without_interest_asks_for_no_rate():
    case = a_case("delivery-overdue", **LATE)
    acts = [did(case, s, "2026-11-12") for s in ("check", "support")]

    assert "ставка" not in standing(case, "2026-11-23", *acts).step.caution


# --- what is not counted is said


def test_a_term_in_worked_days_of_an_unknown_year_is_said_not_to_be_counted():
    case = a_case("refund-missing", "2027-12-01")
    bank = did(case, "bank", "2027-12-20")

    now = stand(case, 1, [bank], [], in_worked_days(), {}, on("2027-12-21"))
    steps = {s.step.id: s for s in now.steps}

    assert steps["bank"].deadline_on is None
    assert "нет производственного календаря на 2028 год" in steps["bank"].caution


def test_a_term_of_the_debtor_that_ends_in_an_unknown_year_is_said_not_to_be_moved():
    case = a_case("refund-missing", "2027-12-01")
    asked = [did(case, step, "2027-12-20") for step in ("check", "support")]

    def claim(taken_on: str) -> StepNow:
        now = standing(case, "2027-12-26", *asked, did(case, "claim", taken_on))
        return next(s for s in now.steps if s.step.id == "claim")

    inside, over = claim("2027-12-20"), claim("2027-12-25")

    assert inside.deadline_on == on("2027-12-30")
    assert "календаря" not in inside.caution
    assert over.deadline_on == on("2028-01-04")
    assert (
        "нет производственного календаря на 2028 год: если 4 января 2028 г. — выходной, "
        "срок кончится в следующий рабочий день"
    ) in over.caution


def test_of_the_owners_own_last_day_nothing_of_a_calendar_is_said():
    case = a_case("return-refused", "2027-12-29", return_refused_on="2027-12-29")

    for now in standing(case, "2027-12-30").steps:
        if now.deadline_of == "owner":
            assert "календаря" not in now.caution
