"""What `triage check` says of the law: what grew old, lapsed or is about to."""

from builders import on
from ladders import ru

from triage.jobs.check import age_of_law


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
