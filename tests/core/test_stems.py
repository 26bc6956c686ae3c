import re
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from letters import a_message

from triage.core.hearing import hear, spoken
from triage.core.message import Where
from triage.core.stems import ALIKE, DIGIT, Vocabulary, leads, stems
from triage.core.voice import Voice
from triage.core.words import fold, normal
from triage.edges.packs import load

RECOGNISERS = load(["ozon"], "ru", None).marketplaces[0].recognisers
PATTERNS = [
    pattern
    for recogniser in RECOGNISERS
    for pattern in (*recogniser.any_of, *recogniser.none_of, *recogniser.subject)
]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (r"\bне (?:был )?оплачен", [{"оплачен"}]),
        (r"(?:деньги|средства) вернулись", [{"вернулись"}, {"деньги", "средства"}]),
        (r"готов к выдаче", [{"выдаче"}, {"готов"}]),
        (r"заказ\w* (?:отменён|возвращён)", [{"заказ"}, {"отменён", "возвращён"}]),
        (r"(?m:^оплачен[.!]?$)", [{"оплачен"}]),
        (r"воз?врат", [{"врат"}]),
        (r"отмен|возврат", [{"отмен", "возврат"}]),
        (r"отмен|я", []),
        (r"отмен|", []),
        (r"(?:заказ)?", []),
        (r"(?:заказ)+", [{"заказ"}]),
    ],
)
def test_stems_are_what_every_match_must_hold_the_rarest_first(source, words):
    assert [*stems(re.compile(source, re.IGNORECASE))] == words


@given(st.data())
def test_a_text_that_matches_is_always_worth_a_search(data):
    pattern = data.draw(st.sampled_from(PATTERNS))
    text = fold(normal(data.draw(st.from_regex(pattern))))

    worth = Vocabulary([text]).possible((pattern,))

    assert worth or not pattern.search(text)


@given(st.data(), st.sampled_from(["заказ", "отмен", "возврат товара", "не", "Order"]))
def test_words_are_found_wherever_they_stand(data, word):
    pattern = re.compile(word, re.IGNORECASE)
    blanks = st.text(" \n\t\u00a0\u2003,.", max_size=3)
    others = st.lists(st.text(max_size=8), max_size=8)
    spelt = "".join(data.draw(st.sampled_from([c, c.upper()])) for c in word)
    text = data.draw(blanks).join([*data.draw(others), spelt, *data.draw(others)])

    assert Vocabulary([text]).possible((pattern,))


def test_every_letter_that_a_pattern_takes_for_another_is_known():
    """Without case a pattern takes «ᲀ» for «в», and that is no capital letter."""
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    letters = "abcdefghijklmnopqrstuvwxyzабвгдежзийклмнопрстуфхцчшщъыьэюя"

    taken = {
        odd: letter
        for letter in letters
        for odd in re.findall(letter, everything, re.IGNORECASE)
        if odd.lower() != letter
    }

    assert taken == ALIKE


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (r"\bотмен[ао]н", {"отмен"}),
        (r"(?<!не )(?:отмен|отказ)", {"отмен", "отказ"}),
        (r"за(?:каз|явка)[ \n]", {"заказ", "заявка"}),
        (r"не[ \n]оплачен", {"не оплачен", "не\nоплачен"}),
        (r"(?:новый )?статус", {"новый статус", "статус"}),
        (r"(?:новый )*статус", set()),
        (r"(?:на )?я", set()),
        (r"\d+ рублей", {DIGIT}),
        (r"\b\d{7,10}-|заказ", {DIGIT, "заказ"}),
        (r"№\d+", set()),
        (r"отмен|\d*", set()),
        (r"(?:^|\n)отмен", {"отмен", "\nотмен"}),
        (r"[^а]отмен", set()),
    ],
)
def test_leads_are_what_every_match_begins_with(source, words):
    assert {*leads(re.compile(source, re.IGNORECASE))} == words


@given(st.data())
def test_a_match_is_found_wherever_a_slow_search_finds_it(data):
    pattern = data.draw(st.sampled_from(PATTERNS))
    parts = st.from_regex(pattern) | st.sampled_from(
        ["\n", "заказ ", "ЗАКАЗ", "ᲀ", "ı"]
    )
    voice = Voice(Where.HTML, "".join(data.draw(st.lists(parts, max_size=5))))
    limit = data.draw(st.integers(0, len(voice.folded) + 1))

    quick = [match.span() for match in voice.matches(pattern, limit)]

    assert quick == [m.span() for m in pattern.finditer(voice.folded, 0, limit)]


class _Everything(Vocabulary):
    """A quick look that passes over nothing."""

    def possible(self, patterns):
        return patterns

    def may_hold(self, pattern):
        return True


@given(st.data())
def test_a_quick_look_changes_nothing_of_what_is_heard(data):
    phrases = st.lists(st.sampled_from(PATTERNS).flatmap(st.from_regex), max_size=4)
    subject, text, html = (". ".join(data.draw(phrases)) for _ in range(3))
    letter = spoken(a_message(subject, text, html))
    slow = replace(letter, vocabulary=_Everything([]))

    for recogniser in RECOGNISERS:
        assert hear(recogniser, letter) == hear(recogniser, slow)
