"""The traps of the status vocabulary: words that look alike and mean something else."""

import pytest
from letters import LINK, ORDER, a_message, ozon, reading, told

from triage.core.event import Certainty


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        # what the site and the app say
        (f"Заказ {ORDER} отменён", "order_cancelled"),
        (f"Заказ {ORDER} отменен продавцом", "order_cancelled"),
        ("Вы отменили заказ", "order_cancelled"),
        ("Отмена заказа", "order_cancelled"),
        ("Заказ частично отменён", "item_cancelled"),
        ("Товар из заказа отменён", "item_cancelled"),
        ("Заказ готов к получению", "ready_for_pickup"),
        ("3 товара готовы к получению", "ready_for_pickup"),
        ("Можно забирать", "ready_for_pickup"),
        ("Успейте забрать", "ready_for_pickup"),
        ("Хранится до 14 сентября", "ready_for_pickup"),
        ("Заказ ждёт в пункте выдачи", "ready_for_pickup"),
        ("Заказ доставлен в пункт выдачи", "ready_for_pickup"),
        ("Заказ ожидает получения", "ready_for_pickup"),
        ("Получен 30 июля", "posting_delivered"),
        ("2 товара получено", "posting_delivered"),
        (f"Заказ {ORDER} получен", "posting_delivered"),
        ("Посылка доставлена", "posting_delivered"),
        ("Курьер уже в пути", "courier_out"),
        ("Изменилась дата доставки", "delivery_moved"),
        ("Доставка задерживается", "delivery_moved"),
        ("Дата на уточнении", "delivery_moved"),
        ("Заказ передан в доставку", "posting_shipped"),
        ("Ваш заказ в пути", "posting_shipped"),
        ("Передаётся в доставку", "posting_packed"),
        ("Отправление упаковано", "posting_packed"),
        ("Заказ не оплачен", "payment_failed"),
        ("Не удалось оплатить заказ", "payment_failed"),
        ("Заказ оформлен", "order_placed"),
        ("Вернули их на ваш счёт", "refund_paid"),
        ("Деньги отправлены", "refund_paid"),
        ("Мы вернули деньги", "refund_paid"),
        ("Вернули 5 654,00 ₽ на карту", "refund_paid"),
        ("Возврат денег выполнен", "refund_paid"),
        ("Вернём деньги в течение 3 дней", "refund_promised"),
        ("Деньги вернутся на карту", "refund_promised"),
        ("Деньги будут возвращены до 5 сентября", "refund_promised"),
        ("Заявка на возврат создана", "return_requested"),
        ("Заявка от 15 июня", "return_requested"),
        ("Заявка на возврат одобрена", "return_approved"),
        ("Заявка на возврат отклонена", "return_refused"),
        ("Заявка на возврат не одобрена", "return_refused"),
        ("Возврат принят продавцом", "return_received"),
        ("Мы получили ваш возврат", "return_received"),
        ("Продлили хранение до 20 сентября", "storage_extended"),
        ("Ответ службы поддержки", "support_answered"),
    ],
)
def test_a_status_is_understood_in_subject_text_and_html(sentence, kind):
    assert told(subject=sentence) == kind
    assert told(subject="Ozon", text=f"Здравствуйте!\n\n{sentence}.") == kind
    assert told(subject="Ozon", html=f"Ozon\n{sentence}\nПодробнее") == kind


@pytest.mark.parametrize(
    "sentence",
    [
        "Если вы не заберёте заказ, он будет отменён",
        "Если заказ отменён, деньги вернутся на карту",
        "Сообщим, когда заказ будет готов к получению",
        "Мы пришлём уведомление, как только заказ будет доставлен",
        "Заказ уже получен?",
        "Заказ ещё не получен",
        "Заказ не отменён",
        "Не удалось вернуть деньги",
        "Данные упаковки получены",
        "Вернули скидки на товары для дома",
        "Вернули цены прошлого года",
        "Условия отмены и возврата",
        "Вы можете отменить заказ в приложении",
        "Бронирование отменено",
        "Подписка Premium отменена",
        "Заказ получен продавцом",
        "Ваш отзыв получен",
        "Оплата получена",
        "Заказ будет отменён завтра",
    ],
)
def test_a_condition_a_promise_or_a_bystander_is_no_event(sentence):
    assert told(subject="Ozon", text=f"Здравствуйте!\n\n{sentence}.") == "unrecognised"
    assert told(subject="Ozon", html=sentence) == "unrecognised"
    assert told(subject=sentence) == "unrecognised"


@pytest.mark.parametrize("status", ["Заказ собирается", "Ожидает оплаты"])
def test_a_status_that_is_no_event_is_known_and_tells_nothing(status):
    found = reading(a_message(status, links=(LINK,)))

    assert (found.outcome, found.events) == ("recognised", ())
    assert found.orders == (ORDER,)


def test_a_cancellation_and_its_money_are_told_together():
    text = "Заказ отменён. Вернём 415,64 руб. на карту до 5 сентября"

    cancelled, promised = reading(a_message("Ozon", text, links=(LINK,))).events

    assert (cancelled.kind, promised.kind) == ("order_cancelled", "refund_promised")
    assert cancelled.attributes.get("amount") is None  # of the order, nothing is said
    assert promised.attributes["amount"] == "415.64"
    assert promised.attributes["due_on"] == "2026-09-05"


def test_a_cancelled_request_for_return_is_not_a_cancelled_order():
    assert told(text=f"Заявка на возврат по заказу {ORDER} отменена") == "unrecognised"


def test_an_order_cancelled_unpaid_owes_no_refund():
    assert told(text="Заказ отменён, потому что не был оплачен") == "unrecognised"


def test_ready_for_pickup_is_not_taken_for_received():
    text = "Ваши товары готовы к получению. Заказ получен на пункте."

    assert told(text=text) == "ready_for_pickup"


def test_small_print_below_a_status_does_not_speak():
    text = "Заказ передан в доставку\n" + "Совет дня\n" * 25 + "Заказ отменён"

    assert told(text=text) == "posting_shipped"


def test_advertising_around_a_status_does_not_speak():
    text = (
        "Скидки до 70 %! Вернули цены прошлого года.\n"
        f"Заказ {ORDER} передан в доставку.\n"
        "Если передумаете, заказ можно отменить до получения. Оцените товар!"
    )

    assert told(text=text) == "posting_shipped"


def test_the_subject_counts_before_the_text_of_a_guess():
    assert (
        told("Заказ передан в доставку", "Раньше: заказ оформлен") == "posting_shipped"
    )


def test_a_request_for_a_review_is_a_stream():
    assert told("Оцените товар", "Заказ получен 3 мая") == "review_request"


def test_what_the_vocabulary_says_is_a_guess():
    found = reading(a_message("Заказ отменён", links=(LINK,)))

    assert [event.certainty for event in found.events] == [Certainty.GUESS]


def test_text_and_html_that_contradict_each_other_tell_nothing():
    found = reading(a_message("Ozon", "Заказ отменён", "Заказ получен", links=(LINK,)))

    assert found.outcome == "ambiguous"
    assert found.events == ()
    assert found.orders == (ORDER,)


@pytest.mark.parametrize(
    ("text", "promised"),
    [
        ("Заказ передан в доставку. Ожидаем 15 сентября, вторник", "2026-09-15"),
        ("Заказ передан в доставку. Ожидаем15 сентября, вторник", "2026-09-15"),
        ("Заказ передан в доставку. Доставим 10 – 19 сентября", "2026-09-19"),
        ("Заказ передан в доставку.\nОжидаемая дата:\n3 сентября", "2026-09-03"),
        ("Заказ передан в доставку. Доставим завтра", "2026-09-02"),
        ("Заказ передан в доставку. Доставим с 30 сентября по 2 октября", "2026-10-02"),
        ("Изменилась дата доставки. Новая дата доставки: 20 сентября", "2026-09-20"),
        ("Доставка задерживается, теперь ожидаем её 20 сентября", "2026-09-20"),
        ("Заказ передан в доставку. Привезём в субботу", "2026-09-05"),
        ("Заказ передан в доставку. Доставим 31 июня", None),
        ("Заказ передан в доставку 30 августа", None),
    ],
)
def test_the_promised_day_is_the_last_one_named(text, promised):
    (event,) = reading(a_message("Ozon", text, links=(LINK,))).events

    assert event.attributes.get("promised_on") == promised


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Заберите ваши товары\nЗабрать до вторника 15 сентября, 21:00", "2026-09-15"),
        ("Заказ готов к получению. Хранится до 28 сентября", "2026-09-28"),
        ("Можно забирать. Храним до 27 сентября включительно", "2026-09-27"),
        ("Можно забирать.\nЗабрать до\n5 сентября", "2026-09-05"),
        ("Можно забирать. Храним до пятницы", "2026-09-04"),
        ("Можно забирать. Храним до среды, 9 сентября", "2026-09-09"),
        ("Можно забирать.", None),
    ],
)
def test_the_end_of_storage_is_read_from_the_letter(text, day):
    (event,) = reading(a_message("Ozon", text, links=(LINK,))).events

    assert event.kind == "ready_for_pickup"
    assert event.attributes.get("keep_until") == day


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("Заказ оплачен. Итого: 12 490,00 ₽", "12490.00"),
        ("Заказ оплачен. Всего 2 товара на 8573,50 ₽", "8573.50"),
        ("Заказ оплачен\nИтого\n5\u202f654 ₽", "5654.00"),
        ("Вернули 5 654,00 ₽ на ваш счёт", "5654.00"),
        ("Вернём 415,64 руб. на карту", "415.64"),
        ("Заказ оплачен", None),
    ],
)
def test_the_sum_is_read_where_the_letter_names_it(text, amount):
    (event,) = reading(a_message("Ozon", text, links=(LINK,))).events

    assert event.attributes.get("amount") == amount


def test_who_cancelled_is_told_where_the_letter_says_it():
    def by(text: str) -> str | None:
        (event,) = reading(a_message("Ozon", text, links=(LINK,))).events
        return event.attributes.get("cancelled_by")

    assert by("Продавец отменил заказ") == "seller"
    assert by("Заказ отменён по вашей просьбе") == "buyer"
    assert by("Заказ отменён") is None


def test_every_recogniser_names_its_evidence_and_its_mark():
    marks = ("V", "G")

    assert all(one.evidence.startswith(marks) for one in ozon().recognisers)


def test_nothing_but_the_vocabulary_is_a_guess():
    pinned = [one for one in ozon().recognisers if one.certainty > Certainty.GUESS]

    assert not [one.id for one in pinned if one.id.startswith("guess-")]
    assert [one.id for one in pinned if not one.evidence.startswith("V")] == []
