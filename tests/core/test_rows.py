"""Cancelled goods in a table are told one by one, where their sums add up."""

import pytest
from letters import ORDER, a_message, reading

ROWS = "Чайник 1 200 ₽\nКружка 300 ₽"
CELLS = "Чайник\n1 200 ₽\nКружка\n300 ₽"


def told(text: str) -> list[tuple[str, str | None, str | None]]:
    return [
        (one.kind.value, one.attributes.get("amount"), one.attributes.get("item"))
        for one in reading(a_message("Изменения в заказе", text)).events
    ]


@pytest.mark.parametrize("table", [ROWS, CELLS])
@pytest.mark.parametrize("total", ["Итого\n1 500 ₽", "Итого: 1 500 ₽"])
def test_each_row_is_an_event_of_its_own(table, total):
    assert told(f"Отменили часть заказа {ORDER}:\n\n{table}\n\n{total}") == [
        ("item_cancelled", "1200.00", "Чайник"),
        ("item_cancelled", "300.00", "Кружка"),
    ]


def test_the_refund_behind_the_table_keeps_its_own_sum():
    said = told(
        f"Отменили часть заказа {ORDER}:\n{ROWS}\n\nВернём вам 1 500 ₽ на карту."
    )

    assert [one[:2] for one in said] == [
        ("item_cancelled", "1200.00"),
        ("item_cancelled", "300.00"),
        ("refund_promised", "1500.00"),
    ]


@pytest.mark.parametrize(
    "below",
    [
        ROWS,
        f"{ROWS}\nИтого: 1 200 ₽",
        "Чайник 1 200 ₽\nИтого: 1 200 ₽",
        f"Остальное приедет вовремя.\nПохожие товары\n{ROWS}\nИтого: 1 600 ₽",
    ],
)
def test_rows_that_add_up_to_nothing_that_is_named_are_of_who_knows_what(below):
    assert told(f"Отменили часть заказа {ORDER}.\n{below}") == [
        ("item_cancelled", None, None)
    ]
