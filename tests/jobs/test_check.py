"""What `triage check` says of the law, and of the server that checks senders."""

from collections import Counter

import pytest
from builders import on
from ladders import ru

from triage.config import Account
from triage.jobs.check import _vouching, age_of_law


def said(day: str) -> list[str]:
    return [finding.what for finding in age_of_law(ru(), on(day))]


def test_on_the_day_of_reading_only_what_ends_soon_is_named():
    assert said("2026-11-23") == [
        "норма sale-rules скоро истечёт: по 31 декабря 2026 г.",
        "норма not-exchanged скоро истечёт: по 31 декабря 2026 г.",
        "ключевая ставка сверена по 25 октября 2026 г., дальше проценты не считаются",
    ]


def test_norms_unchecked_for_180_days_are_named():
    fresh, old = said("2027-05-22"), said("2027-05-23")

    assert not any("refund-22" in words for words in fresh)
    assert any("давно не сверялись" in w and "refund-22" in w for w in old)


def test_some_norms_are_to_be_checked_sooner():
    sooner = said("2027-01-23")

    assert any("return-way" in words for words in sooner)
    assert not any("refund-22" in words for words in sooner)


def test_our_own_choices_never_grow_old():
    assert not any("claim-after" in words for words in said("2031-01-01"))


def test_a_lapsed_norm_and_a_calendar_that_ends_are_named():
    told = said("2027-12-01")

    assert "норма sale-rules больше не действует: по 31 декабря 2026 г." in told
    assert "производственный календарь кончается 2027 годом" in told


def test_nothing_of_it_is_a_fault():
    assert all(f.sound and f.doubtful for f in age_of_law(ru(), on("2031-01-01")))


@pytest.mark.parametrize(
    ("told", "seen", "sound", "words"),
    [
        ("mx.a.example", {"mx.a.example": 30}, True, "проверяет mx.a.example"),
        ("*.a.example", {"1.a.example": 9, "2.a.example": 9}, True, ".a.example"),
        (
            "mx.a.example",
            {"mx.b.example": 20, "": 1},
            False,
            'поставьте "mx.b.example"',
        ),
        (
            "mx.a.example",
            {"mx.a.example": 1, "mx.b.example": 29},
            False,
            "mx.b.example",
        ),
        ("", {"": 25, "stranger.example": 5}, True, "сверять не с чем"),
        ("", {"spf=pass": 30}, True, "сверять не с чем"),
        ("", {}, True, "сверять не с чем"),
    ],
)
def test_the_name_that_vouches_is_advised_only_where_most_letters_bear_it(
    told, seen, sound, words
):
    account = Account(
        name="main", host="a.example", user="me", password_file="x", authserv_id=told
    )

    finding = _vouching(account, Counter(seen))

    assert (finding.sound, words in finding.what) == (sound, True)
