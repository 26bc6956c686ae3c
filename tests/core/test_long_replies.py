"""A long letter is heard in a moment: an owner's story must not stop the daily tick."""

from datetime import date

import pytest

from triage.core.listener import LONGEST_LINE, Listener
from triage.core.phrasebook import Verb, Why
from triage.core.wish import Lost, Wish
from triage.edges.replypack import read_phrases


def listen(text):
    heard, today = read_phrases(), date(2026, 11, 23)
    return Listener(
        heard=heard, today=today, read_number=lambda _: None, facts={}
    ).listen(text)


@pytest.mark.parametrize(
    "words", ["1 ", "слово ", "1,2,", "готово 1, ", "Спасибо, посмотрю завтра. "]
)
@pytest.mark.timeout(20)
def test_a_page_of_words_is_heard_in_a_moment(words):
    line = (words * LONGEST_LINE)[:LONGEST_LINE]

    assert listen("\n".join([line] * 13)) is not None


def test_a_line_that_tells_a_story_is_not_taken_for_a_request():
    [told] = listen("готово 3, а дело было так: " + "рассказ " * LONGEST_LINE)

    assert isinstance(told, Lost)
    assert told.why is Why.UNKNOWN


def test_what_stands_beside_a_long_line_is_heard():
    told = listen("готово 3\n" + "рассказ " * LONGEST_LINE)

    assert [one.verb for one in told if isinstance(one, Wish)] == [Verb.DONE]
