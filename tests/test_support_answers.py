"""Support's answer is heard whatever its words, and what is no answer stops no clock."""

import pytest
from builders import an_act, an_event
from ladders import a_case, did, standing
from letters import LINK, ORDER, a_message, reading, told

from triage.core.event import Certainty
from triage.core.question import doubt

OTHER = "12345678-0002"
OWNERS = "<1@mail.example.org>"
DESK = "help@ozon.ru"

ANSWERS = [
    "Нельзя, увы.",
    "Проверили накладную: крышка лежала в отдельном пакете.",
    "Какого цвета была коробка?",
    "Если не найдёте её дома, спросите у консьержа.",
    "The parcel is held at customs, please add your passport details.",
]

NO_ANSWERS = [
    "Это автоматический ответ, специалист ответит вам в течение суток.",
    "Мы получили ваше письмо. Номер обращения 7712034.",
    "Обращению присвоен номер 1200457.",
    "Ваше обращение зарегистрировано и будет рассмотрено в порядке очереди.",
    "Проверка ещё не закончена, нам нужно больше времени.",
    "Коллеги пока не ответили. Вернёмся к вам до 5 декабря.",
    "We have received your request and will get back to you within 24 hours.",
]


def events_of(subject, text, **more):
    return reading(a_message(subject, text, **more)).events


@pytest.mark.parametrize("text", ANSWERS)
@pytest.mark.parametrize(
    "form",
    [
        {"subject": "Чайник", "in_reply_to": OWNERS},
        {"subject": "Чайник", "sender": DESK},
        {"subject": "Re: Чайник"},
        {"subject": "RE[2]: Чайник"},
        {"subject": "[#881203] Чайник"},
        {"subject": "Обращение № 23-880145"},
    ],
    ids=lambda form: " ".join(form.values()),
)
def test_an_answer_is_known_by_its_form_and_is_a_guess(form, text):
    (event,) = events_of(text=f"{text}\n\nЗаказ {ORDER}", **form)

    assert (event.kind, event.order) == ("support_answered", ORDER)
    assert event.certainty is Certainty.GUESS


@pytest.mark.parametrize("text", NO_ANSWERS)
@pytest.mark.parametrize("subject", [f"Re: Заказ {ORDER}", f"[#881203] Заказ {ORDER}"])
def test_an_acknowledgement_or_a_delay_is_no_answer(subject, text):
    assert events_of(subject, text, sender=DESK, in_reply_to=OWNERS) == ()


@pytest.mark.parametrize("text", ANSWERS)
@pytest.mark.parametrize("quoted", NO_ANSWERS)
@pytest.mark.parametrize("led_in", ["", "10 ноября 2026 г., 12:00, Ozon пишет:\n"])
def test_an_answer_may_quote_what_is_none(text, quoted, led_in):
    """Support's own acknowledgement stands below its answer, or the owner's complaint."""
    whole = f"{text}\n\n{led_in}> {quoted}"

    [event] = events_of(f"Re: Заказ {ORDER}", whole, sender=DESK)

    assert event.kind == "support_answered"


@pytest.mark.parametrize(
    "text",
    [
        "Вы правы, мы подвели вас с доставкой.",
        "Пойти вам навстречу мы не сможем.",
        "Ваша претензия рассмотрена.",
        "Чтобы разобраться с вашей жалобой, пришлите фото упаковки.",
        "Вы жаловались на курьера. Мы с ним поговорили.",
        "Оператор Анна написала вам.",
        "Посылка в соседнем подъезде.\n\nСветлана, отдел заботы",
        "Your request has been solved.",
    ],
)
def test_an_answer_is_known_by_its_words(text):
    assert told("Ozon", text) == "support_answered"


def test_an_answer_tells_what_else_it_says():
    text = "Здравствуйте. Заказ отменён, вернули 500 ₽ на вашу карту."

    kinds = told(f"Re: {ORDER}", text)

    assert kinds == "order_cancelled refund_paid support_answered"


def test_an_answer_about_several_orders_is_one_about_each():
    text = f"Заказ {ORDER}: курьер перепутал подъезд.\nЗаказ {OTHER}: ждём кассу."

    found = events_of("Re: мои заказы", text)

    assert [(one.kind, one.order) for one in found] == [
        ("support_answered", ORDER),
        ("support_answered", OTHER),
    ]


@pytest.mark.parametrize(
    "subject",
    [
        f"Re: Заказ {ORDER} отменён",
        f"Re: Вернули деньги за заказ {ORDER}",
        f"RE: Получил заказ {ORDER}",
        f"Re: Не прошла оплата заказа {ORDER}",
    ],
)
def test_the_subject_of_the_owner_is_not_taken_for_the_marketplaces_word(subject):
    assert told(subject, "Добрый день! Проверили, всё верно.") == "support_answered"


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Заявка 12345678-R26 закрыта", "Вы отозвали её."),
        ("Заявка на возврат № 5512093", "Её видно в приложении."),
        ("Вернулись ли деньги?", "Подскажите, поступили ли деньги?"),
        ("Продавец ответил на вопрос о товаре", "Цвет ближе к бежевому."),
        ("Вы писали нам", "Вы писали: «Где заказ?» Ответим в течение суток."),
    ],
)
def test_what_only_looks_like_an_answer_tells_nothing(subject, text):
    assert reading(a_message(subject, text, links=(LINK,))).events == ()


def test_an_answer_from_a_strangers_address_is_not_believed():
    message = a_message(
        f"Re: Заказ {ORDER}", "Решено.", sender="help@0zon.ru", vouched="0zon.ru"
    )

    assert reading(message).events == ()


def test_advertising_that_begins_with_re_tells_nothing():
    message = a_message(f"Re: {ORDER}", "Скидки.", sender="news@news.ozon.ru")

    assert reading(message).stream == "marketing"


@pytest.mark.parametrize(
    ("word", "state"), [(None, "waiting"), ("yes", "waiting"), ("no", "open")]
)
def test_an_answer_that_the_owner_denies_does_not_keep_support_from_being_asked_again(
    word, state
):
    case = a_case()
    answer = an_event("support_answered", "2026-11-13", certainty=Certainty.GUESS)
    said = an_act("answered", "2026-11-14", about=doubt(answer), answer=word or "")
    acts = [did(case, step, "2026-11-12") for step in ("check", "support")]

    now = standing(case, "2026-11-15", *acts, *[said] * bool(word), events=[answer])

    assert now.state == state
