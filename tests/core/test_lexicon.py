"""A sentence about money is understood whole, or it tells nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from letters import ORDER, a_message, ozon, reading

from triage.core.lexicon import LONGEST, Lexicon
from triage.core.pattern import Pattern

SAID = (
    (f"Заказ {ORDER} отменён", "order_cancelled"),
    (f"За заказ {ORDER} вернули вам 500 ₽", "refund_paid"),
    (f"Заказ {ORDER}: вернём 500 ₽ на карту в течение 3 дней", "refund_promised"),
    (f"Товар из заказа {ORDER} отменён", "item_cancelled"),
    (f"Платёж за заказ {ORDER} не прошёл", "payment_failed"),
    (f"Заявка на возврат по заказу {ORDER} отклонена", "return_refused"),
)
PLAIN = next(r.lexicon for r in ozon().recognisers if r.id == "guess-cancelled")
strangers = st.text("абвгдежзиклмнопрстуфхцчшщэюя", min_size=4, max_size=12).filter(
    lambda word: (
        PLAIN is not None
        and not any(one.lexicon.has(word) for one in ozon().recognisers if one.lexicon)
    )
)


def told(text: str) -> set[str]:
    return {one.kind.value for one in reading(a_message("Ozon", text)).events}


@pytest.mark.parametrize(("text", "kind"), SAID)
def test_a_plain_sentence_tells(text, kind):
    assert told(f"{text}.") == {kind}


@given(st.sampled_from(SAID), strangers, st.data())
def test_one_strange_word_anywhere_and_it_tells_nothing(said, stranger, data):
    words = said[0].split()
    words.insert(data.draw(st.integers(0, len(words))), stranger)

    assert told(f"{' '.join(words)}.") <= {"order_placed", "order_paid"}


@pytest.mark.parametrize(
    "text",
    [
        f"Заказ {ORDER} отменён, потому что закончился на складе",
        f"Увы, заказ {ORDER} отменён: товара нет в наличии",
        f"Заказ {ORDER} отменён магазином «Мир удивительных штук»",
        f"Ольга, заказ {ORDER} отменён",
        f"Сообщаем, что заказ {ORDER} отменён",
    ],
)
def test_a_reason_a_name_and_an_aside_take_nothing_back(text):
    assert told(f"{text}.") == {"order_cancelled"}


@pytest.mark.parametrize(
    ("text", "behind"),
    [
        ("Вернули вам 500 ₽.", "Это кешбэк за заказ {}."),
        ("Заказ {} отменён.", "Так выглядит письмо мошенников."),
        ("Заказ {} отменён.", "Письмо отправлено по ошибке, всё в силе."),
    ],
)
def test_what_stands_behind_a_sentence_may_take_it_back(text, behind):
    assert told(f"{text} {behind}".format(ORDER)) == set()


@pytest.mark.parametrize(
    "above",
    [
        "----- Исходное сообщение -----",
        "> вы писали",
        "1 сентября 2026 г., 10:00, Анна пишет:",
        "От: Ozon\nДата: 1 сентября\nТема: Заказ",
    ],
)
def test_another_letter_below_this_one_tells_nothing(above):
    quote = "> " if above.startswith(">") else ""

    assert told(f"Ответим скоро.\n\n{above}\n{quote}Заказ {ORDER} отменён.") == set()


def test_a_refund_of_nothing_is_none():
    assert told(f"К возврату по заказу {ORDER}: 0,00 ₽") == set()


@given(st.text(max_size=80))
def test_what_is_not_known_is_named(text):
    lexicon = Lexicon.of(["заказ* отменен"], (Pattern("потому что .*"),))

    strange = lexicon.strange(text)

    assert all(one in text for one in strange)
    assert lexicon.strange("x" * (LONGEST + 1)) != []
    assert lexicon.strange("заказы отменен, потому что так вышло") == []
