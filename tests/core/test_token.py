"""A token grants one act on one case on one day, and nobody makes one without the key."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.core.token import (
    EXPIRES,
    Permit,
    allows,
    find_token,
    is_marked,
    letter_day,
    letter_id,
    token,
)

KEY = b"k" * 32
DAY = date(2026, 11, 23)
PERMIT = Permit(
    case="shop/refund-missing/12345678-0001", act="done", detail="claim", on=DAY
)
OWNER = "me@example.org"


def test_a_token_survives_being_written_into_a_subject():
    made = token(KEY, PERMIT)

    assert find_token(f"Re: triage 3 готово {made}".upper()) == made
    assert allows(KEY, made, PERMIT)


@pytest.mark.parametrize(
    "other",
    [
        replace(PERMIT, case="shop/refund-missing/12345678-0002"),
        replace(PERMIT, act="resolved"),
        replace(PERMIT, detail="bank"),
        replace(PERMIT, on=DAY - timedelta(days=1)),
    ],
)
def test_a_token_grants_nothing_else(other):
    assert not allows(KEY, token(KEY, PERMIT), other)
    assert not allows(KEY, replace(token(KEY, PERMIT), on=other.on), replace(other))


@given(st.binary(min_size=1, max_size=40))
def test_without_the_key_nobody_makes_a_token(key):
    assert key == KEY or not allows(KEY, token(key, PERMIT), PERMIT)


@given(st.text())
def test_any_text_may_be_searched_for_a_token(text):
    assert find_token(text) is None


def test_a_day_that_does_not_exist_is_no_token():
    assert find_token(f"[261332-{'a' * 20}] [261123-{'b' * 20}]") is not None
    assert find_token(f"[261332-{'a' * 20}]") is None


def test_a_token_expires_and_one_of_the_day_after_tomorrow_is_not_ours():
    assert not PERMIT.expired(DAY)
    assert not PERMIT.expired(DAY + EXPIRES)
    assert not PERMIT.expired(DAY - timedelta(days=1))
    assert PERMIT.expired(DAY + EXPIRES + timedelta(days=1))
    assert PERMIT.expired(DAY - timedelta(days=2))


def test_the_id_of_a_letter_tells_its_day_to_whoever_has_the_key():
    named = letter_id("digest.2026-11-23", OWNER, KEY)

    assert named == letter_id("digest.2026-11-23", OWNER, KEY)
    assert letter_day(KEY, named) == DAY
    assert letter_day(KEY, letter_id("urgent.2026-11-23.case-3", OWNER, KEY)) == DAY
    assert letter_day(b"x" * 32, named) is None
    assert letter_day(b"", named) is None
    assert letter_day(KEY, named.replace("-23", "-24")) is None
    assert is_marked(named)


def test_without_a_key_a_letter_has_a_name_that_cannot_be_answered():
    named = letter_id("digest.2026-11-23", OWNER, b"")

    assert named.startswith("<digest.2026-11-23.")
    assert not is_marked(named)
    assert letter_day(KEY, named) is None
    assert letter_day(KEY, letter_id("digest.2026-99-23", OWNER, KEY)) is None
