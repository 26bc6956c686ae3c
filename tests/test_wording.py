"""The same news in another dress is the same event; taken back, it is none."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from letters import LINK, ORDER, a_message, reading

from triage.core.recogniser import Reading
from triage.edges.html import read_html

NEWS = {
    "Заказ {o} оформлен": "order_placed",
    "Заказ {o} принят и оплачен": "order_paid order_placed",
    "Оплата по заказу {o} не прошла": "payment_failed",
    "Отправление {o}-1 упаковано": "posting_packed",
    "Отправление {o}-1 передано в доставку": "posting_shipped",
    "Дата доставки заказа {o} перенесена": "delivery_moved",
    "Курьер везёт ваш заказ {o}": "courier_out",
    "Заказ {o} готов к получению": "ready_for_pickup",
    "Хранение заказа {o} продлили": "storage_extended",
    "Заказ {o} получен": "posting_delivered",
    "Заказ {o} отменён": "order_cancelled",
    "Товар из заказа {o} отменён": "item_cancelled",
    "Вернём 5 654,00 ₽ за заказ {o}": "refund_promised",
    "Вернули 5 654,00 ₽ за заказ {o}": "refund_paid",
    "Заявка на возврат по заказу {o} создана": "return_requested",
    "Заявка на возврат по заказу {o} одобрена": "return_approved",
    "Заявка на возврат по заказу {o} отклонена": "return_refused",
    "Возврат по заказу {o} принят продавцом": "return_received",
    "Поддержка ответила на ваш вопрос по заказу {o}": "support_answered",
    "Спор по заказу {o} открыт": "dispute_opened",
    "Спор по заказу {o} рассмотрен": "dispute_decided",
}
SENTENCES = [(text.format(o=ORDER), kinds) for text, kinds in NEWS.items()]
news = pytest.mark.parametrize(("sentence", "kinds"), SENTENCES, ids=lambda v: v[:40])

MONEY = "order_cancelled item_cancelled refund_promised refund_paid return_refused"
COSTLY = [(text, kinds) for text, kinds in SENTENCES if kinds in MONEY.split()]
costly = pytest.mark.parametrize(("sentence", "kinds"), COSTLY, ids=lambda v: v[:40])

SPACES = st.sampled_from([" ", "\u00a0", "\u202f", "\u2009", "  ", "\t", " \u200b"])
FILLING = st.sampled_from(["", "", "", "\u200b", "\u00ad", "\ufeff", "\u2060"])
HEADERS = [
    "Ozon\nСкачайте приложение: всё под рукой",
    "Здравствуйте, Анна!",
    "Распродажа: цены вернулись в прошлый год",
]
FOOTERS = [
    "Если передумаете, заказ можно отменить, а деньги вернутся на карту.",
    "Как вернуть товар? Оформите заявку, и после проверки мы вернём деньги.",
    "Не подошло? Вернём деньги за 15 дней.\nЗаказ отменён? Напишите в чат.",
    "Вы получили это письмо, потому что сделали заказ на сайте.",
]


def kinds_of(found: Reading) -> str:
    return " ".join(sorted(event.kind.value for event in found.events))


def told(text: str = "", html: str = "", subject: str = "Ozon") -> str:
    return kinds_of(reading(a_message(subject, text, html, links=(LINK,))))


def dressed(sentence: str, draw: st.DataObject) -> str:
    """Put odd spaces between the words and odd signs into them."""
    words = [
        "".join(letter + draw.draw(FILLING) for letter in word)
        for word in sentence.split()
    ]
    return "".join(word + draw.draw(SPACES) for word in words).strip()


@news
@settings(max_examples=20)
@given(draw=st.data())
def test_odd_spaces_and_signs_change_nothing(sentence, kinds, draw):
    text = dressed(sentence, draw)

    assert told(text) == told(html=text) == kinds


@news
@settings(max_examples=20)
@given(header=st.sampled_from(HEADERS), footer=st.sampled_from(FOOTERS))
def test_what_stands_around_changes_nothing(sentence, kinds, header, footer):
    letter = f"{header}\n\n{sentence}.\n\n{footer}"

    assert told(letter) == told(html=letter) == kinds


@news
def test_case_and_dots_of_letters_change_nothing(sentence, kinds):
    assert told(sentence.upper()) == kinds
    assert told(sentence.lower()) == kinds
    assert told(sentence.replace("ё", "е")) == kinds
    assert told(sentence.replace("ё", "е\u0308")) == kinds


@news
def test_a_table_tells_what_a_line_tells(sentence, kinds):
    rows = "".join(
        f"<tr><td style='padding:4px'>{cell}</td></tr>"
        for cell in ("Ozon", sentence.replace(ORDER, f"<b>{ORDER}</b>"), "Подробнее")
    )

    shown = read_html(f"<table><tbody>{rows}</tbody></table>").text

    assert told(html=shown) == kinds


@news
def test_a_line_that_a_program_broke_changes_nothing(sentence, kinds):
    long = f"Здравствуйте, Анна! Пишем вам о покупке на сайте. {sentence}"
    cut = long.rindex(" ")

    broken = f"{long[:cut]}\n{long[cut + 1 :]}."

    assert told(broken) == kinds or long[cut + 1].isupper() or long[cut + 1].isdigit()


@news
@pytest.mark.parametrize(
    "taken_back",
    [
        "Если {} — напишите нам в чат.",
        "Сообщим вам, как только {}.",
        "{}?",
        "Возможно ли, что {}?",
        "В случае если {}, ничего не делайте.",
        "> {}",
        "Если вы ничего не ответите:\n- {}\n- {}",
    ],
)
def test_a_condition_a_question_or_a_quotation_is_no_event(sentence, kinds, taken_back):
    small = sentence[0].lower() + sentence[1:]

    assert told(re.sub(r"\{\}", small, taken_back)) == ""


@costly
@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("отменён", "не отменён"),
        ("отменён", "будет отменён"),
        ("отменён", "ещё не отменён"),
        ("Вернём", "Не вернём"),
        ("Вернём", "Обычно вернём"),
        ("Вернули", "Не вернули"),
        ("Вернули", "Вы вернули"),
        ("Вернули", "Пока не вернули"),
        ("₽", "баллов"),
        ("отклонена", "может быть отклонена"),
        ("отклонена", "ещё не отклонена"),
    ],
)
def test_money_that_is_denied_is_no_event(sentence, kinds, was, becomes):
    denied = sentence.replace(was, becomes)

    assert denied == sentence or told(denied) == ""


@costly
@settings(max_examples=20)
@given(
    before=st.sampled_from([text for text, _ in SENTENCES]),
    after=st.sampled_from([text for text, _ in SENTENCES]),
)
def test_other_news_around_never_makes_money_of_nothing(sentence, kinds, before, after):
    """Whatever is told of such a letter was said in it."""
    said = {
        kind
        for text, kinds_ in SENTENCES
        if text in (before, sentence, after)
        for kind in kinds_.split()
    }

    found = told(f"{before}.\n{sentence}.\n{after}.").split()

    assert {*found} <= said


@pytest.mark.parametrize(
    "text",
    [
        "заказ " * 20_000,
        "Заказ отменён вернули деньги получен продавцом курьер оплата возврат " * 2_000,
        "- заказ отменён\n" * 5_000,
        "код 1234 вход " * 8_000,
        "код " * 30_000,
        "Не подошло? Вернём деньги за 3 дня. " * 3_000,
        f"{ORDER} " * 5_000,
        "1 " * 40_000 + "₽ отменён вернём",
    ],
    ids=lambda text: text[:20],
)
def test_a_hostile_letter_costs_no_more_than_its_length(text):
    """The reading process is stopped after seconds; none of these comes near."""
    begun = time.process_time()

    reading(a_message("Ozon", text, text))

    assert time.process_time() - begun < 5
