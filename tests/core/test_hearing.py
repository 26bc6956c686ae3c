"""How a phrase is heard in a letter: sentences, lines, wraps, exclusions."""

import pytest
from letters import a_message

from triage.core.event import Certainty, EventKind
from triage.core.hearing import hear, hear_all, spoken
from triage.core.message import Where
from triage.core.pattern import Pattern
from triage.core.recogniser import Recogniser
from triage.core.voice import Voice


def a_recogniser(**more: object) -> Recogniser:
    patterns = {"subject", "any_of", "links", "none_of", "unless"}
    values: dict[str, object] = {
        "id": "shipped",
        "kind": EventKind.POSTING_SHIPPED,
        "stream": None,
        "certainty": Certainty.PINNED,
    }
    for name, value in more.items():
        given = [value] if isinstance(value, str) and name in patterns else value
        values[name] = (
            tuple(map(Pattern, given))  # type: ignore[union-attr]
            if name in patterns
            else value
        )
    return Recogniser(**values)  # type: ignore[arg-type]


def heard(recogniser: Recogniser, *texts: str, **more: object) -> str | None:
    found = hear(recogniser, spoken(a_message(*texts, **more)))  # type: ignore[arg-type]
    return found.sentence if found else None


def test_the_sentence_around_a_phrase_is_its_quote():
    text = "Здравствуйте! Заказ стоимостью 415 руб. отправлен сегодня. Спасибо."

    quote = heard(a_recogniser(any_of="отправлен"), "", text)

    assert quote == "Заказ стоимостью 415 руб. отправлен сегодня."


def test_the_subject_is_heard_before_text_and_html():
    letter = spoken(a_message("Отправлен раз", "Отправлен два", "Отправлен три"))

    found = hear(a_recogniser(any_of="отправлен"), letter)

    assert found is not None
    assert found.voice is not None
    assert found.voice.where is Where.SUBJECT


def test_hidden_text_is_never_heard():
    assert heard(a_recogniser(any_of="отправлен"), hidden="Отправлен") is None


def test_letters_with_or_without_dots_are_the_same():
    assert heard(a_recogniser(any_of="отменен"), "Отменён") == "Отменён"


def test_a_letter_is_out_when_a_forbidden_phrase_stands_anywhere():
    recogniser = a_recogniser(any_of="отправлен", none_of="отмен")

    assert heard(recogniser, "Отправлен", "Как отменить?") is None
    assert heard(recogniser, "Отправлен", hidden="Как отменить?") == "Отправлен"


def test_a_forbidden_phrase_in_a_quoted_letter_is_not_the_letter_s_own():
    recogniser = a_recogniser(any_of="отправлен", none_of="отмен")

    assert heard(recogniser, "", "Отправлен\n\n> Как отменить?") == "Отправлен"
    above = "Отправлен\n\n5 ноября 2026 г., 12:00, Анна пишет:\nКак отменить?"
    assert heard(recogniser, "", above) == "Отправлен"


def test_a_condition_spoils_its_own_sentence_only():
    recogniser = a_recogniser(any_of="отправлен", unless=r"\bесли\b")

    assert heard(recogniser, "", "Если заказ отправлен, ждите.") is None
    assert heard(recogniser, "", "Если нет. Заказ отправлен.") == "Заказ отправлен."


def test_only_the_first_lines_are_heard_where_a_recogniser_says_so():
    recogniser = a_recogniser(any_of="отправлен", lines=2)

    assert heard(recogniser, "", "раз\nдва\nотправлен") is None
    assert heard(recogniser, "", "раз\nотправлен\nтри") == "отправлен"
    assert heard(recogniser, "", "отправлен") == "отправлен"


def test_a_line_that_a_program_broke_is_read_as_one():
    broken = "Сообщаем вам, что ваш заказ номер 12345678-0001 был\nотправлен сегодня."

    assert Voice(Where.TEXT, broken).text == broken.replace("\n", " ")


def test_cells_of_a_table_are_not_run_together():
    cells = "Это достаточно длинная ячейка с каким-то описанием 12\n345 ₽"

    assert "\n345" in Voice(Where.TEXT, cells).text
    assert "\n" in Voice(Where.HTML, "а" * 50 + "\nотправлен").text


def test_a_recogniser_may_ask_for_a_link():
    recogniser = a_recogniser(links=r"/receipt/")

    assert heard(recogniser, links=("https://shop.example/receipt/1",)) == ""
    assert heard(recogniser, links=("https://shop.example/order/1",)) is None


def test_a_recogniser_may_ask_for_subject_and_phrase_and_sender():
    recogniser = a_recogniser(
        subject="заказ", any_of="отправлен", senders=("sender.ozon.ru",)
    )

    assert heard(recogniser, "Заказ", "Отправлен") == "Отправлен"
    assert heard(recogniser, "Письмо", "Отправлен") is None
    assert heard(recogniser, "Заказ", "Ждёт") is None
    assert heard(recogniser, "Заказ", "Отправлен", sender="x@news.ozon.ru") is None
    assert heard(recogniser, "Заказ", "Отправлен", sender="x@notsender.ozon.ru") is None


def test_a_recogniser_may_be_limited_to_one_address():
    recogniser = a_recogniser(any_of="отправлен", senders=("help@ozon.ru",))

    assert heard(recogniser, "Отправлен", sender="Help@Ozon.ru") == "Отправлен"
    assert heard(recogniser, "Отправлен", sender="help@sender.ozon.ru") is None
    assert heard(recogniser, "Отправлен", sender="nohelp@ozon.ru") is None


@pytest.mark.parametrize(
    ("answered", "is_reply"),
    [
        ("<1@mail.example.org>", True),
        ("<1@notozon.ru>", True),
        ("<1@OZON.ru>", False),
        ("<1@sender.ozon.ru>", False),  # a thread of its own
        ("1", False),
        ("", False),
    ],
)
def test_a_recogniser_may_be_limited_to_answers_to_somebody_elses_letter(
    answered, is_reply
):
    recogniser = a_recogniser(any_of="отправлен", replies=True)

    found = heard(recogniser, "Отправлен", in_reply_to=answered)

    assert (found is not None) is is_reply


def test_a_sum_may_end_a_sentence():
    text = "Стоимость 415 руб. Заказ отправлен 5 мая 2026 г. Спасибо."

    assert heard(a_recogniser(any_of="отправлен"), "", text) == (
        "Заказ отправлен 5 мая 2026 г."
    )


def test_an_address_goes_on_behind_its_points():
    text = "Заказ отправлен в г. Москва, ул. Примерная, д. 5."

    assert heard(a_recogniser(any_of="отправлен"), "", text) == text


def test_the_number_of_a_list_ends_no_sentence():
    assert heard(a_recogniser(any_of="отправлен"), "", "1. Отправлен") == "1. Отправлен"


def test_a_condition_that_leads_a_list_in_spoils_each_line_of_it():
    recogniser = a_recogniser(any_of="отправлен", unless=r"\bесли\b")

    assert heard(recogniser, "", "Если вы молчите:\n- ждём\n- отправлен") is None
    assert heard(recogniser, "", "Новости:\n- ждём\n- отправлен") == "- отправлен"
    assert heard(recogniser, "", "Если вы молчите:\nждём.\n\nОтправлен") == "Отправлен"


def test_an_answer_to_a_supposing_question_does_not_count():
    recogniser = a_recogniser(any_of="отправлен", unless=r"\?")

    assert heard(recogniser, "", "Не пришёл? Отправлен!") is None
    assert heard(recogniser, "", "Не пришёл?\nОтправлен!") is None
    assert heard(recogniser, "", "Что с заказом?\nОтправлен!") == "Отправлен!"


def test_a_quoted_line_is_not_heard():
    recogniser = a_recogniser(any_of="отправлен")

    assert heard(recogniser, "", "> Отправлен") is None
    assert heard(recogniser, "", "Вы писали:\n> где он?\nОтправлен") == "Отправлен"


def test_every_sentence_is_heard_and_each_once():
    letter = spoken(a_message("", "Отправлен раз, отправлен два. Отправлен три."))

    found = [one.sentence for one in hear_all(a_recogniser(any_of="отправлен"), letter)]

    assert found == ["Отправлен раз, отправлен два.", "Отправлен три."]
