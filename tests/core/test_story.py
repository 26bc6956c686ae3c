"""What the digest tells of an order: its cases together, its money once, its question once."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from standings import TODAY, a_digest, a_standing, a_step

from triage.core.digest import Digest
from triage.core.step import Standing
from triage.core.story import Mark, Story

GUESS = ("guess-1",)


def told(*standings: Standing, **more: Any) -> Digest:
    digest = a_digest(*standings, **more)
    assert digest is not None
    return digest


def the_story(*standings: Standing) -> Story:
    [story] = told(*standings).stories
    return story


def test_cases_of_one_order_are_one_story() -> None:
    found = told(
        a_standing(number=1),
        a_standing(number=2, name="return-refused"),
        a_standing(number=3, order="12345678-0009"),
    ).stories

    assert [[e.standing.number for e in story.entries] for story in found] == [
        [1, 2],
        [3],
    ]
    assert [story.several for story in found] == [True, False]


def test_a_story_counts_each_rouble_once() -> None:
    story = the_story(
        a_standing(number=1, amount=Decimal(1000)),
        a_standing(number=2, name="return-refused", amount=Decimal(1000)),
    )

    assert story.amount == 1000


def test_what_waits_about_the_same_order_stands_beside_and_not_in_the_tail() -> None:
    waiting = a_standing("waiting", number=2, name="receipt-missing")
    digest = told(a_standing(number=1), waiting)

    [story] = digest.stories
    assert [e.standing.number for e in story.beside] == [2]
    assert digest.alone(digest.waiting) == ()


def test_a_question_that_two_cases_ask_is_asked_once_by_the_one_with_a_last_day() -> (
    None
):
    last_day = TODAY + timedelta(days=5)
    step = a_step(deadline_on=last_day, deadline_of="owner")
    story = the_story(
        a_standing(number=1, asks="Верно?", asks_about=GUESS),
        a_standing(
            number=2, name="refused", asks="Верно?", asks_about=GUESS, step=step
        ),
    )

    assert [e.standing.number for e in story.entries] == [2]
    assert [story.asks_too(e) for e in story.beside] == [True]


def test_two_questions_are_two_though_their_words_are_the_same() -> None:
    story = the_story(
        a_standing(number=1, asks="Верно?", asks_about=GUESS),
        a_standing(number=2, name="refused", asks="Верно?", asks_about=("guess-2",)),
    )

    assert len(story.entries) == 2


def test_the_ladder_is_drawn_with_what_is_past_present_and_next() -> None:
    claim, bank = a_step("claim"), a_step("bank")
    steps = (
        a_step("check", done_on=TODAY),
        a_step("support", done_on=TODAY),
        claim,
        a_step("social"),
        bank,
        a_step("authority", locked=True),
    )
    standing = replace(a_standing(step=claim), steps=steps, next_step=bank)

    [entry] = told(standing).actions

    assert [(rung.number, rung.mark) for rung in entry.rungs] == [
        ("1", Mark.DONE),
        ("2", Mark.DONE),
        ("2c", Mark.NOW),
        ("3", Mark.ABSENT),
        ("4", Mark.AHEAD),
        ("5", Mark.NEXT),
        ("6", Mark.LOCKED),
        ("7", Mark.ABSENT),
    ]


def test_a_ladder_of_one_step_is_not_drawn() -> None:
    step = a_step("check")

    [entry] = told(replace(a_standing(step=step), steps=(step,))).actions

    assert entry.rungs == ()
