"""Putting facts into texts: what is kept, what is dropped, what holds a letter back."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from builders import on
from ladders import CONTACTS, OWNER, a_case, did, ru, standing, told

from triage.core.case import Fact
from triage.core.ladder import stand
from triage.core.letter import (
    conditions,
    facts_for,
    lacking,
    render,
)
from triage.core.particulars import DERIVED, PACK
from triage.core.step import Letter


def a_letter(text: str) -> Letter:
    return Letter(id="note", title="", text=text)


def known(**facts: str) -> dict[str, Fact]:
    return {name: Fact(name, value, DERIVED) for name, value in facts.items()}


def facts(case, day="2026-11-23", *acts, step="", owner=OWNER, contacts=CONTACTS):
    now = standing(case, day, *acts)
    return facts_for(now, acts, ru(), owner, step=step, contacts=contacts)


# --- texts


def test_names_are_filled_in():
    assert render(a_letter("Заказ $order."), known(order="1")) == "Заказ 1.\n"


def test_a_letter_with_a_gap_is_held_back_and_says_what_it_lacks():
    letter = a_letter("$seller_name, $seller_inn, $order")

    assert lacking(letter, known(order="1")) == ("seller_inn", "seller_name")
    with pytest.raises(LookupError, match="seller_inn, seller_name"):
        render(letter, known(order="1"))


def test_a_conditional_line_is_kept_only_with_its_fact():
    letter = a_letter("а\n?item Товар: $item.\nб")

    assert render(letter, known(item="чайник")) == "а\nТовар: чайник.\nб\n"
    assert render(letter, {}) == "а\nб\n"
    assert lacking(letter, {}) == ()


def test_a_line_may_stand_for_the_lack_of_a_fact():
    letter = a_letter("?!item Товар не назван.\n?item Товар: $item.")

    assert render(letter, {}) == "Товар не назван.\n"
    assert render(letter, known(item="чайник")) == "Товар: чайник.\n"


def test_several_conditions_must_all_hold():
    letter = a_letter("а\n?one ?!two $one")

    assert render(letter, known(one="1")) == "а\n1\n"
    assert render(letter, known(one="1", two="2")) == "а\n"
    assert conditions(letter.text) == {"one", "two"}


def test_dropped_lines_leave_no_holes():
    assert render(a_letter("а\n\n?x $x\n\n\nб"), {}) == "а\n\nб\n"


def test_passages_of_the_pack_bring_their_own_names_and_conditions():
    what = {"what": Fact("what", "Заказ $order.\n?item Товар: $item.", PACK)}

    assert lacking(a_letter("$what"), what) == ("order",)
    assert render(a_letter("$what"), what | known(order="1")) == "Заказ 1.\n"


def test_a_fact_is_never_read_as_a_text():
    sly = known(item="$order ?item $$")

    assert render(a_letter("Товар: $item"), sly) == "Товар: $order ?item $$\n"


def test_the_stop_of_a_year_is_not_doubled():
    facts_ = known(on="22 ноября 2026 г.", who="Петров г.")

    assert render(a_letter("До $on."), facts_) == "До 22 ноября 2026 г.\n"


# --- facts


def test_dates_and_sums_are_written_in_words():
    found = facts(a_case(promised_on="2026-11-02", amount_paid="12490.00"))

    assert found["promised_on"].value == "2 ноября 2026 г."
    assert found["amount_paid"].value == "12\u00a0490,00\u00a0₽"
    assert found["today"].value == "23 ноября 2026 г."


def test_the_owners_word_stands_over_a_letters():
    case = a_case(seller_inn="1")

    found = facts(case, "2026-11-23", told(case, "seller_inn", " 77 12\n34 "))

    assert found["seller_inn"] == Fact(
        "seller_inn", "77 12 34", "owner", on=on("2026-11-12")
    )


def test_a_fact_told_about_another_case_is_not_taken():
    case, other = a_case(), a_case("defective")

    assert "seller_inn" not in facts(case, "2026-11-23", told(other, "seller_inn", "1"))


def test_the_sum_told_by_the_owner_may_be_written_freely():
    case = a_case(amount=None)

    assert "amount" not in facts(case)
    assert (
        facts(case, "2026-11-23", told(case, "amount", "1 990 руб"))["amount"].value
        == "1\u00a0990,00\u00a0₽"
    )


def test_an_address_or_an_e_mail_is_enough_to_answer_to():
    only_mail = facts(a_case(), owner={"name": "Анна", "email": "a@example.org"})
    neither = facts(a_case(), owner={"name": "Анна", "phone": "1", "address": " "})

    assert only_mail["owner_contact"].value == "a@example.org"
    assert "owner_contact" not in neither
    assert "owner_address" not in neither


def test_a_step_that_was_taken_dates_the_later_letters():
    case = a_case()
    acts = [did(case, s, "2026-11-13") for s in ("check", "support", "claim")]

    running = facts(case, "2026-11-23", *acts)
    over = facts(case, "2026-11-24", *acts)

    assert running["claim_sent_on"].value == "13 ноября 2026 г."
    assert running["claim_runs_on"].value == "23 ноября 2026 г."
    assert "claim_ended_on" not in running
    assert over["claim_ended_on"].value == "23 ноября 2026 г."


def test_the_limitation_never_runs_from_later_than_the_day_the_case_was_opened():
    case = a_case("defective", "2026-11-12")
    sent = [did(case, s, "2026-11-16") for s in ("check", "support", "claim")]

    assert facts(case, "2026-12-20", *sent)["limitation_on"].value == (
        "12 ноября 2029 г."
    )


def test_a_term_counted_from_the_sending_is_told_as_unsure_until_the_receipt_is_told():
    case = a_case("defective", seller_name="ИП Петров", seller_inn="7")
    sent = [did(case, s, "2026-11-13") for s in ("check", "support", "claim")]
    received = told(case, "claim_received_on", "2026-11-16", "2026-11-17")

    for step in ("bank", "authority", "lawyer"):
        letter = ru().letters[step]
        unsure = render(letter, facts(case, "2026-12-01", *sent, step=step))
        sure = render(letter, facts(case, "2026-12-01", *sent, received, step=step))
        assert "день вручения претензии не сообщён" in unsure
        assert "день вручения" not in sure


def test_the_penalty_from_a_moved_day_is_told_beside_that_from_the_first():
    late = {"promised_on": "2026-11-02", "amount_paid": "12490.00"}
    who = {"seller_name": "ИП Петров", "seller_inn": "7"}
    case = a_case("delivery-overdue", moved_to="2026-11-15", **late, **who)

    claim = render(ru().letters["claim"], facts(case, step="claim"))

    assert "составляет 1\u00a0311,45\u00a0₽" in claim
    assert (
        "если вы согласились на новый срок, 15 ноября 2026 г., "
        "неустойка считается от него: 499,60\u00a0₽" in claim
    )
    still = a_case("delivery-overdue", moved_to="2026-11-30", **late, **who)
    assert "от него: 0,00\u00a0₽" in render(
        ru().letters["claim"], facts(still, step="claim")
    )


def test_the_penalty_for_late_delivery_is_that_of_the_worked_example():
    case = a_case("delivery-overdue", promised_on="2026-11-02", amount_paid="12490.00")

    found = facts(case)

    assert found["penalty"].value == "1\u00a0311,45\u00a0₽"
    assert found["penalty_days"].value == "21\u00a0день"
    assert found["penalty_rate"].value == "0,5\u00a0%"
    assert found["penalty_from"].value == "3 ноября 2026 г."


def test_the_penalty_for_a_defect_runs_from_the_end_of_the_claims_term():
    case = a_case("defective", amount_item="24990.00")
    claim = did(case, "claim", "2026-11-13")
    received = told(case, "claim_received_on", "2026-11-02")  # before it was sent

    early = facts(case, "2026-11-23", claim)
    late = facts(case, "2026-12-04", claim, received)

    assert "penalty" not in early
    assert late["penalty_days"].value == "11\u00a0дней"
    assert late["penalty"].value == "2\u00a0748,90\u00a0₽"


def test_the_penalty_for_a_defect_stops_at_the_price():
    case = a_case("defective", amount_item="24990.00")

    found = facts(case, "2027-04-01", did(case, "claim", "2026-11-13"))

    assert found["penalty"].value == "24\u00a0990,00\u00a0₽"


def test_before_the_cap_came_into_force_there_was_none():
    case = a_case("defective", "2025-08-01", amount_item="24990.00")

    found = facts(case, "2025-12-20", did(case, "claim", "2025-08-02"))

    assert found["penalty_days"].value == "130\u00a0дней"
    assert found["penalty"].value == "32\u00a0487,00\u00a0₽"


def test_no_sum_is_counted_from_a_day_that_is_not_known():
    assert "penalty" not in facts(a_case("delivery-overdue"))
    assert "penalty" not in facts(a_case("refund-missing", promised_on="2026-11-02"))


def test_a_calculation_is_a_table_in_the_letter():
    case = a_case("delivery-overdue", promised_on="2026-11-02", amount_paid="12490.00")
    came = ((on("2026-11-12"), Decimal("4490.00")),)
    case = replace(case, amount=Decimal("8000.00"), repaid=came)

    found = facts(case)
    table = found["calculation_table"].value.replace("\u00a0", " ").split("\n")

    assert [re.split("  +", row) for row in table] == [
        ["Период", "Дней", "Долг", "Ставка", "Сумма"],
        ["03.11.2026–12.11.2026", "10", "12 490,00 ₽", "0,5 % в день", "624,50 ₽"],
        ["13.11.2026–23.11.2026", "11", "8 000,00 ₽", "0,5 % в день", "440,00 ₽"],
        ["Итого", "21", "1 064,50 ₽"],
    ]
    assert found["penalty"].value == "1\u00a0064,50\u00a0₽"
    assert found["amount_left"].value == "8\u00a0000,00\u00a0₽"
    assert found["amount"].value == "8\u00a0000,00\u00a0₽"
    assert found["amount_in_words"].value.startswith("8\u00a0000 (восемь тысяч)")
    assert found["calculation_through"].value == "23 ноября 2026 г."


def test_a_penalty_that_has_reached_its_cap_is_not_said_to_grow():
    case = a_case(
        "defective", amount_item="24990.00", seller_name="ИП Петров", seller_inn="7"
    )
    claim = did(case, "claim", "2026-11-13")
    letter = ru().letters["lawyer"]

    growing, capped = (
        render(letter, facts(case, day, claim, step="lawyer"))
        for day in ("2026-12-04", "2027-04-01")
    )

    assert "больше она не растёт" not in growing
    assert "больше она не растёт" in capped


def test_what_a_court_would_be_asked_for_is_told_and_which_court():
    case = a_case("delivery-overdue", promised_on="2026-11-02", amount_paid="12490.00")
    dear = a_case("delivery-overdue", promised_on="2026-11-02", amount=Decimal(99000))

    cheap, costly = facts(case), facts(dear)

    assert cheap["claim_value"].value == "13\u00a0801,45\u00a0₽"
    assert (cheap["court"].value, costly["court"].value) == (
        "мировой судья",
        "районный суд",
    )
    assert cheap["duty_free"].value == "госпошлина не платится"
    assert cheap["limitation_on"].value == "2 ноября 2029 г."


def test_the_fine_is_possible_only_after_a_claim_was_left_unheard():
    case = a_case("defective", amount_item="24990.00")
    claim = did(case, "claim", "2026-11-13")

    early, late = (facts(case, d, claim) for d in ("2026-11-23", "2026-12-04"))

    assert "fine_possible" not in early
    assert late["fine_possible"].value == "13\u00a0869,45\u00a0₽"  # (P + N) / 2


def test_the_sum_of_the_claim_stands_in_words_too():
    assert facts(a_case())["amount_in_words"].value == (
        "12\u00a0490 (двенадцать тысяч четыреста девяносто) рублей 00 копеек"
    )
    assert "amount_in_words" not in facts(a_case(amount=None))


def test_a_letter_without_the_rate_says_so_in_the_lines_to_be_deleted():
    case = a_case(cancelled_on="2026-10-01", seller_name="ИП Петров", seller_inn="7")
    word = told(case, "key_rate", "14,00 с 27.07.2026", "2026-11-23")
    letter = ru().letters["claim"]

    without = render(letter, facts(case, "2026-11-23", step="claim"))
    with_rate = render(letter, facts(case, "2026-11-23", word, step="claim"))

    assert "проценты не посчитаны: неизвестна ключевая ставка с 26 октября" in without
    assert "Период" not in without
    assert "не посчитаны" not in with_rate
    assert "14\u00a0%\u00a0/\u00a0365" in with_rate


def test_what_a_claim_for_late_money_rests_on_comes_to_the_kopeck():
    case = a_case(
        "return-refund-missing", "2026-08-14", return_received_on="2026-08-01"
    )
    case = replace(case, amount=Decimal("7300.00"))

    assert facts(case, "2026-08-21")["interest"].value == "28,00\u00a0₽"


# --- what may be said of the law


def test_a_reading_older_than_180_days_loses_its_number_of_days():
    fresh, stale = (facts(a_case(), day) for day in ("2027-05-22", "2027-05-23"))

    assert fresh["within_refund_22"].value == "в течение 10 дней"
    assert stale["within_refund_22"].value == "в установленный законом срок"
    assert "length_refund_22" not in stale
    assert "answer_by" not in facts(a_case(), "2027-05-23", step="claim")


def test_some_readings_grow_old_sooner():
    found = facts(a_case(), "2027-02-01")

    for soon in ("within_refuse_26_1", "within_refund_26_1", "within_refund_12"):
        assert found[soon].value == "в установленный законом срок"
    assert found["within_refund_22"].value == "в течение 10 дней"


def test_a_lapsed_norm_is_cited_by_the_law_itself():
    before, after = (facts(a_case(), day) for day in ("2026-12-31", "2027-01-01"))

    assert "2463" in before["cite_sale_rules"].value
    assert after["cite_sale_rules"].value == "Закон о защите прав потребителей"


def test_a_norm_without_a_fallback_is_not_cited_once_it_has_lapsed():
    norm = replace(ru().norms["sale-rules"], fallback="")
    ladder = replace(ru(), norms={**ru().norms, "sale-rules": norm})

    now = stand(a_case(), 1, [], [], ladder, OWNER, on("2027-01-01"))

    found = facts_for(now, [], ladder, OWNER)

    assert "cite_sale_rules" not in found


def test_a_text_that_cites_general_knowledge_says_to_check_it():
    case = a_case("not-received", seller_name="ИП Петров", seller_inn="7")
    acts = [did(case, s, "2026-11-12") for s in ("check", "support")]

    claim = render(
        ru().letters["claim"], facts(case, "2026-11-23", *acts, step="claim")
    )
    bank = render(ru().letters["bank"], facts(case, "2026-11-23", *acts, step="bank"))

    assert "проверьте редакцию нормы: ст. 12 Закона" in claim
    assert "ст. 12" not in bank
    assert "редакцию нормы" not in bank


@pytest.mark.parametrize(
    ("day", "step", "claim", "unsure"),
    [
        ("2028-01-20", "authority", "2027-12-20", False),  # the answer by 30 December
        ("2028-01-20", "authority", "2027-12-25", True),  # by 4 January
        ("2028-01-20", "lawyer", "2027-12-25", True),
    ],
)
def test_an_end_in_a_year_without_a_calendar_is_told_to_the_owner(
    day, step, claim, unsure
):
    fresh = {n: replace(x, checked=on("2027-12-01")) for n, x in ru().norms.items()}
    ladder = replace(ru(), norms=fresh)
    case = a_case(opened="2027-12-01")
    taken = {"check": "2027-12-03", "support": "2027-12-03", "claim": claim}
    acts = [did(case, name, when) for name, when in taken.items() if when]
    now = stand(case, 1, acts, [], ladder, OWNER, on(day), contacts=CONTACTS)
    known = facts_for(now, acts, ladder, OWNER, step=step, contacts=CONTACTS)
    letter = next(
        ladder.letters[s.letter] for s in ladder.plan(case.rule) if s.id == step
    )
    told = {name: Fact(name, "—", "owner") for name in lacking(letter, known)}

    assert ("календаря на 2028 год" in render(letter, {**known, **told})) is unsure


def test_of_a_parcel_that_came_late_after_all_the_penalty_alone_is_asked_for():
    late = {"promised_on": "2026-11-02", "amount_paid": "12490.00"}
    case = a_case("delivery-overdue", **late)
    came = told(case, "delivered_on", "2026-11-12")
    claim = did(case, "claim", "2026-11-13")

    def sums(*acts) -> dict[str, str | None]:
        found = facts(case, "2027-01-15", claim, *acts, step="lawyer")
        wanted = ("amount", "amount_left", "penalty", "claim_value", "fine_possible")
        return {
            name: found[name].value.replace("\u00a0", " ") if name in found else None
            for name in wanted
        }

    assert sums(came) == {
        "amount": "624,50 ₽",  # ten days at half a per cent
        "amount_left": None,
        "penalty": "624,50 ₽",
        "claim_value": "624,50 ₽",
        "fine_possible": "312,25 ₽",
    }
    assert sums()["claim_value"] == "17 111,30 ₽"  # with the prepayment and 74 days


def test_a_parcel_that_came_in_time_costs_nothing():
    case = a_case("delivery-overdue", promised_on="2026-11-02", amount_paid="12490.00")

    found = facts(case, "2026-11-23", told(case, "delivered_on", "2026-11-02"))

    assert "penalty" not in found
    assert "claim_value" not in found
