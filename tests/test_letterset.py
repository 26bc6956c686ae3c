"""Letters nobody tuned for are read rightly or not at all: see letterset/README.md."""

import re
from collections import Counter
from functools import cache

import pytest
from letterset import press
from letterset.letter import Half, Letter
from letterset.verdict import MONEY, Verdict, figures, judge, message_of

from triage.core.event import Certainty, EventKind
from triage.core.message import Message

FLOOR = 0.85
"""The share of events said that must be right, from the first honest measurement."""

MONEY_FLOOR = 0.95
"""The same of money and cancellations, whoever wrote the letter."""

HALVES = [half for half in Half if half.folders]


@cache
def verdicts(half: Half) -> tuple[Verdict, ...]:
    asked = (one for one in press.letters(half) if not one.template.unsure)
    return tuple(judge(one) for one in asked)


def all_letters() -> list[Letter]:
    return [one for half in Half for one in press.letters(half)]


@cache
def parsed() -> tuple[tuple[Letter, Message], ...]:
    return tuple((one, message_of(one)) for one in all_letters())


def test_the_set_is_large_enough():
    telling = [one for one in all_letters() if one.tells]
    silent = [one for one in all_letters() if not one.tells]

    assert len(telling) >= 700
    assert len(silent) >= 400


@pytest.mark.parametrize("half", HALVES)
def test_every_kind_is_told_in_both_halves_in_several_wordings(half):
    wordings = Counter(
        kind
        for template in press.templates(half)
        for kind in {said.split()[0] for said in template.tells}
        if not template.unsure
    )

    assert {kind.value for kind in EventKind if wordings[kind] < 2} == set()


def test_what_is_fresh_is_held_out_and_all_the_rest_is_for_tuning():
    fresh = {one.name for one in Half.HELD_OUT.folders}

    assert {one.name for one in Half.TUNING.folders} == {
        "tuning",
        "spent",
        "spent_later",
        "spent_last",
        "spent_third",
        "spent_fourth",
    }
    assert all(name.startswith("fresh") for name in fresh)


def test_no_wording_is_in_both_halves():
    def sentences(half: Half) -> set[str]:
        return {
            line
            for template in press.templates(half)
            for line in template.text.splitlines()
            if len(line) > 60
        }

    held_out = sentences(Half.HELD_OUT)
    both = sentences(Half.TUNING) & held_out

    assert len(both) <= len(held_out) / 100  # two authors may copy one footer


def test_a_template_has_a_name_of_its_own():
    names = Counter(one.id for half in Half for one in press.templates(half))

    assert [name for name, count in names.items() if count > 1] == []


def test_the_same_letters_are_made_every_time():
    first = [one.raw for one in press.letters(Half.TUNING)]

    press.letters.cache_clear()

    assert [one.raw for one in press.letters(Half.TUNING)] == first


def test_every_letter_parses_whole():
    for letter, message in parsed():
        assert message.defects == (), letter.id
        assert message.subject, letter.id
        assert message.passages, letter.id


def test_no_gap_is_left_open():
    for letter, message in parsed():
        said = [message.subject, *(passage.text for passage in message.passages)]
        assert not any("{" in one or "}" in one for one in said), letter.id


def test_a_letter_names_every_order_that_it_tells_of():
    for letter, message in parsed():
        said = "\n".join([message.subject, *(one.text for one in message.passages)])
        plain = re.sub("[\u00ad\u200b]", "", said).replace("\u2011", "-")
        assert all(truth.order in plain for truth in letter.tells), letter.id


@pytest.mark.parametrize("half", HALVES)
def test_nothing_that_a_reader_may_act_on_is_wrong(half):
    wrong = [
        one.letter.id
        for one in verdicts(half)
        for event, _ in one.wrong
        if event.certainty > Certainty.GUESS
    ]

    assert wrong == []


def test_money_and_cancellations_are_never_misread():
    wrong = Counter(
        event.kind.value
        for one in verdicts(Half.TUNING)
        for event, _ in one.wrong
        if event.kind in MONEY
    )

    assert wrong == {}


@pytest.mark.parametrize("half", HALVES)
def test_what_is_said_of_money_is_nearly_always_right(half):
    rows = [row for kind, row in figures(verdicts(half)).items() if kind in MONEY]
    found, wrong = sum(row.found for row in rows), sum(row.wrong for row in rows)

    assert found / (found + wrong) >= MONEY_FLOOR


@pytest.mark.parametrize("half", HALVES)
def test_what_is_said_is_right_as_often_as_at_first(half):
    rows = figures(verdicts(half)).values()
    found, wrong = sum(row.found for row in rows), sum(row.wrong for row in rows)

    assert found / (found + wrong) >= FLOOR


@pytest.mark.parametrize("half", HALVES)
def test_no_letter_with_news_is_put_aside_as_one_without(half):
    assert [one.letter.id for one in verdicts(half) if one.silenced] == []
