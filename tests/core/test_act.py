"""Acts have names, and what was taken back does not count."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from triage.core.act import Act, ActKind, effective

START = datetime(2026, 11, 5, 9, 0, tzinfo=UTC)


def fact(minute: int, value: str = "Мир") -> Act:
    return Act(
        at=START + timedelta(minutes=minute),
        kind=ActKind.FACT,
        case="shop/refund-missing/12345678-0001",
        data={"name": "payment", "value": value},
    )


def undo(act: Act, minute: int) -> Act:
    return Act(
        at=START + timedelta(minutes=minute),
        kind=ActKind.UNDONE,
        case=act.case,
        data={"act": act.id},
    )


def test_an_act_that_was_taken_back_does_not_count() -> None:
    first, second = fact(0), fact(1, "СБП")
    assert effective([first, second, undo(second, 2)]) == [first]


def test_taking_back_can_be_taken_back() -> None:
    told = fact(0)
    gone = undo(told, 1)
    assert effective([told, gone, undo(gone, 2)]) == [told]


def test_an_act_told_again_after_it_was_taken_back_counts() -> None:
    told, again = fact(0), fact(2)
    assert effective([told, undo(told, 1), again]) == [again]


@given(st.lists(st.sampled_from(["Мир", "СБП", "Ozon Карта"]), max_size=8))
def test_acts_nobody_took_back_all_count_in_their_order(values: list[str]) -> None:
    acts = [fact(minute, value) for minute, value in enumerate(values)]
    assert effective(acts) == acts
