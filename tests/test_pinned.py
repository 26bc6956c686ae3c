"""A sure recogniser speaks only of what its sentence says, plainly and of today.

What it says opens and closes cases, so no frame around its phrase may let it speak: a
condition, a quotation, a denial, a plan, a question, an explanation, or words that
nobody understands.
"""

import pytest
from letters import LINK, ORDER, a_message, ozon, reading

from triage.core.event import Certainty

RECEIPT = f"https://www.ozon.ru/my/e-check/download/{ORDER}-0a1b2c3d-0005-4000-8000-000000000005-1-1"

PHRASES = {  # what each of them rests on, as a sentence without its end
    "order-accepted": (f"Заказ {ORDER} принят", "Товары уже готовятся к отправке"),
    "order-accepted-and-paid": (f"Заказ {ORDER} принят и оплачен",),
    "order-accepted-with-money": (f"Заказ {ORDER} принят и оплачен",),
    "order-paid": (f"Заказ {ORDER} оплачен", f"Заказ {ORDER} успешно оплачен"),
    "pickup-ready": (
        "Заберите ваши товары",
        "Забрать до вторника 15 сентября, 21:00",
    ),
    "receipt-refund": ("Возврат прихода", "Чек возврата"),
    "receipt-full": ("Полный расчёт", "Товарный чек"),
    "receipt-prepayment": ("Предоплата 100%", "Авансовый чек"),
}

FRAMES = {
    "a condition": (
        "Если {small}, мы напишем.",
        "Если {small}, деньги придут на карту.",
        "Мы напишем, когда {small}.",
        "Как только {small}, придёт письмо.",
        "После того как {small}, ничего делать не нужно.",
        "В случае, если {small}, обратитесь в поддержку.",
        "Если всё хорошо:\n- {small};\n- придёт письмо.",
        "{phrase}, если оплата пройдёт.",
        "При условии, что {small}, подарок ваш.",
    ),
    "somebody else's words": (
        "«{phrase}»",
        "«{phrase}» — так обычно пишут мошенники.",
        "Мошенники пишут: «{phrase}».",
        "Вы писали:\n> {phrase}.",
        "Вы написали нам: {small}.",
        "Пример письма:\n{phrase}.",
        "-----Исходное сообщение-----\n{phrase}.",
        "Получали письмо „{phrase}“? Оно было не от нас.",
    ),
    "a denial": (
        "Неправда, что {small}.",
        "Это не значит, что {small}.",
        "Мы не сообщали, что {small}.",
        "{phrase} — это ошибка.",
        "{phrase}: такого не было.",
        "{phrase} якобы вчера.",
    ),
    "what is to come": (
        "Скоро мы скажем: {small}.",
        "Завтра придёт письмо о том, что {small}.",
        "Через час вы увидите: {small}.",
        "{phrase} будет завтра.",
        "Пока ещё не {small}.",
        "Почти {small}.",
    ),
    "an explanation": (
        "{phrase}: что это значит",
        "{phrase}: что делать дальше?",
        "Что значит статус «{phrase}»?",
        "Статус «{phrase}» означает, что склад начал работу.",
        "Как понять, что {small}",
        "Частые вопросы:\n{phrase}.\nЭто значит, что склад начал работу.",
        "Обычно {small} в первый день.",
        "{phrase}?",
    ),
    "words that nobody understands": (
        "{phrase} глокой куздрой.",
        "Бокр говорит, что {small}.",
        "У соседа {small}.",
        "{phrase} у другого покупателя.",
        "{phrase}, пошутил бокрёнок.",
    ),
}


def sure(subject: str, text: str, links: tuple[str, ...]) -> set[str]:
    """Return the sure recognisers that tell something of a letter."""
    events = reading(a_message(subject, text, links=links)).events
    return {one.recogniser for one in events if one.certainty > Certainty.GUESS}


def links_of(name: str) -> tuple[str, ...]:
    return (RECEIPT,) if name.startswith("receipt") else (LINK,)


def test_every_sure_recogniser_is_tried():
    told = {
        one.id
        for one in ozon().recognisers
        if one.kind and one.certainty > Certainty.GUESS
    }

    assert told == {*PHRASES}


def test_every_sure_recogniser_understands_its_sentence_whole():
    told = [one for one in ozon().recognisers if one.kind]

    assert [
        one.id
        for one in told
        if one.certainty > Certainty.GUESS and one.lexicon is None
    ] == []


@pytest.mark.parametrize("name", PHRASES)
def test_a_sure_phrase_that_stands_by_itself_is_heard(name):
    for phrase in PHRASES[name]:
        assert name in sure("Ozon", f"{phrase}.", links_of(name)), phrase


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("name", PHRASES)
def test_a_sure_phrase_in_a_frame_tells_nothing_sure(name, frame):
    misread = {}
    for phrase in PHRASES[name]:
        small = phrase[0].lower() + phrase[1:]
        for form in FRAMES[frame]:
            said = form.format(phrase=phrase, small=small)
            for subject, text in (
                ("Ozon", said),
                ("Ozon", f"Здравствуйте!\n\n{said}\n\nКоманда Ozon"),
                *([] if "\n" in said else [(said.rstrip("."), "")]),
            ):
                if told := sure(subject, text, links_of(name)):
                    misread[subject, text] = told

    assert misread == {}
