"""From a letter to its reading: who may speak, what is said, of which order."""

from dataclasses import replace

import pytest
from letters import LINK, ORDER, a_message, ozon, reading

from triage.core.event import Certainty, EventKind, Stream
from triage.core.message import Role, Where
from triage.core.recogniser import ANY

OTHER = "12345678-0002"
RECEIPT = (
    "https://www.ozon.ru/my/e-check/download/"
    f"abcde-{ORDER}-01234567-89ab-cdef-0123-456789abcdef-0-0"
)
PAID = f"Заказ {ORDER} оплачен"


# --- who may speak


def test_our_own_mail_and_automatic_mail_never_speak():
    assert reading(a_message(PAID, own=True)).outcome == "own"
    assert reading(a_message(PAID, automatic=True)).outcome == "automatic"


def test_a_letter_that_could_not_be_taken_apart_says_so():
    found = reading(a_message(PAID, defects=("not-read:too-deep",)))

    assert (found.outcome, found.events) == ("unreadable", ())
    assert "too-deep" in found.reason


@pytest.mark.parametrize(
    "vouched", ["", "example.org", "ozon.ru.example.org", "notozon.ru", "zon.ru", "ru"]
)
def test_a_letter_nobody_vouches_for_tells_nothing(vouched):
    found = reading(a_message(PAID, vouched=vouched))

    assert (found.outcome, found.events, found.orders) == ("unconfirmed", (), ())
    assert found.reason


@pytest.mark.parametrize(
    ("sender", "name", "subject"),
    [
        ("info@oz0n-payment.ru", "", "Ваш заказ ожидает оплаты"),
        ("mailer@sender.ozon.ru.evil.example", "", PAID),
        ("mailer@notozon.ru", "", PAID),
        ("a@evil.example", "Ozon", PAID),
        ("a@evil.example", "Оzоn", "Приз"),
        ("a@evil.example", "", "Озон дарит подарки"),
        ("a@xn--oz-mkc8i.ru", "Ozon", PAID),
        ("", "Ozon <mailer@sender.ozon.ru>", PAID),
    ],
)
def test_who_uses_the_name_from_elsewhere_is_shown_and_tells_nothing(
    sender, name, subject
):
    domain = sender.rpartition("@")[2]

    found = reading(a_message(subject, sender=sender, vouched=domain, sender_name=name))

    assert (found.outcome, found.events, found.orders) == ("unconfirmed", (), ())


def test_other_peoples_mail_is_foreign():
    found = reading(a_message("Привет", sender="a@example.org", vouched="example.org"))

    assert found.outcome == "foreign"


@pytest.mark.parametrize(
    ("sender", "vouched", "stream"),
    [
        ("news@news.ozon.ru", "ozon.ru", Stream.MARKETING),
        ("a@deep.news.ozon.ru", "ozon.ru", Stream.MARKETING),
        ("marketplace@seller.ozon.ru", "ozon.ru", Stream.SELLER_STREAM),
        ("global@global.ozon.com", "ozon.com", Stream.SELLER_STREAM),
    ],
)
def test_streams_that_are_not_about_orders_tell_nothing(sender, vouched, stream):
    found = reading(a_message(PAID, sender=sender, vouched=vouched))

    assert (found.outcome, found.stream, found.events) == ("stream", stream, ())


@pytest.mark.parametrize("vouched", ["ozon.ru", ""])
@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Подтверждение учетных данных Ozon", "123456"),
        ("Ozon", "Оповещение системы безопасности"),
        ("Ozon", "Для входа используйте код 1 2 3 4 5 6"),
    ],
)
def test_a_letter_with_a_code_is_marked_whoever_sent_it(subject, text, vouched):
    found = reading(a_message(subject, text, vouched=vouched))

    assert found.stream is Stream.SECURITY_CODE
    assert found.events == ()
    assert "123456" not in repr(found)


# --- what the owner wrote


def sent(subject: str, text: str = "", **more: object):
    values: dict[str, object] = {
        "sender": "me@example.org",
        "vouched": "",
        "role": Role.SENT,
        "recipients": ("help@ozon.ru",),
        **more,
    }
    return reading(a_message(subject, text, **values), "me@example.org")  # type: ignore[arg-type]


def test_a_letter_to_support_is_a_step_the_owner_took():
    found = sent(f"Заказ {ORDER}: где деньги")

    (event,) = found.events
    assert event.kind is EventKind.SUPPORT_ASKED
    assert event.certainty is Certainty.PINNED
    assert (event.order, event.attributes) == (ORDER, {"step": "support"})
    assert event.quote == f"Заказ {ORDER}: где деньги"


def test_a_letter_to_support_that_calls_itself_a_claim_is_one():
    (event,) = sent("Возврат денег", f"ПРЕТЕНЗИЯ\nпо заказу {ORDER}").events

    assert event.attributes == {"step": "claim"}


def test_a_letter_to_support_without_an_order_is_only_a_letter():
    found = sent("Где мой заказ?")

    assert (found.outcome, found.events) == ("sent", ())
    assert found.reason


def test_other_sent_letters_are_no_steps():
    assert sent(PAID, recipients=("friend@example.org",)).events == ()
    assert sent(PAID, sender="other@example.org").events == ()


def test_the_owners_address_outside_the_sent_folder_proves_nothing():
    assert sent(f"Заказ {ORDER}", role=Role.INBOX).events == ()


# --- of which order


def test_the_order_and_shipment_are_read_from_the_link():
    (event,) = reading(a_message("Заказ оплачен", links=(LINK,))).events

    assert (event.order, event.posting) == (ORDER, None)
    assert event.attributes["shipment"] == "12345678901"


def test_a_ten_digit_account_is_read_whole():
    (event,) = reading(a_message("Заказ 0123456789-0012 оплачен")).events

    assert event.order == "0123456789-0012"


def test_a_parcel_belongs_to_its_order():
    (event,) = reading(a_message(f"Заказ {ORDER}-2 передан в доставку")).events

    assert (event.order, event.posting) == (ORDER, f"{ORDER}-2")


def test_a_letter_of_two_parcels_speaks_of_both():
    text = f"Отправления {ORDER}-1 и {ORDER}-2 в пути"

    events = reading(a_message("Ozon", text)).events

    assert [event.posting for event in events] == [f"{ORDER}-1", f"{ORDER}-2"]
    assert len({event.id for event in events}) == 2


def test_the_sentence_says_which_parcel_is_meant():
    text = f"Отправление {ORDER}-1 в пути.\nВ заказе ещё {ORDER}-2."

    (event,) = reading(a_message("Ozon", text)).events

    assert event.posting == f"{ORDER}-1"


def test_a_payment_is_of_the_order_whole():
    (event,) = reading(a_message(PAID, f"{ORDER}-1, {ORDER}-2")).events

    assert event.posting is None


def test_the_sentence_says_which_of_two_orders_is_meant():
    text = f"Заказ {ORDER} отменён. Другой ваш заказ: {OTHER}."

    found = reading(a_message("Ozon", text))

    assert [event.order for event in found.events] == [ORDER]
    assert found.orders == (ORDER, OTHER)


def test_a_letter_of_two_orders_that_names_none_with_its_status_is_not_misread():
    found = reading(a_message("Заказ отменён", f"{ORDER}\n{OTHER}"))

    assert (found.outcome, found.events) == ("unrecognised", ())
    assert found.orders == (ORDER, OTHER)
    assert found.reason


def test_a_sum_for_two_orders_is_given_to_neither():
    text = f"Заказы {ORDER} и {OTHER} отменены. Вернём 5 654 ₽."

    events = reading(a_message("Ozon", text)).events

    assert [event.order for event in events] == [ORDER, OTHER]
    assert all("amount" not in event.attributes for event in events)


def test_a_status_without_an_order_is_unrecognised():
    found = reading(a_message("Заказ отменён"))

    assert (found.outcome, found.orders, found.events) == ("unrecognised", (), ())
    assert found.reason


@pytest.mark.parametrize(
    "text",
    [
        "Заказ №1234567 оплачен",
        "Заказ 2026-0001 оплачен",
        "Заказ оплачен, телефон 8 800 234-7000",
        "Заказ оплачен 12345678-0001-0002-0003",
        "Заказ оплачен, ключ 01234567-8901-4abc-8def-0123456789ab",
    ],
)
def test_other_numbers_are_no_orders(text):
    assert reading(a_message("Ozon", text)).orders == ()


def test_a_number_in_hidden_text_is_no_order():
    assert reading(a_message("Заказ оплачен", hidden=ORDER)).orders == ()


def test_a_return_number_is_kept_with_its_order():
    text = f"Заявка на возврат 12345678-R37 по заказу {ORDER} одобрена"

    (event,) = reading(a_message("Ozon", text)).events

    assert event.kind is EventKind.RETURN_APPROVED
    assert event.attributes["return_number"] == "12345678-R37"


# --- what is said


def test_a_pinned_phrase_counts_before_any_guess():
    text = "Заказ передан в доставку.\nТовары уже готовятся к отправке"

    (event,) = reading(a_message("Ozon", text, links=(LINK,))).events

    assert event.kind is EventKind.ORDER_PLACED
    assert event.certainty is Certainty.PINNED


def test_two_pinned_phrases_of_different_kinds_are_ambiguous():
    text = "Товары уже готовятся к отправке.\nЗаберите ваши товары"

    found = reading(a_message("Ozon", text, links=(LINK,)))

    assert (found.outcome, found.events) == ("ambiguous", ())
    assert "order-accepted" in found.reason
    assert "pickup-ready" in found.reason


@pytest.mark.parametrize("beside", ["order-accepted", ANY])
def test_a_recogniser_may_speak_beside_those_it_declares(beside):
    text = "Товары уже готовятся к отправке.\nЗаберите ваши товары"
    together = tuple(
        replace(one, beside=(beside,)) if one.id == "pickup-ready" else one
        for one in ozon().recognisers
    )

    found = reading(
        a_message("Ozon", text, links=(LINK,)),
        market=replace(ozon(), recognisers=together),
    )

    kinds = {event.kind for event in found.events}
    assert kinds == {EventKind.ORDER_PLACED, EventKind.READY_FOR_PICKUP}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ПРЕДОПЛАТА 100%", EventKind.RECEIPT_PREPAYMENT),
        ("Ваш авансовый чек готов", EventKind.RECEIPT_PREPAYMENT),
        ("ПОЛНЫЙ РАСЧЕТ", EventKind.RECEIPT_FULL),
        ("КАССОВЫЙ ЧЕК ВОЗВРАТ ПРИХОДА", EventKind.RECEIPT_REFUND),
    ],
)
def test_a_receipt_says_what_it_is_or_its_kind_stays_unknown(text, kind):
    (event,) = reading(a_message("Ваш чек", text, links=(RECEIPT,))).events

    assert (event.kind, event.order) == (kind, ORDER)
    assert event.attributes["receipt"].startswith("abcde-12345678-0001-")


def test_a_receipt_that_does_not_say_its_kind_ties_to_its_order_and_tells_nothing():
    found = reading(a_message("Ваш чек + (1) подарок", links=(RECEIPT,)))

    assert (found.outcome, found.events) == ("recognised", ())
    assert found.orders == (ORDER,)


def test_a_receipt_without_words_may_still_come_with_a_status():
    (event,) = reading(a_message("Заказ получен", links=(RECEIPT,))).events

    assert event.kind is EventKind.POSTING_DELIVERED


# --- how it is kept


def test_an_event_keeps_its_words_and_their_place():
    text = f"Здравствуйте!\n\nВаш заказ\u00a0{ORDER} отменён. Спасибо."

    (event,) = reading(a_message("Ozon", text)).events

    assert event.quote == f"Ваш заказ {ORDER} отменён."
    assert event.where is Where.TEXT
    assert event.evidence == "e" * 64


def test_a_quote_carries_no_pickup_code():
    text = f"Заказ {ORDER} готов к выдаче, код получения: 123 456"

    (event,) = reading(a_message("Ozon", text)).events

    assert "456" not in event.quote.replace(ORDER, "")
    assert "•••" in event.quote


def test_a_long_quote_is_cut():
    text = f"Заказ {ORDER} готов к получению, " + "в пункте выдачи, " * 20

    (event,) = reading(a_message("Ozon", text)).events

    assert len(event.quote) == 200
    assert event.quote.endswith("…")


def test_tomorrow_is_counted_from_the_day_the_letter_was_written_in_the_owners_zone():
    from datetime import UTC, datetime

    late = datetime(2026, 9, 1, 22, 30, tzinfo=UTC)  # 2 September in Moscow

    found = reading(
        a_message(
            f"Заказ {ORDER} передан в доставку", "Доставим завтра", sent_at=late,
            received_at=late,
        )
    )  # fmt: skip

    assert found.events[0].attributes["promised_on"] == "2026-09-03"


def test_a_date_header_from_the_future_is_not_believed():
    from datetime import UTC, datetime

    found = reading(
        a_message(
            f"Заказ {ORDER} передан в доставку", "Доставим завтра",
            sent_at=datetime(2040, 1, 1, tzinfo=UTC),
        )
    )  # fmt: skip

    assert found.events[0].attributes["promised_on"] == "2026-09-02"


def test_reading_twice_gives_the_same_events():
    message = a_message(PAID, links=(LINK,))

    assert reading(message) == reading(message)
