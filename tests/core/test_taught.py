"""What the owner taught holds for its shape: below what is pinned, above every guess."""

from datetime import UTC, datetime, timedelta

import pytest
from builders import MOSCOW
from hypothesis import given
from hypothesis import strategies as st
from letters import a_message, ozon, packs_of

from triage.core.act import Act, ActKind
from triage.core.event import Certainty
from triage.core.hearing import spoken
from triage.core.lesson import Lesson, lessons, lessons_entry, read_lessons
from triage.core.reading import read
from triage.core.recogniser import Reading
from triage.core.shape import shape_of

AT = datetime(2026, 11, 1, 9, tzinfo=UTC)
ODD = "Сделка по заказу 12345678-0001 расторгнута магазином.\nИтого: 12 490,00 ₽"
GUESS = "Продавец отменил заказ 12345678-0001.\nСумма 100 ₽."
SURE = "Товары уже готовятся к отправке.\nЗаказ 12345678-0001."


def told(text: str, lesson: Lesson, *, evidence: str = "e" * 64, **more) -> Reading:
    message = a_message("Ваш заказ", text, evidence=evidence, **more)
    name = shape_of(spoken(message)).id
    assert name
    return read(message, packs_of(ozon()), MOSCOW, taught={name: lesson})


def teaching(evidence: str, says: str, minute: int = 0) -> Act:
    return Act(
        at=AT + timedelta(minutes=minute),
        kind=ActKind.TAUGHT,
        data={"evidence": evidence, "shape": "", "says": says},
    )


def answering(evidence: str, kind: str, word: str, minute: int = 0) -> Act:
    return Act(
        at=AT + timedelta(minutes=minute),
        kind=ActKind.ANSWERED,
        data={"about": f"{evidence}:{kind}", "answer": word},
    )


def undoing(act: Act, minute: int = 9) -> Act:
    at = AT + timedelta(minutes=minute)
    return Act(at=at, kind=ActKind.UNDONE, data={"act": act.id})


def test_a_taught_letter_tells_its_order_its_sum_and_its_words():
    [event] = told(ODD, Lesson(says="order_cancelled")).events

    assert event.kind == "order_cancelled"
    assert event.order == "12345678-0001"
    assert event.certainty is Certainty.TAUGHT
    assert event.recogniser == "taught"
    assert "расторгнута" in event.quote
    assert event.attributes["amount"] == "12490.00"


def test_a_guess_that_the_owner_confirmed_is_taught_and_keeps_what_it_read():
    [event] = told(GUESS, Lesson(says="order_cancelled")).events

    assert event.certainty is Certainty.TAUGHT
    assert event.recogniser == "guess-cancelled-by-seller"
    assert event.attributes["cancelled_by"] == "seller"


def test_the_owners_word_counts_more_than_a_guess():
    [event] = told(GUESS, Lesson(says="return_refused")).events

    assert event.kind == "return_refused"


def test_what_is_pinned_counts_more_than_the_owners_word_and_that_is_reported():
    found = told(SURE, Lesson(says="order_cancelled"))

    assert {event.kind for event in found.events} == {"order_placed"}
    assert {event.certainty for event in found.events} == {Certainty.PINNED}
    assert found.against == "order-accepted"


def test_nothing_is_against_the_owner_who_says_what_is_pinned():
    assert told(SURE, Lesson(says="order_placed")).against == ""


@pytest.mark.parametrize("says", ["nothing", "marketing"])
def test_a_letter_may_be_taught_to_tell_nothing(says):
    found = told(GUESS, Lesson(says=says))

    assert found.events == ()
    assert found.outcome in ("recognised", "stream")


def test_a_letter_that_nobody_vouches_for_tells_nothing_whatever_was_taught():
    found = told(ODD, Lesson(says="order_cancelled"), vouched="")

    assert found.events == ()
    assert found.outcome == "unconfirmed"


def test_a_denied_guess_is_made_of_no_other_letter():
    lesson = Lesson(denied=frozenset({"order_cancelled"}), asked=frozenset({"a" * 64}))

    asked = told(GUESS, lesson, evidence="a" * 64)
    other = told(GUESS, lesson, evidence="b" * 64)

    assert [event.kind for event in asked.events] == ["order_cancelled"]
    assert "order_cancelled" not in {event.kind for event in other.events}


def test_the_last_word_on_a_shape_counts():
    acts = [teaching("a", "order_paid"), teaching("b", "order_cancelled", 1)]

    found = lessons(acts, {"a": "shape", "b": "shape"})

    assert found == {"shape": Lesson(says="order_cancelled")}


def test_a_lesson_on_a_letter_with_too_little_wording_is_of_that_letter():
    assert lessons([teaching("a", "order_paid")], {"a": ""}).keys() == {"a"}


def test_a_lesson_that_was_taken_back_is_none():
    first, second = teaching("a", "order_paid"), teaching("a", "order_cancelled", 1)

    assert lessons([first, undoing(first)], {"a": "s"}) == {}
    assert (
        lessons([first, second, undoing(second)], {"a": "s"})["s"].says == "order_paid"
    )


def test_an_answer_that_was_taken_back_teaches_nothing():
    answer = answering("a", "order_cancelled", "yes")

    assert lessons([answer], {"a": "s"})["s"].says == "order_cancelled"
    assert lessons([answer, undoing(answer)], {"a": "s"}) == {}


def test_a_no_takes_back_what_was_taught_and_a_lesson_the_no():
    yes, no = teaching("a", "order_paid"), answering("b", "order_paid", "no", 1)
    shapes = {"a": "s", "b": "s"}

    assert lessons([yes, no], shapes)["s"].says == ""
    assert lessons([no, yes], shapes)["s"] == Lesson(says="order_paid")


def test_the_answer_to_a_rules_own_question_says_nothing_of_a_letter():
    act = answering("a", "posting_delivered:receipt-missing", "no")

    assert lessons([act], {"a": "s"}) == {}


kinds = st.sampled_from(["order_paid", "order_cancelled", "refund_paid"])
acts = st.one_of(
    st.builds(teaching, st.sampled_from("abc"), kinds, st.integers(0, 99)),
    st.builds(
        answering,
        st.sampled_from("abc"),
        kinds,
        st.sampled_from(["yes", "no"]),
        st.integers(0, 99),
    ),
)


@given(st.lists(acts, max_size=6))
def test_lessons_go_to_a_child_and_come_back(done):
    found = lessons(done, {"a": "s", "b": "s", "c": ""})

    assert read_lessons(lessons_entry(found)) == found


@given(st.lists(acts, max_size=6, unique_by=lambda act: act.id))
def test_what_was_done_and_taken_back_leaves_no_trace(done):
    back = [undoing(act, 100 + n) for n, act in enumerate(reversed(done))]

    assert lessons([*done, *back], {"a": "s"}) == {}
