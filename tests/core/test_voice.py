from bisect import bisect_left, bisect_right

from hypothesis import given
from hypothesis import strategies as st

from triage.core.message import Where
from triage.core.voice import _STOP, Voice

PARTS = st.sampled_from(
    [
        "Заказ",
        "отменён",
        " ",
        ". ",
        "...",
        "?\n",
        "!",
        "\n",
        "»",
        " 500 руб.",
        " г.",
        "1.",
    ]
)


@given(st.lists(PARTS, max_size=16), st.data())
def test_a_sentence_is_found_line_by_line_as_in_the_whole_text(parts, data):
    voice = Voice(data.draw(st.sampled_from([Where.TEXT, Where.HTML])), "".join(parts))
    length = len(voice.text)
    start = data.draw(st.integers(0, length))
    end = data.draw(st.integers(start, length))
    stops = [m.end() for m in _STOP.finditer(voice.text) if voice._ends(m)]
    before, behind = bisect_right(stops, start), bisect_left(stops, end)

    assert voice.sentence(start, end) == (
        stops[before - 1] if before else 0,
        stops[behind] if behind < len(stops) else length,
    )
