from triage.core.case import Fact
from triage.core.tongue import PLAIN, Tongue

ENGLISH = Tongue(
    said={"срок прошёл": "the term is over", "ждём до {end}": "waiting until {end}"},
    day="%-d %B %Y",
)


def test_without_words_of_its_own_a_sentence_stays():
    assert PLAIN.of("срок прошёл") == "срок прошёл"
    assert ENGLISH.of("письмо пришло") == "письмо пришло"


def test_what_was_put_together_is_said_part_by_part():
    told = "срок прошёл: ст. 12; ждём до 5 декабря 2026 г.; ст. 18"

    assert ENGLISH.of(told) == (
        "the term is over: ст. 12; waiting until 5 December 2026; ст. 18"
    )


def test_days_are_written_anew_and_other_words_are_let_be():
    known = {
        "delivered_on": Fact("delivered_on", "1 мая 2026\u00a0г.", "ab"),
        "defect": Fact("defect", "не включается", "owner"),
    }

    written = {n: f.value for n, f in ENGLISH.facts(known).items()}

    assert written == {"delivered_on": "1 May 2026", "defect": "не включается"}
    assert PLAIN.facts(known) == known


def test_a_part_of_a_longer_word_is_no_sentence():
    assert ENGLISH.of("пересрок прошёл") == "пересрок прошёл"
    assert ENGLISH.of("срок прошёлся") == "срок прошёлся"
