"""What today's letter says, and whether there is one."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from builders import at
from hypothesis import given
from hypothesis import strategies as st
from standings import (
    HEADS,
    MORNING,
    TODAY,
    WELL,
    a_digest,
    a_full_day,
    a_standing,
    a_step,
    told,
)

from triage.core.digest import LEADS, Digest
from triage.core.news import Letters, Recognised, Unconfirmed, Undelivered, Unread
from triage.core.step import Standing
from triage.core.story import at_stake

YESTERDAY = TODAY - timedelta(days=1)


def known(*standings: Standing) -> dict[str, Any]:
    """Say that the owner was told of these long ago and reminded yesterday."""
    return {
        each.case.id: [
            told(each, TODAY - timedelta(days=20)),
            told(each, YESTERDAY, "reminder"),
        ]
        for each in standings
    }


def written(*standings: Standing, **more: Any) -> Digest:
    digest = a_digest(*standings, **more)
    assert digest is not None
    return digest


def urgent(number: int, days: int, **more: Any) -> Standing:
    step = a_step(
        deadline_on=TODAY + timedelta(days=days),
        deadline_of="owner",
        deadline_kind="LAW",
    )
    return a_standing(step=step, number=number, order=f"12345678-00{number:02}", **more)


def test_nothing_new_is_no_letter() -> None:
    waiting = a_standing("waiting")

    assert a_digest(waiting, told=known(waiting)) is None
    assert a_digest() is None


def test_letters_about_orders_alone_are_no_reason_for_a_letter() -> None:
    shipped = Recognised(order="1", title="в пути", received_on=TODAY)
    forged = Unconfirmed(evidence="ab", sender="x@y", reason="", received_on=TODAY)
    letters = Letters(recognised=[shipped], unconfirmed=[forged])

    assert a_digest(letters=letters) is None


def test_a_letter_that_nobody_could_read_is_a_reason() -> None:
    unread = Unread(evidence="ab", reason="сломано", received_on=TODAY)

    assert written(letters=Letters(unread=[unread])).letters.unread == [unread]


def test_a_week_without_a_letter_ends_with_a_sign_of_life() -> None:
    for days, expected in ((6, False), (7, True), (30, True)):
        digest = a_digest(last_sent_on=TODAY - timedelta(days=days))
        assert (digest is not None) is expected


def test_the_first_letter_of_all_is_written() -> None:
    assert a_digest(last_sent_on=None) is not None


def test_always_means_every_day() -> None:
    assert a_digest(always=True) is not None


def test_mail_that_was_not_read_for_a_day_is_a_reason() -> None:
    for hours, expected in ((23, False), (25, True)):
        health = replace(WELL, last_read_at=MORNING - timedelta(hours=hours))
        assert (a_digest(health=health) is not None) is expected
    assert a_digest(health=replace(WELL, last_read_at=None)) is not None


def test_a_digest_that_the_server_refused_is_told() -> None:
    lost = Undelivered(YESTERDAY, "550 spam")

    assert written(undelivered=[lost]).undelivered == (lost,)


def test_a_case_leads_on_the_day_it_has_news_and_waits_in_the_tail_after() -> None:
    first = written(a_standing())
    second = written(a_standing(), told=known(a_standing()), always=True)

    assert [len(first.actions), len(first.also_open)] == [1, 0]
    assert [len(second.actions), len(second.also_open)] == [0, 1]
    assert second.mentions == ()


def test_what_is_urgent_leads_the_nearest_day_first() -> None:
    calm = a_standing(order="12345678-0050", number=9, amount=Decimal(10**6))
    standings = [calm, urgent(1, 2), urgent(2, 0), urgent(3, -1), urgent(4, 9)]

    digest = written(*standings)

    assert [e.standing.number for e in digest.actions] == [3, 2, 1, 9, 4]
    assert digest.urgent_on == TODAY - timedelta(days=1)
    assert [e.days_left for e in digest.actions] == [-1, 0, 2, None, 9]


def test_a_reminder_stands_below_the_news() -> None:
    old = a_standing(order="12345678-0001", amount=Decimal(9000))
    new = a_standing(order="12345678-0002", amount=Decimal(1))
    history = {old.case.id: [told(old, TODAY - timedelta(days=8))]}

    digest = written(old, new, told=history)

    assert [e.case.order for e in digest.actions] == ["12345678-0002", "12345678-0001"]


def test_more_cases_than_a_day_holds_are_told_over_the_next_days() -> None:
    crowd = [a_standing(order=f"1-{n:03}", number=n) for n in range(1, LEADS + 6)]

    first = written(*crowd)
    history = {each.case: [each] for each in first.mentions}
    later = [replace(each, today=TODAY + timedelta(days=1)) for each in crowd]
    second = written(*later, told=history, now=MORNING + timedelta(days=1))

    assert (len(first.actions), len(first.also_open)) == (LEADS, 5)
    told_first = {e.case.id for e in first.actions}
    assert {e.case.id for e in second.actions[:5]}.isdisjoint(told_first)


def test_mentions_say_what_was_told() -> None:
    day = a_full_day()

    digest = written(*day.pop("standings"), **day)

    assert {
        (m.case.split("/")[1], m.reason.value, m.state) for m in digest.mentions
    } == {
        ("refund-missing", "new", "open"),
        ("refund-missing", "new", "asks"),
        ("delivery-overdue", "new", "open"),
        ("refund-missing", "resolved", "resolved"),
    }
    assert all(each.told_on == TODAY for each in digest.mentions)


def test_every_case_stands_in_one_place_only() -> None:
    day = a_full_day()
    standings = day.pop("standings")

    digest = written(*standings, **day)

    places = [
        *digest.actions,
        *digest.also_open,
        *digest.waiting,
        *digest.snoozed,
        *digest.resolved,
    ]
    assert sorted(e.case.id for e in places) == sorted(s.case.id for s in standings)


def test_a_question_in_a_waiting_case_leads() -> None:
    asking = a_standing("waiting", asks="Верно?")

    digest = written(asking)

    assert [e.asks for e in digest.actions] == ["Верно?"]
    assert digest.waiting == ()


def test_a_ready_text_is_given_only_when_it_lacks_nothing() -> None:
    ready = a_standing(order="1-1")
    lacking = a_standing(order="1-2", step=a_step(lacks=("seller_inn", "odd")))
    texts = {ready.case.id: "Здравствуйте!", lacking.case.id: "Gap: "}

    digest = written(ready, lacking, texts=texts)

    assert [e.text for e in digest.actions] == ["Здравствуйте!", ""]
    assert digest.actions[1].lacks == (("seller_inn", "ИНН продавца"), ("odd", "odd"))


def test_a_resolved_case_says_what_closed_it() -> None:
    case = a_standing("resolved", closed_by="refund_paid")
    history = {case.case.id: [told(case, YESTERDAY, state="open")]}

    digest = written(case, told=history)

    assert [e.closed_by for e in digest.resolved] == ["деньги возвращены"]


def test_the_age_of_the_last_good_read_is_told_in_the_owners_zone() -> None:
    digest = written(always=True)

    assert digest.read_at is not None
    assert digest.read_at.strftime("%H:%M") == "07:40"
    assert digest.read_age == timedelta(minutes=20)
    assert digest.heads == HEADS


def test_a_clock_that_was_set_back_gives_no_negative_age() -> None:
    digest = written(now=at("2026-11-23 07:00"), always=True)

    assert digest.read_age == timedelta(0)


def test_money_is_counted_once() -> None:
    order = a_standing(amount=Decimal(1000))
    parcels = [
        a_standing(amount=Decimal(600), posting="12345678-0001-1"),
        a_standing(amount=Decimal(600), posting="12345678-0001-2"),
        a_standing(amount=Decimal(500), posting="12345678-0001-2", name="other"),
    ]
    another = a_standing("waiting", amount=Decimal(5), order="12345678-0002")
    guess = a_standing(amount=Decimal(7), order="12345678-0003", asks="Верно?")
    over = a_standing("resolved", amount=Decimal(9), order="12345678-0004")
    unknown = a_standing(amount=None, order="12345678-0005")

    assert at_stake([order]) == 1000
    assert at_stake([order, *parcels]) == 1200
    assert at_stake([order, *parcels, another, guess, over, unknown]) == 1205


standings = st.builds(
    lambda state, number, days, asks: urgent(
        number, days, state=state, asks="Верно?" if asks else None
    ),
    st.sampled_from(["open", "waiting", "snoozed", "resolved"]),
    st.integers(1, 60),
    st.integers(-5, 30),
    st.booleans(),
)


@given(st.lists(standings, max_size=40, unique_by=lambda s: s.case.id), st.randoms())
def test_any_order_of_cases_writes_the_same_letter(
    some: list[Standing], random: Any
) -> None:
    shuffled = list(some)
    random.shuffle(shuffled)

    assert a_digest(*some) == a_digest(*shuffled)


@given(st.lists(standings, max_size=40, unique_by=lambda s: s.case.id))
def test_everything_that_is_not_resolved_is_in_the_letter_and_nothing_is_told_again(
    some: list[Standing],
) -> None:
    digest = written(*some, always=True)

    places = [*digest.actions, *digest.also_open, *digest.waiting, *digest.snoozed]
    assert {e.case.id for e in places} == {
        s.case.id for s in some if s.state != "resolved"
    }
    history = {each.case: [each] for each in digest.mentions}
    again = a_digest(*some, told=history)
    told_before = set(history)
    assert again is None or told_before.isdisjoint(m.case for m in again.mentions)
