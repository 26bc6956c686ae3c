"""A year of a busy buyer, lived day by day: few letters, and a reason for each."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from life import hurry
from year import BEGINS, ENDS, Told, Year, table

pytestmark = pytest.mark.slow

NOISE = Path(__file__).parents[1] / "docs" / "noise.md"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Told]]:
    with hurry():
        year = Year(tmp_path_factory.mktemp("year"))
        yield year.live_it()
        year.close()


def test_a_busy_year_has_fewer_than_ninety_letters(told: list[Told]) -> None:
    assert 40 < len(told) < 90, table(told)


def test_no_day_has_two_digests(told: list[Told]) -> None:
    days = [each.at.date() for each in told if each.kind == "digest"]
    assert len(days) == len(set(days))


def test_a_letter_has_a_reason_or_ends_a_week_of_silence(told: list[Told]) -> None:
    for before, each in zip([None, *told], told, strict=False):
        if not each.reasons and before:
            assert each.at - before.at >= timedelta(days=6, hours=12), each


def test_no_week_is_without_a_letter(told: list[Told]) -> None:
    days = sorted({each.at.date() for each in told} | {BEGINS, ENDS})
    gaps = [later - day for day, later in pairwise(days)]
    assert max(gaps) <= timedelta(days=7)


def test_a_case_nobody_touches_is_recalled_daily_then_weekly_and_never_dropped(
    told: list[Told],
) -> None:
    last = [each.at.date() for each in told if each.at.date() >= ENDS - timedelta(47)]
    gaps = [(later - day).days for day, later in pairwise(last)]
    assert gaps == [1, 1, 1, 7, 7, 7, 7, 7, 7]


def test_a_case_that_was_put_off_comes_back_on_its_day(told: list[Told]) -> None:
    subjects = [each.subject.partition(" · ")[0] for each in told]
    off = subjects.index("Отложено: 1 дело")
    assert told[off + 1].reasons == ("changed",)


def test_what_cannot_wait_is_told_on_its_day_and_not_as_new_again(
    told: list[Told],
) -> None:
    [urgent] = [each for each in told if each.kind == "urgent"]
    new = [case for each in told for case in each.new]
    assert urgent.reasons == ("new",)
    assert len(urgent.new) == 1
    assert len(new) == len({*new})


def test_the_page_about_noise_shows_this_year(told: list[Told]) -> None:
    assert table(told) in NOISE.read_text("utf-8"), table(told)
