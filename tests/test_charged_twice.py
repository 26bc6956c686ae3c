"""One sum charged twice: told apart by the operation that each letter names."""

import pytest
from ladders import CONTACTS, OWNER
from letters import ORDER, a_message, reading
from lives import act, event, packs, stands

from triage.core.letter import facts_for, lacking, render

ONE, TWO = "784512963004", "784512963017"
PAID = "Оплата 12 490,00 ₽ прошла."


def operation(text: str) -> str | None:
    """Return the operation that a letter about a payment names."""
    (told,) = [
        each
        for each in reading(a_message("Оплата прошла", text)).events
        if each.kind == "order_paid"
    ]
    return told.attributes.get("operation")


@pytest.mark.parametrize(
    "said",
    [
        f"Номер операции {ONE}",
        f"Номер операции: {ONE}",
        f"Операция № {ONE}",
        f"ID транзакции {ONE}",
        f"RRN {ONE}",
    ],
)
def test_a_letter_about_a_payment_tells_its_operation(said):
    assert operation(f"Заказ {ORDER}. {PAID}\n{said}\n") == ONE


@pytest.mark.parametrize(
    "said", [f"Номер заказа {ORDER}", "Операция на 12490 ₽", "Номер карты *1234"]
)
def test_an_order_a_sum_or_a_card_is_no_operation(said):
    assert operation(f"Заказ {ORDER}. {PAID}\n{said}\n") is None


def twice(*names: str | None):
    return [
        event(
            "order_paid",
            f"2026-11-0{day} 10:00",
            amount="12490.00",
            **({"operation": name} if name else {}),
        )
        for day, name in enumerate(names, 2)
    ]


@pytest.mark.parametrize(
    ("names", "told", "asked"),
    [
        ((ONE, TWO), True, False),
        ((ONE, ONE), False, False),
        ((ONE, None), True, True),  # the second may be a letter about the first
        ((None, None), True, True),
    ],
)
def test_two_operations_are_two_charges_and_one_is_one(names, told, asked):
    found = stands(twice(*names), [], "2026-11-10")

    assert ("charged-twice" in found) is told
    assert told is False or bool(found["charged-twice"].case.asks) is asked


@pytest.mark.parametrize(
    ("told", "day"), [(None, "3 ноября 2026 г."), ("2026-11-04", "4 ноября 2026 г.")]
)
def test_the_bank_is_told_the_day_of_the_second_operation(told, day):
    word = act(
        "fact", "2026-11-05", "charged-twice", name="charged_on", value=str(told)
    )
    acts = [word] if told else []
    now = stands(twice(ONE, TWO), acts, "2026-11-10")["charged-twice"]
    known = facts_for(
        now,
        acts,
        packs().ladder,
        OWNER,
        step="bank",
        contacts=CONTACTS,
    )
    letter = packs().ladder.letters["bank"]
    rest = dict.fromkeys(lacking(letter, known), known["order"])

    assert f"Дата операции: {day}" in render(letter, {**known, **rest}).replace(
        "\u00a0", " "
    )
