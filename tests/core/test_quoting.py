"""Of a reply only the owner's own words are heard, whatever program wrote it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.core.quoting import own_words

QUOTED = ["Дело 3. Решилось само: решено 3", "", "Отложить: отложить 3", "верно 5"]


def marked(lines: list[str]) -> str:
    return "\n".join(f"> {line}" for line in lines)


PLAIN = "\n".join(QUOTED)
MARKED = marked(QUOTED)

HEADERS = {
    "gmail-ru": "пн, 23 нояб. 2026 г. в 08:00, triage <me@gmail.com>:",
    "gmail-en": "On Mon, Nov 23, 2026 at 8:00 AM triage <me@gmail.com> wrote:",
    "gmail-wrapped": "On Mon, Nov 23, 2026 at 8:00 AM triage <\nme@gmail.com> wrote:",
    "yandex": '23.11.2026, 08:00, "triage" <me@yandex.ru>:',
    "mail.ru": "Понедельник, 23 ноября 2026, 8:00 +03:00 от triage <me@mail.ru>:",
    "ios-ru": "23 нояб. 2026 г., в 08:00, triage <me@icloud.com> написал(а):",
    "ios-en": "On 23 Nov 2026, at 08:00, triage <me@icloud.com> wrote:",
    "thunderbird": "23.11.2026 8:00, triage пишет:",
    "thunderbird-en": "On 11/23/26 08:00, triage wrote:",
}
BLOCKS = {
    "outlook-en": "-----Original Message-----\nFrom: triage\nSent: Monday\nTo: me\nSubject: 1",
    "outlook-ru": "________________________________\nОт: triage\nОтправлено: 23.11\nКому: я",
    "outlook-bare": "От: triage <me@x.ru>\nОтправлено: 23 ноября 2026 г. 8:00\nКому: me@x.ru\nТема: 1 дело",
    "outlook-bold": "*From:* triage\n*Sent:* Monday\n*To:* me\n*Subject:* 1 дело",
    "samsung": "-------- Исходное сообщение --------\nОт: triage <me@x.ru>\nДата: 23.11.2026",
    "yandex-app": "----------------\nКому: Анна (me@yandex.ru);\nТема: 1 дело;\n23.11.2026",
    "forwarded": "---------- Forwarded message ---------\nFrom: triage <me@x.ru>",
    "forwarded-ru": "-------- Пересылаемое сообщение --------\n23.11.2026, 08:00, triage",
}
SIGNATURES = (
    "-- \nАнна Примерова\nготово 9",
    "--\nОтправлено из мобильной Почты Mail.ru",
    "Отправлено из мобильной Почты Mail.ru",
    "Отправлено с iPhone",
    "Отправлено из Яндекс Почты для мобильных",
    "Отправлено из мобильного приложения Яндекс Почты",
    "Sent from my iPhone",
    "Sent from Yahoo Mail on Android",
    "Get Outlook for Android",
    "С уважением,\nАнна Примерова\nготово 9",
    "С уважением, Анна",
    "Best regards,\nAnna",
)


@pytest.mark.parametrize("header", [*HEADERS, *BLOCKS])
@pytest.mark.parametrize("quoted", [PLAIN, MARKED], ids=["plain", "marked"])
def test_words_above_a_quoted_letter_are_heard_alone(header, quoted):
    shown = {**HEADERS, **BLOCKS}[header]

    assert own_words(f"готово 3\nспасибо\n\n{shown}\n\n{quoted}") == "готово 3\nспасибо"


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_words_below_and_between_marked_lines_are_heard(header):
    letter = (
        f"{header}\n{marked(QUOTED[:2])}\nготово 3\n{marked(QUOTED[2:])}\nрешено 4\n"
    )

    assert own_words(letter).split("\n") == ["готово 3", "решено 4"]


@pytest.mark.parametrize("signature", SIGNATURES)
def test_a_signature_is_no_word_of_the_owners(signature):
    assert own_words(f"готово 3\n\n{signature}\n") == "готово 3"
    gmail = HEADERS["gmail-ru"]
    assert own_words(f"готово 3\n\n{signature}\n\n{gmail}\n{MARKED}") == "готово 3"


def test_a_signature_above_marked_lines_does_not_hide_what_stands_below_them():
    assert own_words(f"готово 3\n-- \nАнна\n{MARKED}\nрешено 4") == "готово 3\nрешено 4"


def test_lines_of_our_own_letter_are_quoted_even_where_nothing_marks_them():
    sent = "СДЕЛАТЬ СЕГОДНЯ\n===============\n1. Деньги не вернулись\nМожно ответить:\nготово 3"
    letter = f"готово 4\n\n{sent}"

    assert own_words(letter, sent) == "готово 4"


def test_a_word_that_our_letter_happens_to_use_is_still_heard():
    sent = "СДЕЛАТЬ СЕГОДНЯ\n===============\n1. Деньги не вернулись\nМожно ответить:\nготово 3"

    assert own_words("готово 3", sent) == "готово 3"


@pytest.mark.parametrize(
    "text",
    [
        "факт 3 продавец ООО «Ромашка», ИНН 7704217370",
        "отложить 3 до 5.12, 10:00 не успею:",
        "сделано 3: отправил им в чат",
        "от: кого не знаю",
        "В понедельник написала в поддержку, готово 3",
    ],
)
def test_ordinary_sentences_are_not_taken_for_quotes(text):
    assert own_words(text) == text


@given(st.text())
def test_any_text_can_be_looked_at_twice(text):
    once = own_words(text)

    assert own_words(once) == own_words(once)
    assert len(once) <= len(text)


def test_a_long_hostile_text_is_looked_at_only_so_far():
    assert len(own_words("a:\n" * 1_000_000)) < 30_000
