"""The owner's word: backdated, usable on any later day, and taken back like nothing said."""

import pytest
from builders import MOSCOW, ORDER, on
from ladders import OWNER
from lives import act, event, packs, stands

from triage.core.act import Act
from triage.core.cases import assess
from triage.core.letter import facts_for
from triage.core.step import Standing
from triage.core.timeline import Timeline

LATER = ("2026-11-23", "2026-12-05", "2027-03-01")


PAID = event("order_paid", "2026-11-02", amount="12490.00")
CANCELLED = event("order_cancelled", "2026-11-06", amount="12490.00")
PROMISED = event("order_paid", "2026-11-02", amount="990.00", promised_on="2026-11-09")
REFUND = "refund-missing"
VALUES = {
    "text": "слова",
    "day": "2026-11-11",
    "term": "2026-12-05",
    "sum": "100.00",
    "inn": "7704217370",
    "mark": "1234",
    "yes": "да",
    "rate": "14,00 с 27.07.2026",
}


def value_of(name: str) -> str:
    book = packs().facts
    return VALUES.get(book.told[name]) or book.choices[name][0]


def said(when: str, undo: bool = False) -> dict[str, list[Act]]:
    """Every kind of act that carries a day, said at an instant to be so on 12 November."""
    since = {"on": "2026-11-12"}
    acts = {
        f"fact {name}": act(
            "fact", when, REFUND, name=name, value=value_of(name), **since
        )
        for name in packs().facts.told
    }
    acts["money came"] = act(
        "fact", when, REFUND, name="amount_refunded", value="12490.00", **since
    )
    acts["order fact"] = act(
        "fact", when, None, name="paid_on", value="2026-11-02", **since
    )
    acts["support"] = act("step_done", when, REFUND, step="support", **since)
    acts["claim"] = act("step_done", when, REFUND, step="claim", **since)
    acts["resolve"] = act("resolved", when, REFUND, **since)
    acts["report"] = act("reported", when, None, report="defective", **since)
    back = {
        name: [act("undone", "2026-11-22 18:00", None, act=one.id)]
        for name, one in acts.items()
    }
    return {name: [one, *(back[name] if undo else [])] for name, one in acts.items()}


KINDS = tuple(said("2026-11-12 12:00"))


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_told_later_counts_as_if_it_had_been_told_that_day(kind):
    at_once, later = said("2026-11-12 12:00")[kind], said("2026-11-21 12:00")[kind]

    for day in LATER:
        assert stands([PAID, CANCELLED], later, day) == stands(
            [PAID, CANCELLED], at_once, day
        )


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_taken_back_was_never_said(kind):
    acts = said("2026-11-12 12:00", undo=True)[kind]

    for day in LATER:
        assert stands([PAID, CANCELLED], acts, day) == stands(
            [PAID, CANCELLED], [], day
        )


@pytest.mark.parametrize("name", sorted(packs().facts.told))
@pytest.mark.parametrize("rule", [REFUND, None], ids=["case", "order"])
def test_every_fact_is_used_on_any_later_day_with_the_owner_as_its_evidence(name, rule):
    word = act(
        "fact",
        "2026-11-12 12:00",
        rule,
        name=name,
        value=value_of(name),
        on="2026-11-12",
    )
    for day in LATER:
        now = stands([PAID, CANCELLED], [word], day)[REFUND]
        known = facts_for(now, [word], packs().ladder, OWNER)

        assert known[name].evidence == "owner"
        assert known[name].on == on("2026-11-12")


# --- money


def test_a_case_closes_on_the_day_on_which_all_its_money_is_back():
    half = act("fact", "2026-11-12", REFUND, name="amount_refunded", value="6000.00")
    rest = act(
        "fact",
        "2026-11-20",
        REFUND,
        name="amount_refunded",
        value="6490.00",
        on="2026-11-18",
    )

    assert (
        stands([PAID, CANCELLED], [half], "2026-11-23")[REFUND].case.closed_on is None
    )
    case = stands([PAID, CANCELLED], [half, rest], "2026-11-23")[REFUND].case
    assert (case.closed_on, case.closed_by) == (on("2026-11-18"), "owner")


def test_money_told_twice_for_a_day_is_one_refund():
    word = [
        act(
            "fact",
            f"2026-11-12 1{hour}:00",
            REFUND,
            name="amount_refunded",
            value="7000.00",
            on="2026-11-12",
        )
        for hour in (2, 3)
    ]

    assert stands([PAID, CANCELLED], word, "2026-11-23")[REFUND].case.closed_on is None


def test_a_case_that_is_opened_again_stays_open_though_money_was_told():
    word = act("fact", "2026-11-12", REFUND, name="amount_refunded", value="12490.00")
    again = act("reopened", "2026-11-14", REFUND)

    case = stands([PAID, CANCELLED], [word, again], "2026-11-23")[REFUND].case
    assert case.closed_on is None


# --- an answer that no letter shows


def test_an_answer_in_the_chat_spares_the_repetition():
    asked = act("step_done", "2026-11-12", REFUND, step="support", on="2026-11-12")
    reply = act(
        "fact",
        "2026-11-13",
        REFUND,
        name="support_reply",
        value="ждите",
        on="2026-11-13",
    )

    def now(*acts: Act) -> Standing:
        seen = act("step_done", "2026-11-11", REFUND, step="check", on="2026-11-11")
        return stands([PAID, CANCELLED], [seen, *acts], "2026-11-14")[REFUND]

    assert now(asked).step.step.letter == "support-again"
    assert now(asked, reply).step.step.letter != "support-again"


# --- the promised day, read off the site


def promise(value: str, when: str = "2026-11-20", rule: str | None = None) -> Act:
    return act(
        "fact", when, rule, name="promised_on", value=value, on=when.partition(" ")[0]
    )


OVERDUE = "delivery-overdue"


def test_a_promise_that_no_letter_names_opens_the_case_of_a_late_parcel():
    assert OVERDUE not in stands([PAID], [], "2026-11-23")

    case = stands([PAID], [promise("2026-11-05")], "2026-11-23")[OVERDUE].case

    assert case.opened_on == on("2026-11-06")
    assert case.asks is None
    assert "owner" not in case.evidence


def test_a_promise_that_lies_ahead_opens_nothing_before_its_day():
    word = promise("2026-11-25")

    assert OVERDUE not in stands([PAID], [word], "2026-11-25")
    assert OVERDUE in stands([PAID], [word], "2026-11-26")


def test_a_promise_that_is_taken_back_opens_nothing():
    word = promise("2026-11-05")
    back = act("undone", "2026-11-21", None, act=word.id)

    assert OVERDUE not in stands([PAID], [word, back], "2026-11-23")


def test_the_owners_day_stands_before_that_of_an_older_letter():
    case = stands([PROMISED], [promise("2026-11-05")], "2026-11-23")[OVERDUE].case

    assert case.opened_on == on("2026-11-06")


def test_a_promise_about_one_parcel_is_not_about_another():
    parcels = [
        event("posting_shipped", "2026-11-03", posting=f"{ORDER}-{n}") for n in (1, 2)
    ]
    word = act(
        "fact",
        "2026-11-20",
        None,
        posting=f"{ORDER}-2",
        name="promised_on",
        value="2026-11-05",
    )
    found = assess(
        Timeline.of([PAID, *parcels]),
        [word],
        packs(),
        pack="ozon",
        order=ORDER,
        zone=MOSCOW,
        today=on("2026-11-23"),
    )

    late = [case.posting for case in found.cases if case.rule == OVERDUE]
    assert late == [f"{ORDER}-2"]


def test_what_came_in_time_is_not_late_whatever_was_promised():
    came = event("posting_delivered", "2026-11-04")

    assert OVERDUE not in stands([PAID, came], [promise("2026-11-05")], "2026-11-23")
