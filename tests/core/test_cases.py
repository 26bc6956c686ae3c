from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from builders import MOSCOW, ORDER, a_rule, a_shop, an_act, an_event, at, on
from hypothesis import given
from hypothesis import strategies as st

from triage.core.case import Case, Fact
from triage.core.cases import assess
from triage.core.deadline import Term
from triage.core.deed import taking_back
from triage.core.event import Certainty, EventKind
from triage.core.question import doubt
from triage.core.rule import Check, Grace, Scope
from triage.core.story import quoted
from triage.core.timeline import Timeline

REFUND = a_rule(
    "refund-missing",
    ["order_cancelled", "item_cancelled"],
    ["refund_paid"],
    amount_from=(EventKind.ITEM_CANCELLED, EventKind.ORDER_PAID),
)
LATE = a_rule(
    "delivery-overdue",
    ["posting_shipped"],
    ["posting_delivered", "order_cancelled"],
    scope=Scope.POSTING,
    grace=Grace(term=Term(1), start="promised_on"),
)
STORAGE = a_rule(
    "pickup-expiring",
    ["ready_for_pickup"],
    ["posting_delivered"],
    grace=Grace(term=Term(2), start="keep_until", before=True),
    moved_by=(EventKind.STORAGE_EXTENDED,),
)
SHORT = a_rule(
    "refund-short",
    ["refund_paid", "receipt_refund"],
    [],
    grace=Grace(term=Term(3)),
    check=Check.REFUND_SHORT,
)
REPORTED = a_rule("defective", [], ["refund_paid"], report=True)
SHOP = a_shop(REFUND, LATE, STORAGE, SHORT, REPORTED)
CASE = f"shop/refund-missing/{ORDER}"
GUESS = Certainty.GUESS


def cases(events, today, acts=(), packs=SHOP) -> dict[str, Case]:
    found = assess(
        Timeline.of(events) if events else None,
        acts,
        packs,
        pack="shop",
        order=ORDER,
        zone=MOSCOW,
        today=on(today) if isinstance(today, str) else today,
    )
    return {case.id: case for case in found.cases}


def answered(when: str, word: str, *doubts):
    about = " ".join(map(doubt, doubts))
    return an_act("answered", when, CASE, answer=word, about=about)


def only(events, today, acts=()) -> Case | None:
    found = list(cases(events, today, acts).values())
    assert len(found) <= 1
    return found[0] if found else None


CANCELLED = an_event("order_cancelled", "2026-11-09 12:00")
PAID = an_event("order_paid", "2026-11-01", amount="12490.00")


def test_silence_within_the_grace_is_normal():
    assert only([PAID, CANCELLED], "2026-11-11") is None


def test_a_case_opens_on_the_last_day_of_the_grace():
    case = only([PAID, CANCELLED], "2026-11-20")

    assert case.id == CASE
    assert case.opened_on == date(2026, 11, 12)
    assert case.amount == Decimal("12490.00")
    assert case.closed_on is None


def test_money_that_came_in_time_opens_nothing():
    paid_back = an_event("refund_paid", "2026-11-11", amount="12490.00")

    assert only([PAID, CANCELLED, paid_back], "2026-12-01") is None


def test_money_that_came_late_closes_the_case_on_its_day():
    paid_back = an_event("refund_paid", "2026-11-15", amount="12490.00")

    case = only([PAID, CANCELLED, paid_back], "2026-12-01")

    assert (case.closed_on, case.closed_by) == (date(2026, 11, 15), "refund_paid")


def test_the_day_of_an_event_is_the_owners_day():
    shortly_after_midnight = an_event("order_cancelled", "2026-11-10 00:30")

    assert only([shortly_after_midnight], "2026-11-20").opened_on == on("2026-11-13")


def test_a_refund_told_before_the_cancellation_of_the_same_day_still_counts():
    early = an_event("refund_paid", "2026-11-09 08:00")

    assert only([CANCELLED, early], "2026-12-01") is None


def test_a_second_cancellation_opens_the_case_again():
    back = an_event("refund_paid", "2026-11-10", amount="100.00")
    second = an_event("item_cancelled", "2026-11-20", amount="250.00")

    case = cases([CANCELLED, back, second], "2026-12-01")[CASE]

    assert case.opened_on == on("2026-11-23")
    assert case.amount == Decimal("250.00")


def test_a_parcel_is_late_from_the_day_after_the_promise():
    sent = an_event("posting_shipped", "2026-11-01", promised_on="2026-11-10")

    assert only([sent], "2026-11-10") is None
    assert only([sent], "2026-11-11").opened_on == on("2026-11-11")


def test_a_promise_without_a_date_starts_no_clock():
    assert only([an_event("posting_shipped", "2026-11-01")], "2027-01-01") is None


def test_each_parcel_of_an_order_has_its_own_case():
    one, two = f"{ORDER}-1", f"{ORDER}-2"
    events = [
        an_event(
            "posting_shipped", "2026-11-01", posting=one, promised_on="2026-11-05"
        ),
        an_event(
            "posting_shipped", "2026-11-02", posting=two, promised_on="2026-11-05"
        ),
        an_event("posting_delivered", "2026-11-05", posting=two),
    ]

    assert list(cases(events, "2026-11-06")) == [f"shop/delivery-overdue/{one}"]


def test_a_case_stays_the_same_when_a_letter_names_the_parcel_at_last():
    paid = an_event("posting_shipped", "2026-11-01", promised_on="2026-11-05")
    named = an_event("courier_out", "2026-11-08", posting=f"{ORDER}-1")

    before, after = only([paid], "2026-11-07"), only([paid, named], "2026-11-09")

    assert before.id == after.id == f"shop/delivery-overdue/{ORDER}"
    assert (before.posting, after.posting) == (None, f"{ORDER}-1")


def test_a_case_that_had_a_number_never_vanishes_without_a_word():
    numbered = an_act("numbered", "2026-11-12", CASE, number="1")
    found_late = an_event("refund_paid", "2026-11-10")

    case = only([CANCELLED, found_late], "2026-11-20", [numbered])

    assert (case.closed_on, case.closed_by) == (on("2026-11-12"), "withdrawn")


def test_a_case_of_a_report_that_was_taken_back_leaves_no_trace():
    told = an_act("reported", "2026-11-14", report="defective")
    numbered = an_act("numbered", "2026-11-15", f"shop/defective/{ORDER}", number="1")
    back = taking_back(told, at("2026-11-16"))

    assert only([PAID], "2026-11-20", [told, numbered]).closed_on is None
    assert only([PAID], "2026-11-20", [told, numbered, back]) is None
    assert cases([PAID], "2026-11-20", [told, numbered, back, told]).keys() == {
        numbered.case
    }


@pytest.mark.parametrize(
    "order", list(permutations(("report", "numbered", "taken back"))), ids=str
)
def test_what_vanishes_without_a_word_had_its_number_from_a_report_alone(order):
    told = an_act("reported", "2026-11-12", report="refund-missing")
    acts = {
        "report": told,
        "numbered": an_act("numbered", "2026-11-13", CASE, number="1"),
        "taken back": taking_back(told, at("2026-11-14")),
    }
    journal = [acts[name] for name in order]
    late = an_event("refund_paid", "2026-11-10")

    found = cases([CANCELLED, late], "2026-11-20", journal)

    if order == ("report", "numbered", "taken back"):
        assert not found
    elif order.index("report") > order.index("taken back"):
        assert found[CASE].closed_on is None
    else:
        assert found[CASE].closed_by == "withdrawn"


def test_a_report_on_an_order_of_two_parcels_is_one_case():
    events = [
        an_event("posting_delivered", "2026-11-05", posting=f"{ORDER}-{n}")
        for n in (1, 2)
    ]
    told = an_act("reported", "2026-11-14", report="defective")

    assert only(events, "2026-11-20", [told]).id == f"shop/defective/{ORDER}"


def test_a_reminder_lapses_when_its_day_is_over():
    ready = an_event("ready_for_pickup", "2026-11-01", keep_until="2026-11-08")

    assert only([ready], "2026-11-05") is None
    assert only([ready], "2026-11-06").closed_on is None
    assert only([ready], "2026-11-08").closed_on is None
    assert only([ready], "2026-11-09").closed_by == "lapsed"


def test_longer_storage_moves_the_reminder():
    ready = an_event("ready_for_pickup", "2026-11-01", keep_until="2026-11-08")
    longer = an_event("storage_extended", "2026-11-03", keep_until="2026-11-11")

    assert only([ready, longer], "2026-11-08") is None
    assert only([ready, longer], "2026-11-09").opened_on == on("2026-11-09")


def test_longer_storage_after_the_reminder_ends_it_until_the_new_day_is_near():
    ready = an_event("ready_for_pickup", "2026-11-01", keep_until="2026-11-08")
    longer = an_event("storage_extended", "2026-11-07", keep_until="2026-11-20")

    assert only([ready, longer], "2026-11-08").closed_on == on("2026-11-07")
    assert only([ready, longer], "2026-11-18").closed_on is None


def test_a_receipt_makes_sure_of_the_refund_that_a_letter_guessed():
    cancelled = an_event("order_cancelled", "2026-11-01", amount="100.00")
    maybe = an_event("refund_paid", "2026-11-04", certainty=GUESS, amount="100.00")
    receipt = an_event("receipt_refund", "2026-11-05", amount="100.00")

    assert f"shop/refund-short/{ORDER}" not in cases(
        [cancelled, maybe, receipt], "2026-11-20"
    )


READY = an_event("ready_for_pickup", "2026-11-01", keep_until="2026-11-08")
MAYBE_LONGER = an_event(
    "storage_extended", "2026-11-03", certainty=GUESS, keep_until="2026-11-20"
)


@pytest.mark.parametrize("day", ["2026-11-03", "2026-11-07"])
def test_longer_storage_that_is_a_guess_does_not_end_the_reminder_and_asks(day):
    longer = an_event("storage_extended", day, certainty=GUESS, keep_until="2026-11-20")

    case = only([READY, longer], "2026-11-07")

    assert (case.opened_on, case.closed_on) == (on("2026-11-06"), None)
    assert case.asks == "Похоже, storage_extended. Верно?"
    assert case.fact("keep_until") == "2026-11-08"
    assert only([READY, longer], "2026-11-09").closed_by == "lapsed"


def test_longer_storage_that_nobody_confirmed_reminds_again_and_asks():
    case = only([READY, MAYBE_LONGER], "2026-11-18")

    assert case.opened_on == on("2026-11-18")
    assert case.certainty is GUESS


@pytest.mark.parametrize("word", ["yes", "no"])
def test_longer_storage_counts_as_the_owner_says(word):
    told = an_act(
        "answered", "2026-11-07", answer=word, about=doubt(MAYBE_LONGER), question=""
    )

    now = only([READY, MAYBE_LONGER], "2026-11-08", [told])
    later = only([READY, MAYBE_LONGER], "2026-11-19", [told])

    assert bool(now.closed_on) == (word == "yes")
    assert now.asks is None
    assert bool(later.closed_on) == (word == "no")


def test_a_parcel_that_is_fetched_needs_no_reminder_however_long_it_is_kept():
    fetched = an_event("posting_delivered", "2026-11-07")

    case = only([READY, MAYBE_LONGER, fetched], "2026-11-19")

    assert (case.closed_on, case.closed_by) == (on("2026-11-07"), "posting_delivered")


def test_a_reminder_of_a_guess_asks_while_it_lasts():
    maybe = an_event(
        "ready_for_pickup", "2026-11-01", certainty=GUESS, keep_until="2026-11-08"
    )
    words = replace(STORAGE, asks="Ждёт?")

    case = cases([maybe], "2026-11-07", packs=a_shop(words))

    assert [each.asks for each in case.values()] == ["Ждёт?"]


def parcels(*events):
    """Two parcels of one order, both promised for the fifth."""
    sent = [
        an_event(
            "posting_shipped",
            "2026-11-01",
            posting=f"{ORDER}-{n}",
            promised_on="2026-11-05",
            evidence=f"sent-{n}",
        )
        for n in (1, 2)
    ]
    return [*sent, *events]


RECEIPTS = a_shop(
    replace(
        LATE,
        until=(*LATE.until, EventKind.RECEIPT_FULL),
        amount_from=(EventKind.ORDER_PAID,),
    )
)


def receipt(day, number):
    return an_event("receipt_full", day, receipt=number)


def test_one_receipt_does_not_say_which_of_two_parcels_came():
    one = receipt("2026-11-04", "a")

    found = cases(parcels(one), "2026-11-10", packs=RECEIPTS)

    assert [case.closed_on for case in found.values()] == [None, None]


def test_a_receipt_that_came_twice_is_one():
    twice = [receipt("2026-11-04", "a"), receipt("2026-11-05", "a")]

    found = cases(parcels(*twice), "2026-11-10", packs=RECEIPTS)

    assert [case.closed_on for case in found.values()] == [None, None]


def test_as_many_receipts_as_parcels_say_that_all_came():
    both = [receipt("2026-11-07", "a"), receipt("2026-11-09", "b")]

    found = cases(parcels(*both), "2026-11-10", packs=RECEIPTS)

    assert {case.closed_on for case in found.values()} == {on("2026-11-09")}


def test_the_sum_of_an_order_is_not_the_sum_of_one_of_its_parcels():
    paid = an_event("order_paid", "2026-11-01", amount="100.00")

    found = cases(parcels(paid), "2026-11-10", packs=RECEIPTS)

    assert [case.amount for case in found.values()] == [None, None]
    assert [case.fact("amount_paid") for case in found.values()] == [None, None]


def test_a_guess_that_would_close_a_case_leaves_it_open_and_asks():
    maybe = an_event("refund_paid", "2026-11-15", certainty=GUESS)

    case = only([CANCELLED, maybe], "2026-11-20")

    assert case.closed_on is None
    assert case.asks
    assert case.certainty is Certainty.PINNED


def test_a_case_that_rests_on_a_guess_says_so_and_asks():
    maybe = an_event("order_cancelled", "2026-11-09", certainty=GUESS)

    case = only([maybe], "2026-11-20")

    assert case.certainty is GUESS
    assert case.asks


def test_a_yes_makes_the_guess_count():
    maybe = an_event("refund_paid", "2026-11-15", certainty=GUESS)
    yes = answered("2026-11-16", "yes", maybe)

    case = only([CANCELLED, maybe], "2026-11-20", [yes])

    assert case.closed_on == on("2026-11-15")


def test_a_no_to_the_guess_leaves_the_case_as_it_was():
    maybe = an_event("refund_paid", "2026-11-15", certainty=GUESS)
    no = answered("2026-11-16", "no", maybe)

    case = only([CANCELLED, maybe], "2026-11-20", [no])

    assert case.closed_on is None
    assert case.asks is None


def test_a_no_to_what_opened_a_case_closes_it():
    maybe = an_event("order_cancelled", "2026-11-09", certainty=GUESS)
    no = answered("2026-11-16", "no", maybe)

    assert only([maybe], "2026-11-20", [no]).closed_by == "owner"


def test_an_answer_speaks_of_its_letter_only():
    maybe = an_event("refund_paid", "2026-11-15", certainty=GUESS)
    later = an_event("refund_paid", "2026-11-17", certainty=GUESS)
    no = answered("2026-11-16", "no", maybe)

    case = only([CANCELLED, maybe, later], "2026-11-20", [no])

    assert case.asks
    assert case.asks_about == (doubt(later),)


def test_one_answer_serves_every_case_that_the_letter_touches():
    sent = an_event("posting_shipped", "2026-11-01", promised_on="2026-11-10")
    maybe = an_event("order_cancelled", "2026-11-05", certainty=GUESS)
    both = cases([sent, maybe], "2026-11-12")
    yes = answered("2026-11-12", "yes", maybe)

    after = cases([sent, maybe], "2026-11-13", [yes])

    assert [case.asks_about for case in both.values()] == [(doubt(maybe),)] * 2
    assert not any(case.asks for case in after.values())


def test_a_case_that_was_open_when_the_owner_confirmed_the_guess_is_closed_not_gone():
    sent = an_event("posting_shipped", "2026-11-01", promised_on="2026-11-10")
    maybe = an_event("posting_delivered", "2026-11-05", certainty=GUESS)
    yes = answered("2026-11-12", "yes", maybe)

    case = only([sent, maybe], "2026-11-13", [yes])

    assert case.closed_on == on("2026-11-12")


def test_the_owner_resolves_and_reopens():
    resolved = an_act("resolved", "2026-11-14", CASE)
    reopened = an_act("reopened", "2026-11-16", CASE)

    assert only([CANCELLED], "2026-11-20", [resolved]).closed_by == "owner"
    assert only([CANCELLED], "2026-11-20", [resolved, reopened]).closed_on is None


def test_reopening_sets_aside_the_letter_that_had_closed_the_case():
    back = an_event("refund_paid", "2026-11-15", amount="1.00")
    reopened = an_act("reopened", "2026-11-16", CASE)

    assert only([CANCELLED, back], "2026-11-20", [reopened]).closed_on is None


def test_a_report_of_the_owners_opens_a_case_without_any_letter():
    told = an_act("reported", "2026-11-14", report="defective", on="2026-11-13")

    case = only([], "2026-11-20", [told])

    assert case.rule == "defective"
    assert case.opened_on == on("2026-11-13")
    assert case.certainty is Certainty.PINNED


@pytest.mark.parametrize("posting", [None, f"{ORDER}-1"])
@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("since", [[], ["posting_delivered"]])
def test_a_report_is_heard_whatever_the_rule_is_about_and_waits_for(
    posting, scope, since
):
    rule = a_rule(
        "reported", since, [], scope=scope, needs=(EventKind.RECEIPT_PREPAYMENT,)
    )
    told = an_act("reported", "2026-11-14", report="reported", posting=posting)
    delivered = an_event("posting_delivered", "2026-11-13", posting=f"{ORDER}-1")

    for events in ([], [delivered]):
        [case] = cases(events, "2026-11-20", [told], a_shop(rule)).values()
        assert case.opened_on == on("2026-11-14")


def test_a_report_on_one_of_two_parcels_is_about_that_one():
    rule = a_rule("reported", ["posting_delivered"], [], scope=Scope.POSTING)
    events = [
        an_event("posting_shipped", f"2026-11-0{n}", posting=f"{ORDER}-{n}")
        for n in (1, 2)
    ]
    told = [
        an_act("reported", "2026-11-14", report="reported", posting=f"{ORDER}-{n}")
        for n in (2, 3)
    ]

    found = cases(events, "2026-11-20", told, a_shop(rule))

    assert [each.posting for each in found.values()] == [f"{ORDER}-2", f"{ORDER}-3"]


def test_refunds_that_add_up_are_not_short():
    events = [
        an_event("item_cancelled", "2026-11-01", amount="300.00"),
        an_event("refund_paid", "2026-11-02", amount="100.00"),
        an_event("refund_paid", "2026-11-04", amount="200.00"),
    ]

    assert only(events, "2026-12-01") is None


def test_a_short_refund_is_short_by_the_rest():
    events = [
        an_event("item_cancelled", "2026-11-01", amount="300.00"),
        an_event("refund_paid", "2026-11-02", amount="100.00"),
    ]

    case = only(events, "2026-12-01")

    assert case.rule == "refund-short"
    assert case.opened_on == on("2026-11-05")
    assert case.amount == Decimal("200.00")


def test_the_rest_of_a_short_refund_closes_its_case():
    events = [
        an_event("item_cancelled", "2026-11-01", amount="300.00"),
        an_event("refund_paid", "2026-11-02", amount="100.00"),
        an_event("refund_paid", "2026-11-10", amount="200.00"),
    ]

    assert only(events, "2026-12-01").closed_on == on("2026-11-10")


def test_a_short_refund_that_rests_on_a_guess_asks_about_the_guess():
    maybe = an_event("item_cancelled", "2026-11-01", amount="300.00", certainty=GUESS)
    paid = an_event("refund_paid", "2026-11-02", amount="100.00")

    case = only([maybe, paid], "2026-12-01")
    no = answered("2026-12-01", "no", maybe)

    assert case.certainty is GUESS
    assert case.asks_about == (doubt(maybe),)
    assert only([maybe, paid], "2026-12-02", [no]).closed_by == "owner"


def test_a_guess_that_would_make_a_short_refund_up_leaves_it_open_and_asks():
    owed = an_event("item_cancelled", "2026-11-01", amount="300.00")
    part = an_event("refund_paid", "2026-11-02", amount="100.00")
    rest = an_event("refund_paid", "2026-11-10", amount="200.00", certainty=GUESS)

    case = only([owed, part, rest], "2026-12-01")
    yes = answered("2026-12-01", "yes", rest)
    no = answered("2026-12-01", "no", rest)

    assert (case.closed_on, case.asks_about) == (None, (doubt(rest),))
    assert only([owed, part, rest], "2026-12-02", [yes]).closed_by == "refund_paid"
    assert only([owed, part, rest], "2026-12-02", [no]).asks is None


def test_a_receipt_for_a_refund_that_was_told_is_not_a_second_refund():
    events = [
        an_event("item_cancelled", "2026-11-01", amount="300.00"),
        an_event("refund_paid", "2026-11-02", amount="150.00"),
        an_event("receipt_refund", "2026-11-02", amount="150.00"),
    ]

    assert cases(events, "2026-12-01")[f"shop/refund-short/{ORDER}"].amount == 150


def test_a_refund_without_a_sum_is_never_called_short():
    events = [
        an_event("item_cancelled", "2026-11-01", amount="300.00"),
        an_event("refund_paid", "2026-11-02"),
    ]

    assert only(events, "2026-12-01") is None


def test_the_first_promise_stays_the_promise():
    events = [
        an_event("posting_shipped", "2026-11-01", promised_on="2026-11-05"),
        an_event("delivery_moved", "2026-11-04", promised_on="2026-11-15"),
    ]

    case = only(events, "2026-11-08")

    assert case.opened_on == on("2026-11-06")
    assert case.fact("promised_on") == "2026-11-05"
    assert case.fact("moved_to") == "2026-11-15"


def test_every_fact_names_its_letter():
    case = only([PAID, CANCELLED], "2026-11-20")

    assert {fact.evidence for fact in case.facts} == set(case.evidence)


KINDS = [
    "order_paid",
    "posting_shipped",
    "ready_for_pickup",
    "storage_extended",
    "posting_delivered",
    "order_cancelled",
    "item_cancelled",
    "refund_paid",
    "support_asked",
]
SHOPS = st.deferred(lambda: st.sampled_from([SHOP, MORE]))


@st.composite
def lives(draw):
    days = draw(st.lists(st.integers(1, 28), min_size=1, max_size=7))
    events = []
    for i, day in enumerate(days):
        when = date(2026, 11, day)
        attributes = {
            "promised_on": (when + timedelta(days=draw(st.integers(0, 9)))).isoformat(),
            "keep_until": (when + timedelta(days=draw(st.integers(0, 9)))).isoformat(),
        }
        if draw(st.booleans()):
            attributes["cancelled_by"] = "seller"
        if draw(st.booleans()):
            attributes["amount"] = f"{draw(st.integers(1, 5))}.00"
        events.append(
            an_event(
                draw(st.sampled_from(KINDS)),
                when.isoformat(),
                evidence=str(i),
                certainty=draw(st.sampled_from(list(Certainty))),
                **attributes,
            )
        )
    return events


@given(SHOPS, lives(), st.randoms(), st.integers(0, 60))
def test_any_order_of_arrival_gives_the_same_cases(shop, events, random, later):
    today = date(2026, 11, 1) + timedelta(days=later)
    shuffled = random.sample(events, len(events))

    assert cases(shuffled, today, (), shop) == cases(events, today, (), shop)


@given(SHOPS, lives(), st.integers(0, 60))
def test_a_guess_never_closes_a_case_without_the_owner(shop, events, later):
    today = date(2026, 11, 1) + timedelta(days=later)
    sure = {event.kind for event in events if event.certainty is not GUESS}

    for case in cases(events, today, (), shop).values():
        assert case.closed_by in {"", "lapsed"} | sure


@given(SHOPS, lives(), st.integers(0, 60))
def test_nothing_is_closed_before_it_opened_or_in_the_future(shop, events, later):
    today = date(2026, 11, 1) + timedelta(days=later)

    for case in cases(events, today, (), shop).values():
        assert case.opened_on <= today
        assert case.closed_on is None or case.opened_on <= case.closed_on <= today


@given(lives(), st.integers(0, 60), st.integers(0, 30))
def test_time_alone_never_takes_a_case_back(events, later, more):
    today = date(2026, 11, 1) + timedelta(days=later)

    before = set(cases(events, today))

    assert before <= set(cases(events, today + timedelta(days=more)))


@given(SHOPS, lives(), st.integers(0, 60))
def test_the_next_look_is_never_too_late(shop, events, later):
    today = date(2026, 11, 1) + timedelta(days=later)
    timeline = Timeline.of(events)
    found = assess(
        timeline, (), shop, pack="shop", order=ORDER, zone=MOSCOW, today=today
    )
    calm_until = found.look_again_on or date(2027, 3, 1)

    names = {case.id: case.closed_on for case in found.cases}

    for ahead in range(1, (calm_until - today).days):
        then = cases(events, today + timedelta(days=ahead), (), shop)
        assert {name: case.closed_on for name, case in then.items()} == names


# --- one trouble, one case

PAID_TWO = an_event(
    "order_paid", "2026-11-01", amount="100.00", promised_on="2026-11-10"
)
SELLER = a_rule(
    "cancelled-by-seller",
    ["order_cancelled"],
    ["refund_paid"],
    where={"cancelled_by": "seller"},
    grace=Grace(term=Term(0)),
)
SILENT = a_rule(
    "support-silent",
    ["support_asked"],
    ["support_answered"],
    grace=Grace(term=Term(2)),
    gives_way_to=("*",),
    asks_first=True,
    asks="?",
)
TWICE = a_rule(
    "charged-twice",
    ["order_paid"],
    ["refund_paid"],
    grace=Grace(term=Term(0)),
    check=Check.CHARGED_TWICE,
    within=7,
    asks="?",
)
WHOLE = a_rule(
    "delivery-overdue",
    ["order_paid"],
    ["posting_delivered"],
    scope=Scope.POSTING,
    grace=Grace(term=Term(1), start="promised_on"),
    until_repaid=(EventKind.REFUND_PAID, EventKind.RECEIPT_REFUND),
    gives_way_to=("cancelled-by-seller",),
    amount_from=(EventKind.ORDER_PAID,),
)
MORE = a_shop(SELLER, SILENT, TWICE, WHOLE)


def found(events, today, *acts) -> dict[str, Case]:
    cases_ = cases(events, today, acts, MORE)
    return {case.rule: case for case in cases_.values()}


def test_a_refund_of_a_part_leaves_the_rest_of_the_order_late():
    part = an_event("refund_paid", "2026-11-08", amount="30.00")
    rest = an_event("receipt_refund", "2026-11-15", amount="70.00")

    late = found([PAID_TWO, part], "2026-11-12")["delivery-overdue"]
    over = found([PAID_TWO, part, rest], "2026-11-20")["delivery-overdue"]

    assert (late.closed_on, late.amount) == (None, Decimal("70.00"))
    assert (over.closed_on, over.closed_by) == (on("2026-11-15"), "receipt_refund")


@pytest.mark.parametrize(("word", "closed"), [("yes", True), ("no", False)])
def test_whether_a_refund_without_a_sum_was_all_the_owner_says(word, closed):
    unknown = an_event("refund_paid", "2026-11-15")
    asked = found([PAID_TWO, unknown], "2026-11-16")["delivery-overdue"]
    told = an_act(
        "answered",
        "2026-11-16",
        asked.id,
        answer=word,
        about=" ".join(asked.asks_about),
    )

    case = found([PAID_TWO, unknown], "2026-11-17", told)["delivery-overdue"]

    assert asked.asks == "Похоже, refund_paid. Верно?"
    assert (case.closed_on is not None, case.asks) == (closed, None)


def test_a_case_that_had_a_number_is_merged_into_the_one_that_says_more():
    gone = an_event("order_cancelled", "2026-11-13", cancelled_by="seller")
    numbered = an_act("numbered", "2026-11-11", f"shop/delivery-overdue/{ORDER}")

    with_number = found([PAID_TWO, gone], "2026-11-14", numbered)
    without = found([PAID_TWO, gone], "2026-11-14")

    case = with_number["delivery-overdue"]
    assert (case.closed_on, case.closed_by) == (on("2026-11-13"), "merged")
    assert set(without) == {"cancelled-by-seller"}


def test_a_day_that_is_named_again_was_not_moved():
    again = an_event("posting_shipped", "2026-11-02", promised_on="2026-11-10")
    moved = an_event("posting_shipped", "2026-11-03", promised_on="2026-11-12")

    same = found([PAID_TWO, again], "2026-11-12")["delivery-overdue"]
    late = found([PAID_TWO, again, moved], "2026-11-14")["delivery-overdue"]

    assert (same.fact("promised_on"), same.fact("moved_to")) == ("2026-11-10", None)
    assert late.fact("moved_to") == "2026-11-12"


def test_who_cancelled_decides_which_rule_holds():
    somebody = an_event("order_cancelled", "2026-11-05")
    seller = an_event("order_cancelled", "2026-11-05", cancelled_by="seller")

    assert "cancelled-by-seller" not in found([somebody], "2026-11-06")
    assert "cancelled-by-seller" in found([seller], "2026-11-06")


def test_a_case_that_asks_first_rests_on_a_guess_however_sure_the_letter_is():
    asked = an_event("support_asked", "2026-11-09", step="support")

    case = found([asked], "2026-11-11")["support-silent"]

    assert (case.certainty, case.asks) == (GUESS, "?")
    assert case.asks_about == (f"{doubt(asked)}:support-silent",)


def test_two_charges_without_a_name_ask_and_two_with_names_do_not():
    def charges(*names):
        return [
            an_event("order_paid", f"2026-11-0{n}", amount="5.00", **more)
            for n, more in enumerate(names, 2)
        ]

    unnamed = found(charges({}, {}), "2026-11-05")["charged-twice"]
    named = found(charges({"operation": 1}, {"operation": 2}), "2026-11-05")
    same = found(charges({"operation": 1}, {"operation": 1}), "2026-11-05")

    assert (unnamed.asks, unnamed.certainty) == ("?", GUESS)
    assert (named["charged-twice"].asks, "charged-twice" in same) == (None, False)


def test_a_question_quotes_the_letter_that_raised_it():
    sent = an_event("posting_shipped", "2026-11-01", promised_on="2026-11-10")
    maybe = an_event(
        "posting_delivered", "2026-11-12", certainty=GUESS, quote="Вручено"
    )
    later = an_event("posting_shipped", "2026-11-12", quote="В пути")

    case = only([sent, later, maybe], "2026-11-13")

    assert case.asks
    assert quoted(case) == Fact("posting_delivered", "", maybe.evidence, maybe.quote)
