import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.core.hearing import Voice
from triage.core.message import Where
from triage.core.stems import stems
from triage.edges.packs import load

PATTERNS = [
    pattern
    for recogniser in load(["ozon"], "ru", None).marketplaces[0].recognisers
    for pattern in (*recogniser.any_of, *recogniser.none_of, *recogniser.subject)
]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (r"\bне (?:был )?оплачен", [{"не "}, {"оплачен"}]),
        (r"(?:деньги|средства) вернулись", [{"деньги", "средства"}, {" вернулись"}]),
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
def test_stems_are_what_every_match_must_hold(source, words):
    assert [*stems(re.compile(source, re.IGNORECASE))] == words


@given(st.data())
def test_a_text_that_matches_is_always_worth_a_search(data):
    pattern = data.draw(st.sampled_from(PATTERNS))
    text = data.draw(st.from_regex(pattern))

    voice = Voice(Where.HTML, text)

    assert voice.may_match(pattern) or not pattern.search(voice.folded)
