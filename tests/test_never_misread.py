"""Sentences that look like an event and are none: each class of misreading, closed.

What a sentence of these says is a condition, a wish, somebody else's words; the letter
must stay unrecognised rather than tell of money, of a cancellation, of a parcel.
"""

from pathlib import Path

import pytest
from letters import LINK, ORDER, a_message, reading

from triage.core.event import EventKind

MONEY = frozenset(
    EventKind(name)
    for name in (
        "order_cancelled item_cancelled refund_promised refund_paid payment_failed order_paid "
        "receipt_prepayment receipt_full receipt_refund return_refused"
    ).split()
)

SENTENCES = Path(__file__).parent / "sentences"


def by_heading(name: str) -> dict[str, list[str]]:
    """Read a list of sentences, by the headings above them; ⏎ is the end of a line."""
    found: dict[str, list[str]] = {}
    heading = ""
    for line in (SENTENCES / name).read_text("utf-8").splitlines():
        if line.startswith("== "):
            heading = line[3:]
        elif line and not line.startswith("#"):
            found.setdefault(heading, []).append(line.replace(" ⏎ ", "\n"))
    return found


NEVER = by_heading("never.txt")
NOTHING = by_heading("nothing.txt")
MUST = [
    (text, kinds) for kinds, many in by_heading("must.txt").items() for text in many
]


def money_of(subject: str, text: str) -> list[EventKind]:
    """Return what a letter about one order tells of money and cancellations."""
    events = reading(a_message(subject, text, links=(LINK,))).events
    return [event.kind for event in events if event.kind in MONEY]


def test_the_classes_are_as_many_as_promised():
    assert sum(map(len, NEVER.values())) >= 80
    assert min(map(len, NEVER.values())) >= 8


@pytest.mark.parametrize("kind", NEVER)
def test_a_sentence_that_only_looks_like_money_tells_none(kind):
    misread = {
        text: told
        for text in NEVER[kind]
        for subject, body in (
            ("Ozon", text),
            (f"Ваш заказ {ORDER}", f"Здравствуйте!\n\n{text}\n\nКоманда Ozon"),
            *([] if "\n" in text else [(text.rstrip("."), "")]),
        )
        if (told := money_of(subject, body))
    }

    assert misread == {}


@pytest.mark.parametrize("kind", NOTHING)
def test_a_sentence_that_only_looks_like_an_event_tells_none(kind):
    misread = {
        text: events
        for text in NOTHING[kind]
        for subject, body in (("Ozon", text), (text.split("\n")[0].rstrip("."), ""))
        if (events := reading(a_message(subject, body, links=(LINK,))).events)
    }

    assert misread == {}


@pytest.mark.parametrize(("text", "kinds"), MUST)
def test_what_is_said_plainly_is_read(text, kinds):
    events = reading(a_message("Ozon", text, links=(LINK,))).events

    assert " ".join(sorted({event.kind for event in events})) == kinds


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (
            f"В заказе {ORDER} отменён 1 товар. Новая сумма заказа 1 500 ₽.",
            "item_cancelled",
        ),
        (f"Вернули деньги за заказ {ORDER}. Ваш баланс: 5 000 ₽.", "refund_paid"),
        (f"Вернули деньги за заказ {ORDER}. Купите ещё на 5 000 ₽.", "refund_paid"),
        (f"Вернули деньги по заказу {ORDER}. Сумма заказа 5 000 ₽.", "refund_paid"),
        (f"Оплата за заказ {ORDER} прошла. Баланс 12 000 ₽.", "order_paid"),
    ],
)
def test_a_sum_of_the_next_sentence_is_not_taken(text, kind):
    (event,) = reading(a_message("Ozon", text)).events

    assert (event.kind, event.attributes.get("amount")) == (kind, None)


@pytest.mark.parametrize(
    "text",
    [
        f"Мы ещё ищем вашу посылку по заказу {ORDER} и вернёмся с ответом.",
        f"Передали ваш вопрос по заказу {ORDER} коллегам из отдела логистики.",
        f"Ждём ответа от склада по заказу {ORDER}.",
        f"По заказу {ORDER} решения пока нет, занимаемся.",
        f"Не забыли о вашем обращении по заказу {ORDER}, работаем.",
        f"Продлили срок рассмотрения обращения по заказу {ORDER}.",
        f"Ещё не получили ответ продавца по заказу {ORDER}.",
    ],
)
@pytest.mark.parametrize(
    "more", [{"sender": "help@ozon.ru"}, {"in_reply_to": "<a@example.org>"}]
)
def test_support_that_still_waits_has_not_answered(text, more):
    assert reading(a_message("Ваш вопрос", text, links=(LINK,), **more)).events == ()


@pytest.mark.parametrize(
    "text",
    [
        "Часть денег уже у вас, остальное в пути.",
        "Остаток суммы в пути, ждите.",
        "Вернули половину, остальное отправили.",
    ],
)
def test_money_on_its_way_is_no_parcel(text):
    events = reading(a_message(text, f"По заказу {ORDER}: {text}")).events

    assert "posting_shipped" not in {event.kind for event in events}
