"""Why today's digest leads with a case, over days that may be missed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standings import TODAY, a_standing, a_step, told

from triage.core.mention import (
    Mention,
    Reason,
    dump_mentions,
    is_news,
    is_urgent,
    load_mentions,
    mention,
    why_mention,
)

OPEN_STATES = ["open", "waiting", "snoozed"]


def day(number: int) -> date:
    return TODAY + timedelta(days=number)


def with_deadline(number: int, **more: object):  # type: ignore[no-untyped-def]
    step = a_step(deadline_on=day(number), deadline_of="owner", deadline_kind="LAW")
    return a_standing(step=step, **more)


def days_told(standing_on, days: Sequence[int]) -> list[tuple[int, str]]:  # type: ignore[no-untyped-def]
    """Run the digest on the given days and return when and why the case was told."""
    history: list[Mention] = []
    found = []
    for number in days:
        standing = standing_on(number)
        if reason := why_mention(standing, history, day(number)):
            history.append(mention(standing, reason, day(number)))
            found.append((number, reason.value))
    return found


def test_a_case_nobody_heard_of_is_new() -> None:
    assert why_mention(a_standing(), [], TODAY) is Reason.NEW


def test_a_case_that_opened_and_closed_unheard_is_never_told() -> None:
    assert why_mention(a_standing("resolved"), [], TODAY) is None


def test_a_resolved_case_is_told_once() -> None:
    story = days_told(lambda n: a_standing("open" if n < 2 else "resolved"), range(30))

    assert story[-1] == (2, "resolved")


def test_a_case_that_was_opened_again_is_told() -> None:
    before = told(a_standing("resolved"), day(-10), "resolved")

    assert why_mention(a_standing(), [before], TODAY) is Reason.CHANGED


def test_another_step_is_told_when_it_is_due() -> None:
    before = told(a_standing(step=a_step("check")), day(-1))

    assert why_mention(a_standing(), [before], TODAY) is Reason.STEP_DUE


def test_an_answer_puts_the_owner_back_in_turn() -> None:
    before = told(a_standing("waiting"), day(-1))

    assert why_mention(a_standing(), [before], TODAY) is Reason.ANSWERED


def test_what_the_owner_did_is_confirmed_once() -> None:
    story = days_told(lambda n: a_standing("open" if n < 1 else "waiting"), range(60))

    assert story == [(0, "new"), (1, "changed")]


def test_a_step_that_is_to_be_taken_once_more_is_the_owners_turn_again() -> None:
    before = told(a_standing(step=a_step(due_on=day(-5))), day(-5))
    taken = a_step(done_on=day(-4))
    again = replace(a_standing(), steps=(taken,))

    assert why_mention(again, [before], TODAY) is Reason.ANSWERED
    repeated = told(again, TODAY, "answered")
    later = replace(again, today=day(1))
    assert why_mention(later, [before, repeated], day(1)) is Reason.REMINDER


def test_what_the_owner_did_himself_is_no_news_to_him() -> None:
    waiting = mention(a_standing("waiting"), Reason.CHANGED, TODAY)
    asking = mention(a_standing("waiting", asks="Верно?"), Reason.CHANGED, TODAY)

    assert not is_news(waiting)
    assert is_news(asking)


def test_a_question_that_comes_up_is_told_at_once() -> None:
    before = told(a_standing(), day(-1))
    asking = a_standing(asks="Верно?")

    assert why_mention(asking, [before], TODAY) is Reason.CHANGED


def test_reminders_come_daily_for_three_days_then_weekly_and_never_stop() -> None:
    story = days_told(lambda _: a_standing(), range(46))

    assert [n for n, _ in story] == [0, 1, 2, 3, 10, 17, 24, 31, 38, 45]
    assert {reason for _, reason in story[1:]} == {"reminder"}


def test_news_starts_the_daily_reminders_anew() -> None:
    story = days_told(
        lambda n: a_standing(step=a_step("check" if n < 20 else "support")), range(30)
    )

    assert [n for n, _ in story] == [0, 1, 2, 3, 10, 17, 20, 21, 22, 23]


def test_a_question_in_a_waiting_case_is_repeated_too() -> None:
    story = days_told(lambda _: a_standing("waiting", asks="Верно?"), range(12))

    assert [n for n, _ in story] == [0, 1, 2, 3, 10]


def test_an_owners_deadline_is_told_two_days_ahead_on_the_last_day_and_after() -> None:
    story = days_told(lambda _: with_deadline(20), range(24))

    assert [each for each in story if each[1] != "reminder"] == [
        (0, "new"),
        (18, "deadline_near"),
        (20, "deadline_near"),
        (21, "overdue"),
    ]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([0, 1, 2, 3, 19, 20], [(19, "deadline_near"), (20, "deadline_near")]),
        ([0, 1, 2, 3, 20], [(20, "deadline_near")]),
        ([0, 1, 2, 3, 25], [(25, "overdue")]),
    ],
)
def test_a_day_without_a_digest_loses_no_deadline(
    days: list[int], expected: list[tuple[int, str]]
) -> None:
    story = days_told(lambda _: with_deadline(20), days)

    assert [each for each in story if each[0] > 3] == expected


def test_a_deadline_of_the_other_side_is_no_alarm() -> None:
    step = a_step(deadline_on=day(1), deadline_of="other", deadline_kind="LAW")
    standing = a_standing("waiting", step=step)

    assert not is_urgent(standing, TODAY)
    assert why_mention(standing, [told(standing, day(-1))], TODAY) is None


def test_a_snoozed_case_is_silent_until_its_day() -> None:
    def on(number: int):  # type: ignore[no-untyped-def]
        state = "snoozed" if 1 <= number < 5 else "open"
        return a_standing(state, back_on=day(5) if number >= 1 else None)

    assert days_told(on, range(7)) == [(0, "new"), (5, "changed"), (6, "reminder")]


def test_a_snooze_that_ran_out_between_two_digests_is_noticed() -> None:
    reminded = [told(a_standing(), day(n), "reminder") for n in (-10, -3)]
    standing = a_standing(back_on=day(0))

    assert why_mention(standing, reminded, TODAY) is Reason.CHANGED


def test_a_deadline_wakes_a_snoozed_case() -> None:
    standing = with_deadline(2, state="snoozed")

    assert why_mention(standing, [told(standing, day(-5))], TODAY) == "deadline_near"


def test_nothing_is_told_twice_on_one_day() -> None:
    for state in OPEN_STATES:
        standing = a_standing(state)
        assert why_mention(standing, [told(standing, TODAY)], TODAY) is None


def test_mentions_survive_writing_and_reading() -> None:
    some = [told(a_standing(), TODAY), told(a_standing("resolved"), day(1), "resolved")]

    assert load_mentions(dump_mentions(some)) == some


states = st.sampled_from(OPEN_STATES)
steps = st.sampled_from(["check", "support", "claim"])
day_sets = st.sets(st.integers(0, 120), min_size=1).map(sorted)


@given(days=day_sets)
def test_an_open_case_is_never_left_unsaid_for_more_than_a_week(
    days: list[int],
) -> None:
    story = [n for n, _ in days_told(lambda _: a_standing(), days)]

    for number in days:
        last = max(n for n in story if n <= number)
        assert number - last < 7


@given(days=day_sets, deadline=st.integers(0, 100))
def test_a_deadline_is_told_on_any_day_of_its_last_two_if_there_was_a_digest(
    days: list[int], deadline: int
) -> None:
    story = [n for n, _ in days_told(lambda _: with_deadline(deadline), days)]

    near = [n for n in days if deadline - 2 <= n <= deadline]
    if near:
        assert near[0] in story
    if deadline in days:
        assert deadline in story


@given(st.lists(st.tuples(states, steps), min_size=1, max_size=20), st.data())
def test_the_order_of_the_history_does_not_matter(
    life: list[tuple[str, str]], data: st.DataObject
) -> None:
    history = [
        told(a_standing(state, step=a_step(step)), day(-n - 1))
        for n, (state, step) in enumerate(life)
    ]
    shuffled = data.draw(st.permutations(history))

    assert why_mention(a_standing(), shuffled, TODAY) == why_mention(
        a_standing(), history, TODAY
    )


@given(states, steps, states, steps)
def test_a_change_of_an_open_case_is_always_told(
    state: str, step: str, then: str, then_step: str
) -> None:
    before = a_standing(state, step=a_step(step))
    after = a_standing(then, step=a_step(then_step))

    reason = why_mention(after, [told(before, day(-1))], TODAY)

    if then == "snoozed":
        assert reason is None
    elif (state, step) != (then, then_step):
        assert reason in {Reason.ANSWERED, Reason.CHANGED, Reason.STEP_DUE}
