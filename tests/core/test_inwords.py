"""Numbers in words, held against another program that writes them."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from num2words import num2words

from triage.core.inwords import LIMIT, amount_in_words, number_in_words

EDGES = [0, 1, 2, 5, 10, 11, 12, 19, 20, 21, 99, 100, 101, 111, 999, 1000, 1001, 1002]
EDGES += [2000, 5000, 11000, 21000, 22022, 10**6, 2 * 10**6 + 1, 10**9, 21 * 10**9]


@given(st.integers(0, LIMIT - 1))
@example(LIMIT - 1)
def test_every_number_is_written_as_another_program_writes_it(number):
    assert number_in_words(number) == num2words(number, lang="ru")


@given(st.sampled_from(EDGES), st.sampled_from(EDGES))
def test_numbers_at_the_edges_too(one, other):
    assert number_in_words(one + other) == num2words(one + other, lang="ru")


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (
            "12490",
            "12\u00a0490 (двенадцать тысяч четыреста девяносто) рублей 00 копеек",
        ),
        ("1", "1 (один) рубль 00 копеек"),
        ("2.01", "2 (два) рубля 01 копейку"),
        ("21.02", "21 (двадцать один) рубль 02 копейки"),
        ("11.11", "11 (одиннадцать) рублей 11 копеек"),
        ("0.50", "0 (ноль) рублей 50 копеек"),
        ("1001", "1\u00a0001 (одну тысячу один) рубль 00 копеек"),
        (
            "2002002.22",
            "2\u00a0002\u00a0002 (два миллиона две тысячи два) рубля 22 копейки",
        ),
        ("1000000000", "1\u00a0000\u00a0000\u00a0000 (один миллиард) рублей 00 копеек"),
        ("99.995", "100 (сто) рублей 00 копеек"),
    ],
)
def test_a_sum_that_is_demanded_stands_in_digits_and_in_words(amount, words):
    assert amount_in_words(Decimal(amount)) == words


@pytest.mark.parametrize("number", [-1, LIMIT])
def test_what_no_order_costs_is_refused(number):
    with pytest.raises(ValueError, match=str(number)):
        number_in_words(number)
