"""What is still owed on a case: one sum for the digest, the letters and the calculation."""

from decimal import Decimal

import pytest
from builders import MOSCOW, on
from hypothesis import given
from hypothesis import strategies as st
from ladders import CONTACTS, OWNER
from lives import act, event, packs, stands

from triage.commands.shapes import case_shape
from triage.core.accrual import reckon
from triage.core.act import Act
from triage.core.anchors import Anchors
from triage.core.event import Event
from triage.core.letter import facts_for
from triage.core.progress import progress
from triage.core.step import Standing
from triage.core.story import at_stake
from triage.core.words import parse_amount, roubles

TODAY = "2026-10-24"  # the last day but one with a known key rate
BOUGHT = event("order_paid", "2026-09-01", amount="12490.00", promised_on="2026-09-10")
CANCELLED = event("order_cancelled", "2026-09-06", amount="12490.00")
DELIVERED = event("posting_delivered", "2026-09-05")
KINDS = {
    "delivery-overdue": [BOUGHT],
    "refund-missing": [BOUGHT, CANCELLED],
    "defective": [BOUGHT, DELIVERED],
    "not-received": [BOUGHT, DELIVERED],
    "account-blocked": [BOUGHT],
    "false-discount": [BOUGHT, DELIVERED],
}


def came(
    amount: str, day: str, rule: str | None = None, at: str = "2026-10-20", **more: str
) -> Act:
    """Let the owner tell that money came."""
    told = {"name": "amount_refunded", "value": amount, "on": day}
    return act("fact", f"{at} 12:00", rule, **told, **more)


def refund(amount: str, day: str, kind: str = "refund_paid", **more: object) -> Event:
    return event(kind, day, amount=amount, **more)


def report(rule: str) -> list[Act]:
    opened = ("defective", "not-received", "account-blocked", "false-discount")
    return [act("reported", "2026-09-06", None, report=rule)] if rule in opened else []


def everywhere(now: Standing, acts: list[Act], events: list[Event]) -> set[str]:
    """List what each place says is owed, as it writes it."""
    day = now.today
    facts = facts_for(now, acts, packs().ladder, OWNER, contacts=CONTACTS)
    sums = [now.case.amount, at_stake([now]), Decimal(case_shape(now)["amount"])]
    done = progress(now.case, acts, events, MOSCOW, day)
    found = reckon(Anchors.of(now.case, done, packs().ladder, day))
    if found and found.calculation:
        sums.append(found.calculation.left)
    return {roubles(each) for each in sums} | {facts["amount"].value}


@pytest.mark.parametrize("rule", KINDS)
@pytest.mark.parametrize("about", ["case", "order"])
def test_money_that_only_the_owner_saw_is_taken_off_everywhere(rule, about):
    word = came("4 490", "2026-09-20", rule if about == "case" else None)
    acts = [*report(rule), word]

    now = stands(KINDS[rule], acts, TODAY)[rule]

    assert everywhere(now, acts, KINDS[rule]) == {"8\u00a0000,00\u00a0₽"}


@pytest.mark.parametrize("rule", sorted({*KINDS} - {"refund-missing"}))
def test_what_a_letter_tells_came_back_is_taken_off_once(rule):
    events = [*KINDS[rule], refund("4490.00", "2026-09-20")]
    same = came("4490", "2026-09-21")
    receipt = refund("4490.00", "2026-09-20 18:00", "receipt_refund")

    for acts, letters in (([], events), ([same], events), ([], [*events, receipt])):
        told = [*report(rule), *acts]
        now = stands(letters, told, TODAY)[rule]

        assert everywhere(now, told, letters) == {"8\u00a0000,00\u00a0₽"}


def test_what_came_before_the_receipt_of_the_goods_was_not_for_them():
    events = [
        *KINDS["defective"],
        refund("2490.00", "2026-09-04"),
        event("receipt_full", "2026-09-05", amount="10000.00"),
    ]
    acts = report("defective")

    now = stands(events, acts, TODAY)["defective"]

    assert everywhere(now, acts, events) == {"10\u00a0000,00\u00a0₽"}


def test_what_is_short_is_less_by_what_came_since():
    events = [BOUGHT, CANCELLED, refund("9490.00", "2026-09-08")]
    acts = [came("1 000", "2026-09-20")]

    now = stands(events, acts, TODAY)["refund-short"]

    assert everywhere(now, acts, events) == {"2\u00a0000,00\u00a0₽"}


def test_a_letter_and_the_owners_word_together_may_make_up_the_sum():
    events = [*KINDS["defective"], refund("4490.00", "2026-09-22")]
    word = came("8 000", "2026-09-20", "defective")

    case = stands(events, [*report("defective"), word], TODAY)["defective"].case

    assert (case.closed_on, case.closed_by) == (on("2026-09-22"), "owner")


def test_the_sum_that_the_owner_names_is_less_by_what_came_after_it_alone():
    named = act(
        "fact",
        "2026-10-20 12:00",
        "refund-missing",
        name="amount",
        value="5000.00",
        on="2026-09-25",
    )
    acts = [came("1 000", "2026-09-20"), named, came("500", "2026-09-28")]
    events = KINDS["refund-missing"]

    now = stands(events, acts, TODAY)["refund-missing"]

    assert everywhere(now, acts, events) == {"4\u00a0500,00\u00a0₽"}


@pytest.mark.parametrize("name", ["amount", "amount_paid", "amount_item"])
@pytest.mark.parametrize("rule", ["delivery-overdue", "defective"])
def test_demand_table_and_total_are_about_one_sum_whoever_names_it(rule, name):
    events = [
        event("order_paid", "2026-10-20", amount="12490.00", promised_on="2026-11-02")
    ]
    acts = [act("fact", "2026-11-06 12:00", rule, name=name, value="5000")]
    if rule == "defective":
        acts = [
            *report(rule),
            *acts,
            act("step_done", "2026-11-06 13:00", rule, step="claim"),
        ]

    now = stands(events, acts, "2026-11-23")[rule]
    found = facts_for(now, acts, packs().ladder, OWNER, step="claim", contacts=CONTACTS)

    assert (
        found["amount"].value == found["penalty_base"].value == roubles(Decimal(5000))
    )
    grown = parse_amount(found["penalty"].value)
    assert parse_amount(found["claim_value"].value) == 5000 + grown


def test_what_the_owner_paid_stands_in_where_no_letter_names_a_sum():
    events = [event("order_cancelled", "2026-09-06")]
    paid = act("fact", "2026-09-10", None, name="amount_paid", value="12490.00")
    acts = [paid, came("4 490", "2026-09-20")]

    now = stands(events, acts, TODAY)["refund-missing"]

    assert everywhere(now, acts, events) == {"8\u00a0000,00\u00a0₽"}


def test_money_of_an_earlier_cancelling_is_not_of_this_one():
    events = [
        refund("500.00", "2026-08-05"),
        event("order_cancelled", "2026-08-01", amount="500.00"),
        *KINDS["refund-missing"],
    ]
    acts = [came("700", "2026-08-20", at="2026-08-21")]

    assert stands(events, acts, TODAY)["refund-missing"].case.amount == 12490


def test_money_told_before_the_case_opened_keeps_it_from_opening():
    acts = [came("12490", "2026-09-07", at="2026-09-08")]

    case = stands(KINDS["refund-missing"], acts, TODAY)["refund-missing"].case

    assert case.closed_on == case.opened_on


def test_a_case_opened_again_asks_for_the_whole_that_was_said_to_be_back():
    acts = [
        came("12490", "2026-09-20", "refund-missing", at="2026-09-20"),
        act("reopened", "2026-09-25 12:00", "refund-missing"),
    ]
    events = KINDS["refund-missing"]

    now = stands(events, acts, TODAY)["refund-missing"]

    assert now.case.closed_on is None
    assert everywhere(now, acts, events) == {"12\u00a0490,00\u00a0₽"}


def test_after_it_was_opened_again_the_rest_still_closes_it():
    acts = [
        came("4 490", "2026-09-20", "refund-missing", at="2026-09-20"),
        act("resolved", "2026-09-22 12:00", "refund-missing"),
        act("reopened", "2026-09-25 12:00", "refund-missing"),
        came("8 000", "2026-09-24", "refund-missing", at="2026-09-26"),
    ]

    now = stands(KINDS["refund-missing"], acts, TODAY)["refund-missing"]

    assert now.state == "resolved"


# --- nothing is left, and yet nothing says that it is over


PARTLY = [
    BOUGHT,
    DELIVERED,
    event("return_requested", "2026-09-08", amount="5000.00"),
    event("return_approved", "2026-09-09"),
    refund("5000.00", "2026-09-20"),
]


def test_where_nothing_is_left_of_a_case_it_asks_whether_it_is_settled():
    now = stands(PARTLY, report("defective"), TODAY)["defective"]

    assert now.case.asks
    assert now.case.closed_on is None


@pytest.mark.parametrize(("answer", "stays"), [("yes", False), ("no", True)])
def test_the_answer_settles_it_or_leaves_it_open_for_good(answer, stays):
    asked = stands(PARTLY, report("defective"), TODAY)["defective"].case
    about = " ".join(asked.asks_about)
    said = act("answered", "2026-10-20 12:00", "defective", answer=answer, about=about)

    now = stands(PARTLY, [*report("defective"), said], TODAY)["defective"]

    assert now.case.asks is None
    assert (now.case.closed_on is None) is stays


@given(
    letters=st.lists(st.integers(1, 4), max_size=3),
    words=st.lists(st.integers(5, 9), max_size=3, unique=True),
    order=st.randoms(),
)
def test_the_rest_is_the_whole_less_all_that_came_in_whatever_order(
    letters, words, order
):
    events = [
        *KINDS["defective"],
        *(refund(f"{n}{day}0.00", f"2026-09-1{day}") for day, n in enumerate(letters)),
    ]
    acts = [came(f"{n}00.00", f"2026-09-2{n}", "defective") for n in words]
    order.shuffle(events)
    order.shuffle(acts)

    now = stands(events, [*report("defective"), *acts], TODAY)["defective"]
    back = sum(n * 100 + day * 10 for day, n in enumerate(letters))

    left = 12490 - back - 100 * sum(words)
    assert now.case.amount == left
    assert now.case.whole == 12490
