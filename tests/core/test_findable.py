"""Which words of a letter a search knows."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from letters import a_message, ozon, reading

from triage.core.event import Stream
from triage.core.findable import shadow, snippet, words
from triage.core.recogniser import Reading
from triage.core.words import fold, normal
from triage.edges.stemmer import stem

ABOUT = Reading(pack="ozon", outcome="recognised")


def test_a_word_counts_once_in_small_letters_with_e_for_yo():
    assert words("Отменён, ОТМЕНЕН и  отменён!") == ("отменен", "и")


def test_a_word_broken_by_a_soft_hyphen_is_one_word():
    assert words("чай\u00adник") == ("чайник",)


@given(st.text(), st.integers(min_value=1000))
def test_no_number_that_may_be_a_code_is_a_word(text, number):
    assert not any(
        sum(sign.isdigit() for sign in word) > 3 for word in words(f"{text} {number}")
    )
    assert str(number) not in words(f"код {number} {text}")


@given(st.text(st.characters(codec="utf-8")))
def test_words_are_plain_whatever_the_text(text):
    for word in words(text):
        assert word.isalnum()
        assert "ё" not in word


@given(
    st.lists(
        st.sampled_from("а Ё\u0301 _ 1 \n \t \x1c \u00ad \u2028 ᾼ Σ ² ".split(" "))
    )
)
def test_what_is_said_again_changes_no_word(signs):
    text = "".join(signs)
    plain = re.findall(r"[^\W\d_][^\W_]*", fold(normal(text)).lower())
    kept = [word for word in plain if sum(sign.isdecimal() for sign in word) <= 3]

    assert words(text) == words(f"{text}\n{text}") == tuple(dict.fromkeys(kept))


def test_a_letter_is_known_by_its_words_and_their_stems():
    message = a_message("Возвраты", "Чайника нет", '<p onclick="x">Чайник</p>')

    known = shadow(message, ABOUT, stem).split()

    assert {"возвраты", "возврат", "чайника", "чайник"} <= {*known}


def test_hidden_text_and_links_are_not_found():
    message = a_message(
        "Заказ", links=("https://example.org/secretword",), hidden="тень"
    )

    known = shadow(message, ABOUT, stem)

    assert "secretword" not in known
    assert "тень" not in known


@pytest.mark.parametrize(
    "found",
    [
        replace(ABOUT, stream=Stream.SECURITY_CODE, outcome="stream"),
        replace(ABOUT, stream=Stream.SECURITY_CODE, outcome="recognised"),
        replace(ABOUT, stream=Stream.MARKETING, outcome="stream"),
        replace(ABOUT, outcome="unconfirmed"),
        replace(ABOUT, outcome="unreadable"),
        Reading(outcome="foreign"),
        Reading(outcome="own"),
    ],
)
def test_a_letter_that_must_not_be_found_has_no_words(found):
    assert shadow(a_message("Код входа", "Чайник"), found, stem) == ""


def test_a_letter_with_a_sign_in_code_has_no_words():
    message = a_message("Подтверждение учетных данных Ozon", "Ваш код: 123456")

    assert shadow(message, reading(message), stem) == ""


def test_a_snippet_is_the_line_that_says_most():
    message = a_message(
        "Ваш возврат", "Здравствуйте!\nВозврат чайника одобрен.\nЧайник"
    )

    told = snippet(message, ["возврат", "чайник"], stem, ozon().identifiers)

    assert told == "Возврат чайника одобрен."


@pytest.mark.parametrize(
    "code", ["код 1234", "код 12 34 56", "123456", "код: 12345678"]
)
def test_a_snippet_shows_no_code(code):
    message = a_message("", f"Заберите чайник, {code}")

    told = snippet(message, ["чайник"], stem, ozon().identifiers)

    assert "чайник" in told
    assert not any(sign.isdigit() for sign in told)


def test_a_snippet_of_words_that_are_not_there_is_empty():
    assert (
        snippet(a_message("Заказ", "текст"), ["чайник"], stem, ozon().identifiers) == ""
    )
