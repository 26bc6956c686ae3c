"""Codes to sign in with are known for what they are, whatever the words around them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from letters import ORDER, a_message, reading

from triage.core.event import Stream
from triage.core.passcode import announces

SAID = (
    ("Код для входа", "{}"),
    ("{} — код подтверждения", "Никому его не показывайте."),
    ("Подтвердите почту", "Введите {} на странице входа."),
    ("Вход в аккаунт", "Одноразовый пароль: {}"),
    ("Ваш одноразовый код", "Он действует пять минут.\n{}"),
    ("Новое устройство", "Чтобы войти, наберите\n{}\nна том устройстве."),
    ("Смена номера телефона", "Для подтверждения операции введите {}."),
    ("Your sign-in code", "Enter {} to continue"),
    ("Код получения", "Покажите его сотруднику: {}"),
    ("Восстановление доступа", "Используйте пароль {}, чтобы подтвердить личность."),
    ("PIN", "{}"),
)
GAPS = ("", " ", "-", "\u00a0")


def written(code: str, gap: str) -> str:
    """Write a code with a gap in its middle, as letters do."""
    half = len(code) // 2
    return code[:half] + gap + code[half:] if len(code) == 6 else code


codes = st.text("0123456789", min_size=4, max_size=8).filter(
    lambda code: not code.startswith(("19", "20"))
)


@given(st.sampled_from(SAID), codes, st.sampled_from(GAPS), st.booleans())
def test_a_letter_with_a_code_and_no_order_is_put_aside(said, code, gap, in_html):
    subject, text = (one.format(written(code, gap)) for one in said)
    message = a_message(subject, html=text) if in_html else a_message(subject, text)

    assert reading(message).stream is Stream.SECURITY_CODE


@pytest.mark.parametrize(
    "text",
    [
        "Промокод ВЕСНА2026 действует до 5 июня",
        "Вход в магазин с улицы, дом 1024, подъезд 3",
        "Подтверждаем: вернём 5 600 ₽ на карту",
        "Код возврата не нужен, сумма 12490 ₽",
        "Подтверждение заказа от 12.03.2026",
        "© 2026 Интернет Решения. Личный кабинет, вход",
    ],
)
def test_what_is_no_code_is_not_taken_for_one(text):
    assert not announces([text])


def test_a_letter_that_names_an_order_is_still_read():
    said = f"Заказ {ORDER} готов к получению. Код получения: 4071"

    assert [e.kind.value for e in reading(a_message(said)).events] == [
        "ready_for_pickup"
    ]


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (
            "Код подтверждения оплаты",
            f"Код 4821 для подтверждения оплаты 900 ₽. Заказ {ORDER} будет оплачен после ввода.",
        ),
        (
            "Подтвердите заказ",
            f"Введите 482 193, чтобы подтвердить заказ {ORDER}. Код действует 5 минут.",
        ),
        (
            f"Заказ {ORDER}: код",
            f"482193 — код подтверждения отмены заказа {ORDER}. Никому его не сообщайте.",
        ),
        ("Одноразовый код", f"Заказ {ORDER}. Ваш одноразовый код 4821."),
        ("Смена адреса", f"Чтобы сменить адрес заказа {ORDER}, введите код: 4821"),
        (
            "Код 482193",
            f"Никому не называйте код. Он нужен для оплаты заказа {ORDER}.",
        ),
        ("Код доступа", f"Пароль 48219377 для входа в чат по заказу {ORDER}."),
        ("Ваш код", f"Код для подтверждения возврата по заказу {ORDER}: 4 8 2 1"),
        (
            "Подтверждение",
            f"Код: 482-193. Используйте его для оплаты заказа {ORDER} картой.",
        ),
    ],
)
def test_a_code_that_confirms_something_is_put_aside_though_an_order_is_named(
    subject, text
):
    assert reading(a_message(subject, text)).stream is Stream.SECURITY_CODE
    assert reading(a_message(subject, html=text)).stream is Stream.SECURITY_CODE


@pytest.mark.parametrize(
    "text",
    [
        f"Заказ {ORDER}: код получения 4821, назовите его сотруднику.",
        f"Назовите курьеру код 4821. Заказ {ORDER}.",
        f"Код выдачи 4821 к заказу {ORDER}",
    ],
)
def test_a_code_that_hands_a_parcel_over_is_put_aside_where_nothing_else_is_told(text):
    assert reading(a_message("Ваш код", text)).stream is Stream.SECURITY_CODE


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (
            f"Заказ {ORDER} готов к выдаче. Код получения 4821, назовите его сотруднику.",
            "ready_for_pickup",
        ),
        (
            f"Курьер уже в пути. Заказ {ORDER}. Код для курьера 4821, никому не сообщайте его.",
            "courier_out",
        ),
        (f"Заказ {ORDER} оплачен. Код товара 482193.", "order_paid"),
        (f"Заказ {ORDER} отменён. Код причины 1203.", "order_cancelled"),
    ],
)
def test_a_parcel_with_its_code_is_still_read_and_the_code_not_quoted(text, kind):
    (event,) = reading(a_message("Ozon", text)).events

    assert event.kind == kind
    assert "4821" not in event.quote
