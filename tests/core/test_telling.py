"""From phrases to events: each parcel, each refund and each thing for itself."""

import pytest
from letters import LINK, ORDER, a_message, reading

from triage.core.event import Event
from triage.core.extracting import shares

FIRST, SECOND, OTHER = f"{ORDER}-1", f"{ORDER}-2", "12345678-0002"


def told(text: str, subject: str = "Ozon", **more: object) -> tuple[Event, ...]:
    return reading(a_message(subject, text, **more)).events  # type: ignore[arg-type]


def fates(text: str, subject: str = "Ozon") -> dict[str | None, str]:
    return {one.posting: one.kind.value for one in told(text, subject)}


# --- of which parcel


@pytest.mark.parametrize(
    "text",
    [
        f"Отправление {FIRST} передано в доставку.\nОтправление {SECOND} отменено.",
        f"{FIRST}\nПередано в доставку\n{SECOND}\nОтменён",
        f"Отправление {FIRST} передано в доставку, а отправление {SECOND} отменено.",
        f"Передано в доставку отправление {FIRST}, отменено отправление {SECOND}.",
    ],
)
def test_two_parcels_of_one_letter_have_each_their_fate(text):
    assert fates(text) == {FIRST: "posting_shipped", SECOND: "order_cancelled"}


def test_a_heading_for_all_parcels_counts_for_all():
    text = f"Заказ готов к получению\n{FIRST}\n{SECOND}"

    assert fates(text) == {FIRST: "ready_for_pickup", SECOND: "ready_for_pickup"}


def test_fates_that_stand_before_their_parcels_tell_nothing():
    found = reading(a_message("Ozon", f"В пути\n{FIRST}\nОтменён\n{SECOND}"))

    assert (found.outcome, found.events) == ("ambiguous", ())
    assert found.reason


def test_a_subject_that_only_one_parcel_bears_out_is_of_that_parcel():
    text = f"{FIRST}: собрано\n{SECOND}: отменено"

    assert fates(text, "Отправление отменено")[SECOND] == "order_cancelled"
    assert fates(text, "Отправление отменено").get(FIRST) != "order_cancelled"


def test_days_are_taken_from_the_lines_of_the_parcel():
    text = (
        f"{FIRST}\nПередано в доставку\nДоставим 5 сентября\n"
        f"{SECOND}\nГотово к выдаче\nХраним до 12 сентября"
    )

    shipped, ready = told(text)

    assert shipped.attributes == {"promised_on": "2026-09-05"}
    assert ready.attributes == {"keep_until": "2026-09-12"}


def test_one_shipment_link_is_not_given_to_two_parcels():
    text = f"Отправления {FIRST} и {SECOND} в пути"

    assert all("shipment" not in one.attributes for one in told(text, links=(LINK,)))


def test_orders_of_one_letter_have_each_their_fate():
    text = f"Заказ {ORDER} отменён.\nЗаказ {OTHER} передан в доставку."

    found = {one.order: one.kind.value for one in told(text)}

    assert found == {ORDER: "order_cancelled", OTHER: "posting_shipped"}


# --- of which sum


def amounts(text: str, kind: str, subject: str = "Ozon") -> list[str | None]:
    return [
        one.attributes.get("amount")
        for one in told(text, subject)
        if one.kind.value == kind
    ]


def test_refunds_of_one_order_are_events_of_their_own():
    text = (
        f"По заказу {ORDER}:\nвернули 1 200 ₽ за чайник.\nВернули 800 ₽ за кружку.\n"
        "Всего вернули 2 000 ₽."
    )

    assert amounts(text, "refund_paid") == ["1200.00", "800.00"]
    assert len({one.id for one in told(text)}) == 2


def test_one_refund_told_twice_is_one_event():
    text = f"Вернули 1 200 ₽ на карту.\nДеньги за заказ {ORDER} отправлены на карту."

    assert amounts(text, "refund_paid", "Вернули деньги") == ["1200.00"]


def test_things_cancelled_are_named_with_their_sums():
    text = (
        f"Из заказа {ORDER}:\nтовар «Чайник» за 1 200 ₽ отменён.\n"
        "Товар «Кружка» за 800 ₽ отменён."
    )

    found = [(one.attributes["item"], one.attributes["amount"]) for one in told(text)]

    assert found == [("Чайник", "1200.00"), ("Кружка", "800.00")]


@pytest.mark.parametrize(
    ("said", "dealt"),
    [
        ("Вернули 700 ₽", ["700.00"]),
        ("Вернули 700 ₽ из 1 200 ₽", ["700.00"]),
        ("Вернули 700 ₽ за заказ стоимостью 1 200 ₽", ["700.00"]),
        ("Вернули 1 200 ₽: 700 ₽ за товар и 500 ₽ за доставку", ["1200.00"]),
        ("Вернули 700 ₽ за чайник и 500 ₽ за кружку", ["700.00", "500.00"]),
        ("Вернули 700 ₽, 500 ₽", []),
        ("Вернули деньги", []),
    ],
)
def test_sums_of_a_sentence_are_dealt_out_or_left_alone(said, dealt):
    assert [str(amount) for amount, _ in shares(said)] == dealt


def test_a_sum_whose_part_in_it_is_not_said_is_not_taken():
    text = f"Вернули деньги за заказ {ORDER}.\nЧайник 1 200 ₽.\nКружка 800 ₽."

    assert amounts(text, "refund_paid") == [None]


def test_what_a_day_stands_for_is_not_guessed_from_another_sentence():
    text = f"Заказ {ORDER} отменён. Вернём деньги на карту. Распродажа до 9 сентября!"

    (promised,) = [one for one in told(text) if one.kind == "refund_promised"]

    assert "due_on" not in promised.attributes


def test_a_sentence_with_a_fate_that_was_not_understood_tells_nothing():
    text = f"Отправление {FIRST} передано в доставку, а {SECOND} потерялось в тумане."

    assert fates(text) == {}
