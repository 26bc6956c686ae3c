import re
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from letters import a_message

from triage.core.hearing import hear_all, spoken
from triage.core.line import Vocabulary, known_sets, line, phrase
from triage.core.message import Where
from triage.core.pattern import Pattern
from triage.core.stems import ALIKE, DIGIT, ENDLESS, LINE, leads, reach, stems
from triage.core.voice import Voice
from triage.core.words import fold, normal
from triage.edges.packs import load

RECOGNISERS = load(["ozon"], "ru", None).marketplaces[0].recognisers
PATTERNS = [
    pattern
    for recogniser in RECOGNISERS
    for pattern in (*recogniser.any_of, *recogniser.none_of, *recogniser.subject)
]


def matching(pattern: Pattern) -> st.SearchStrategy[str]:
    return st.from_regex(re.compile(pattern.pattern, pattern.flags))


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
        (r"заказ \d?", [{"заказ"}]),
        (r"заказ \d{2,} (?:₽|рублей)", [{"заказ"}, {DIGIT}]),
        (r"получен|приехал", [{"получен", "приехал"}]),
        (r"заказ(?: получен|ы)", [{"заказ"}, {"получен", "заказы"}]),
        (r"отменен(?:о|а посылка)", [{"отменен"}, {"отменено", "посылка"}]),
        (r"\d.*доступ(?:ен|на)", [{DIGIT}, {"доступен", "доступна"}]),
        (r"отмен.*отменен|отмен.*отмен", [{"отмен"}]),
        (r"(?:деньги|\d+ рублей) вернулись", [{"вернулись"}, {"деньги", "рублей"}]),
    ],
)
def test_stems_are_what_every_match_must_hold_the_rarest_first(source, words):
    assert [*stems(Pattern(source))] == words


@given(st.data())
def test_a_text_that_matches_is_always_worth_a_search(data):
    pattern = data.draw(st.sampled_from(PATTERNS))
    text = fold(normal(data.draw(matching(pattern))))

    worth = Vocabulary([line(text)]).possible((pattern,))

    assert worth or not pattern.search(text)


@given(st.data(), st.sampled_from(["заказ", "отмен", "возврат товара", "не", "Order"]))
def test_words_are_found_wherever_they_stand(data, word):
    pattern = Pattern(word)
    blanks = st.text(" \n\t\u00a0\u2003,.", max_size=3)
    others = st.lists(st.text(max_size=8), max_size=8)
    spelt = "".join(data.draw(st.sampled_from([c, c.upper()])) for c in word)
    text = data.draw(blanks).join([*data.draw(others), spelt, *data.draw(others)])

    assert Vocabulary([line(text)]).possible((pattern,))


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
        (r"\d+ рублей", {f"{DIGIT}(?={DIGIT}{{0}})"}),
        (r"\b\d{7,10}-|заказ", {rf"{DIGIT}(?<!\w{DIGIT})(?={DIGIT}{{6}})", "заказ"}),
        (r"№\d+", set()),
        (r"отмен|\d*", set()),
        (r"(?:^|\n)отмен", {"отмен", "\nотмен"}),
        (r"[^а]отмен", set()),
        (r"заказы?|заказали", {"заказ"}),
        (r"(?m:^\d?[^\w\n]{0,3}статус)", {LINE}),
        (r"(?m:^\d?)", set()),
        (r"^\d?статус", set()),
    ],
)
def test_leads_are_what_every_match_begins_with(source, words):
    assert {*leads(Pattern(source))} == words


@given(st.data())
def test_a_match_is_found_wherever_a_slow_search_finds_it(data):
    pattern = data.draw(st.sampled_from(PATTERNS))
    parts = matching(pattern) | st.sampled_from(["\n", "заказ ", "ЗАКАЗ", "ᲀ", "ı"])
    voice = Voice(Where.HTML, "".join(data.draw(st.lists(parts, max_size=5))))
    limit = data.draw(st.integers(0, len(voice.folded) + 1))

    quick = [match.span() for match in voice.matches(phrase(pattern), limit)]

    assert quick == [m.span() for m in pattern.finditer(voice.folded, 0, limit)]


class _Everything(Vocabulary):
    """A quick look that passes over nothing."""

    def possible(self, patterns):
        return tuple(map(phrase, patterns))

    @property
    def holds(self):
        return frozenset(range(known_sets()))


@pytest.mark.parametrize(
    ("source", "line_ends"),
    [
        ("заказ отменён", 0),
        ("заказ[ \\n]отменён", 1),
        (r"заказ(?:[ \n]ваш)?[ \n]отменён|отказ", 2),
        (r"заказ(?:[ \n]\w+){0,3}", 3),
        (r"заказ[^.]{0,9}", 9),
        (r"заказ[^\n]*", 0),
        (r"заказ\s+отменён", ENDLESS),
        (r"заказ.*", 0),
        (r"(?s:заказ.*)", ENDLESS),
        (r"(?s:заказ.)", 1),
        (r"заказ[\t-\r](?=\n)(?!\n)", 1),
        (r"(\n)\1", ENDLESS),
    ],
)
def test_it_is_known_over_how_many_line_ends_a_match_may_reach(source, line_ends):
    assert reach(Pattern(source)) == line_ends


@given(st.data())
def test_no_match_reaches_further_than_is_known(data):
    pattern = data.draw(st.sampled_from(PATTERNS))
    found = pattern.search(data.draw(matching(pattern)))

    assert found is None or found[0].count("\n") <= reach(pattern)


@given(st.data())
def test_a_quick_look_changes_nothing_of_what_is_heard(data):
    phrases = st.lists(st.sampled_from(PATTERNS).flatmap(matching), max_size=4)
    subject, text, html = (". ".join(data.draw(phrases)) for _ in range(3))
    letter = spoken(a_message(subject, text, html))
    slow = replace(spoken(a_message(subject, text, html)), vocabulary=_Everything([]))
    for voice in slow.voices:
        voice.vocabulary = slow.vocabulary

    for recogniser in RECOGNISERS:
        quick = [as_said(one) for one in hear_all(recogniser, letter)]
        assert quick == [as_said(one) for one in hear_all(recogniser, slow)]


def as_said(heard):
    return heard.voice and heard.voice.where, heard.start, heard.end, heard.phrase
