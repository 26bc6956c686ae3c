"""The quick look before a search for codes misses none."""

from hypothesis import example, given
from hypothesis import strategies as st

from triage.core import codes
from triage.core.codes import blot_of, blotted, without_codes
from triage.core.pattern import Pattern
from triage.core.stems import ALIKE
from triage.core.words import fold

WORDS = ["код", "КоД", "пароль", "шифр", "пин", "pin", "Code", "PASSWORD", "ПИН-код"]
TWINS = {plain: odd for odd, plain in ALIKE.items()}
PIECES = [
    *WORDS,
    *("".join(TWINS.get(c, c) for c in word.lower()) for word in WORDS),
    *("4821", "48 21", "48\u00a021", "79-991", " ", ": ", "\n", " — ", "ваш ", "это "),
    *("получения ", "Заказ 12345678-0001 ", "ё", "x"),
]
TEXT = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)
PATTERN = Pattern(r"\bвыдач\w*[^\d\n]{0,9}(?P<secret>\d{3,9})")


def plainly(text: str) -> str:
    """Mask codes with no look before."""
    text = codes._NAMED.sub(lambda m: m["name"] + "•" * len(m["code"]), text)
    return codes._BEFORE.sub(lambda m: "•" * len(m["code"]) + m["name"], text)


@given(TEXT)
@example("ко\u1c81: 4821")
@example("pa\u017f\u017fword 4821")
def test_a_code_is_masked_however_its_word_is_written(text):
    assert without_codes(text) == plainly(text)


@given(
    st.lists(st.sampled_from([*PIECES, "Выдача: 482", "вы\u1c81ача 4821"]), max_size=8)
)
def test_a_pattern_of_a_pack_is_searched_wherever_it_may_match(pieces):
    text = "".join(pieces)
    expected = text
    for match in PATTERN.finditer(fold(text)):
        start, end = match.span("secret")
        expected = f"{expected[:start]}{'•' * (end - start)}{expected[end:]}"

    assert blot_of([PATTERN], widely=False)(text) == plainly(expected)
    assert [*map(len, blotted(pieces, blot_of([PATTERN], widely=False)))] == [
        *map(len, pieces)
    ]
