"""A letter that names what was paid and what came back never has one taken for the other.

Labels, phrases and layouts are put together in turn: what is read is the right sum, or
none.
"""

from itertools import product

import pytest
from letters import LINK, ORDER, a_message, reading

from triage.core.event import EventKind

RECEIPT = (
    f"https://www.ozon.ru/my/e-check/show/A1B2C-{ORDER}"
    "-0a1b2c3d-1111-2222-3333-0a1b2c3d4e5f-1-1/"
)
PAID, BACK = "8 431,50", "1 976,00"
RIGHT = {"paid": "8431.50", "back": "1976.00"}

PAID_LABELS = (
    "Оплачено",
    "Оплачено было",
    "Вы заплатили",
    "Сумма покупки",
    "Сумма заказа",
    "Стоимость заказа",
    "Сумма оплаты",
    "Чек прихода на сумму",
    "Ранее списано",
    "Итого по заказу",
    "Всего оплачено",
    "Внесена предоплата",
    "Первоначальная сумма",
    "Сумма исходного чека",
    "Было",
)
BACK_LABELS = (
    "Возвращено",
    "Возвращено сегодня",
    "Сумма возврата",
    "Возвращаем",
    "К возврату",
    "Вернули",
    "Возврат",
    "Итого к возврату",
    "Итого возвращено",
    "Зачислено на карту",
    "Вам придёт",
    "Перечислено покупателю",
)
LAYOUTS = (
    "{paid}\n{p} ₽\n{back}\n{b} ₽",
    "{back}\n{b} ₽\n{paid}\n{p} ₽",
    "{paid}: {p} ₽\n{back}: {b} ₽",
    "{back}: {b} ₽\n{paid}: {p} ₽",
    "{paid} {p} ₽, {back} {b} ₽.",
    "{back} — {b} ₽\n\n{paid} — {p} руб.",
    "{paid}\n{p} ₽\n{back}\n{b} ₽\nИтого\n{p} ₽",
    "{paid}\n{p} ₽\n{back}\n{b} ₽\nИТОГ {b} ₽",
    "{paid}\n{back}\n{p} ₽\n{b} ₽",
    "{back}\n{paid}\n{b} ₽\n{p} ₽",
)

CAME_BACK = {
    EventKind.RECEIPT_REFUND: (
        ("Чек на возврат", f"Чек на возврат по заказу {ORDER} готов."),
        ("Ваш чек", f"Возврат прихода\nЗаказ {ORDER}"),
        ("Возврат выполнен", f"Заказ {ORDER}\nЧек возврата: открыть"),
    ),
    EventKind.REFUND_PAID: (
        ("Деньги отправлены", f"Вернули деньги за заказ {ORDER}."),
        ("Возврат", f"Возврат денег по заказу {ORDER} выполнен."),
    ),
    EventKind.REFUND_PROMISED: (
        ("Скоро вернём", f"Вернём деньги за заказ {ORDER} в течение 3 дней."),
        ("Возврат", f"Оформили возврат денег по заказу {ORDER}."),
    ),
}
WAS_PAID = {
    EventKind.ORDER_PAID: (
        ("Оплата", f"Оплата по заказу {ORDER} прошла."),
        (f"Заказ {ORDER} оплачен", "Спасибо."),
    ),
    EventKind.RECEIPT_FULL: (
        ("Ваш чек", f"Полный расчёт\nЗаказ {ORDER}"),
        ("Чек", f"Чек полного расчёта по заказу {ORDER} готов."),
    ),
    EventKind.RECEIPT_PREPAYMENT: (
        ("Ваш чек", f"Предоплата 100%\nЗаказ {ORDER}"),
        ("Чек", f"Чек предоплаты по заказу {ORDER} готов."),
    ),
}


def misread(subject: str, lead: str, kind: EventKind, right: str) -> list[str]:
    """Return the letters of which the wrong sum is told."""
    wrong = []
    for place, (paid, back) in enumerate(product(PAID_LABELS, BACK_LABELS)):
        for layout in (LAYOUTS[place % 10], LAYOUTS[(7 * place + place // 10) % 10]):
            rows = layout.format(paid=paid, back=back, p=PAID, b=BACK)
            text = f"{lead}\n{rows}" if place % 2 else f"{rows}\n\n{lead}"
            events = reading(a_message(subject, text, links=(LINK, RECEIPT))).events
            told = {
                event.attributes["amount"]
                for event in events
                if event.kind is kind and "amount" in event.attributes
            }
            if told - {RIGHT[right]}:
                wrong.append(text)
    return wrong


@pytest.mark.parametrize(
    ("kind", "subject", "lead"),
    [(kind, *one) for kind, many in CAME_BACK.items() for one in many],
)
def test_what_came_back_is_never_what_was_paid(kind, subject, lead):
    assert misread(subject, lead, kind, "back") == []


@pytest.mark.parametrize(
    ("kind", "subject", "lead"),
    [(kind, *one) for kind, many in WAS_PAID.items() for one in many],
)
def test_what_was_paid_is_never_what_came_back(kind, subject, lead):
    assert misread(subject, lead, kind, "paid") == []


@pytest.mark.parametrize(
    "text",
    [
        f"Заказ {ORDER}\nВсего заплачено\n{PAID} ₽\nВернули\n{BACK} ₽\nЧек на возврат: открыть",
        f"По заказу {ORDER} вернули {BACK} ₽.\nЧек возврата: открыть\nВы платили {PAID} ₽.",
        f"Чек прихода от 5 июля на {PAID} ₽.\nВозврат прихода\nВозвращено: {BACK} ₽\n{ORDER}",
        f"Возврат прихода\nЗаказ {ORDER}\nСумма возврата {BACK} ₽\nСумма покупки {PAID} ₽",
    ],
)
def test_a_refund_receipt_says_what_came_back(text):
    events = reading(a_message("Возврат", text, links=(RECEIPT,))).events
    sums = [
        e.attributes.get("amount") for e in events if e.kind.value == "receipt_refund"
    ]

    assert sums == [RIGHT["back"]]
