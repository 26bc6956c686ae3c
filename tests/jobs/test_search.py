"""Orders are found by the words of their letters."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from life import hurry
from world import World

from triage.jobs.search import find

END = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def month(tmp_path_factory):
    with hurry():
        world = World(tmp_path_factory.mktemp("search"), END)
        world.deliver()
        world.app.tick()
        yield world
        world.close()


def search(world, text, now=END):
    place = world.app.place
    with place.store() as store:
        return find(store, place.archive, place.pool, text, now)


@pytest.mark.parametrize(
    "text", ["чайник", "чайника", "ЧАЙНИКИ", "чайн", "чайник электрический"]
)
def test_an_order_is_found_by_any_form_of_a_word(month, text):
    [found] = search(month, text)

    assert found.order == "12345678-0001"
    assert any("Чайник" in hit.snippet for hit in found.hits)


def test_words_of_several_letters_of_one_order_find_it(month):
    """The letter on the way names no goods, the one on the order says no «доставку»."""
    [found] = search(month, "чайник передан")

    assert found.order == "12345678-0001"
    assert len(found.hits) >= 2


def test_words_of_different_orders_find_nothing(month):
    everything = {found.order for found in search(month, "заказ")}
    assert len(everything) > 3

    assert search(month, "чайник неттакогослова") == []


def test_a_letter_that_came_later_is_not_found_yet(month):
    early = datetime(2026, 11, 1, tzinfo=UTC)

    assert search(month, "чайник", early) == []


def test_a_found_letter_says_what_it_told(month):
    [found] = search(month, "чайник")

    kinds = {kind.value for hit in found.hits for kind in hit.letter.kinds}
    assert "order_paid" in kinds


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(
        st.one_of(
            st.characters(codec="utf-8"), st.sampled_from('"*():^-+AND OR NOT{}')
        ),
        min_size=1,
    )
)
def test_whatever_is_typed_is_no_query_language(month, text):
    found = search(month, f"чайник {text}")

    assert all(one.order for one in found if one.hits[0].letter.orders)


@pytest.mark.parametrize(
    "text", ['"', 'чайник" OR "заказ', "NEAR(чайник заказ)", "words:чайник"]
)
def test_signs_of_the_query_language_mean_nothing(month, text):
    if text == '"':
        with pytest.raises(Exception, match="искать можно слова"):
            search(month, text)
    else:
        assert {one.order for one in search(month, text)} <= {"12345678-0001"}


def test_a_code_is_in_no_index(month):
    for text in ("код входа", "подтверждение учетных данных"):
        for found in search(month, text):
            for hit in found.hits:
                assert "учетных данных" not in hit.snippet

    with month.app.place.store() as store:
        sealed = {
            row["evidence"]
            for row in store.rows("SELECT evidence FROM messages WHERE stream <> ''")
        }
        known = {row["evidence"] for row in store.rows("SELECT evidence FROM searched")}
        assert sealed
        assert not sealed & known


def test_the_text_of_a_letter_cannot_be_read_back(month):
    with month.app.place.store() as store:
        assert {row["forms"] for row in store.rows("SELECT forms FROM words")} == {None}


def test_a_rebuilt_index_finds_the_same(month):
    before = search(month, "заказ")

    month.app.place.rebuild()

    assert search(month, "заказ") == before


def test_a_second_look_at_the_same_letter_adds_nothing(month):
    with month.app.place.store() as store:
        count = "SELECT count(*) n FROM searched"
        before = store.rows(count)
    month.now = END + timedelta(hours=1)
    month.deliver()
    month.app.tick()
    month.now = END
    with month.app.place.store() as store:
        assert store.rows(count) == before
