"""Clocks that disagree, jump, or are pretended: nothing is lost, numbered or told twice."""

import email
import email.policy
from datetime import UTC, datetime, timedelta

import pytest
from world import World

from triage.core.act import ActKind
from triage.edges import cases

START = datetime(2026, 11, 10, 5, 0, tzinfo=UTC)
END = datetime(2026, 12, 3, 5, 0, tzinfo=UTC)


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path, START)
    yield world
    world.close()


def numbers(world: World) -> list[tuple[str, str]]:
    """List the (number, case) that the journal gave out."""
    acts = (act for act, _ in world.app.place.journal.acts())
    return [(a.data["number"], str(a.case)) for a in acts if a.kind is ActKind.NUMBERED]


def text(raw: bytes) -> str:
    letter = email.message_from_bytes(raw, policy=email.policy.SMTP)
    return letter.get_body(("plain",)).get_content()


def assessed_like_a_rebuild(world: World) -> bool:
    """Say whether the index says of the cases what one made anew says."""

    def states() -> list[dict[str, object]]:
        with world.app.place.store() as store:
            return store.rows("SELECT id, state FROM cases ORDER BY id")

    before = states()
    world.app.place.rebuild()
    return before == states()


def test_a_letter_from_a_server_whose_clock_is_ahead_is_assessed_once_its_hour_comes(
    world,
):
    world.now = END
    world.deliver()
    world.now = START  # the server is three weeks ahead of us
    world.app.tick()

    world.now = END
    world.app.tick()

    assert assessed_like_a_rebuild(world)


def test_a_letter_archived_after_an_outage_is_told_though_it_came_before_the_last_digest(
    world,
):
    world.deliver()
    world.app.tick()
    late = [m for m in world.scenario.letters if START < m.at < START.replace(day=12)]
    world.now = START.replace(day=13)
    world.app.send_today()
    told = len(world.sent.letters)
    world.now = START.replace(day=14)
    for letter in late:
        world.letterbox.deliver(letter)

    world.app.tick()

    with world.app.place.store() as store:
        fresh = store.rows("SELECT * FROM events WHERE at > ?", START.isoformat())
    assert fresh
    (digest,) = world.sent.letters[told:]
    assert all(row["order_number"] in text(digest) for row in fresh)


def test_letters_from_before_the_first_day_are_no_news(world):
    world.deliver()
    world.app.tick()
    world.now += timedelta(days=1)
    old = next(m for m in world.scenario.letters if m.at < START - timedelta(days=2))
    world.letterbox.deliver(old)

    world.app.tick()

    place = world.app.place
    with place.store() as store:
        gathered = place.scribe.today(store, world.now + timedelta(minutes=1))
    assert not gathered.letters.recognised


def test_a_clock_that_was_ahead_numbers_no_case_twice(world):
    world.now = END
    world.deliver()
    world.app.tick()
    world.now = START
    world.app.tick()
    world.now = END
    world.app.tick()

    given = numbers(world)
    assert len(given) == len({case for _, case in given})


def test_a_clock_that_was_years_ahead_stops_neither_polls_nor_digests(world):
    world.now = START.replace(year=2030)
    world.app.tick()
    world.app.send_today()
    sent = len(world.sent.letters)
    world.now = END
    world.deliver()

    done = world.app.tick()

    assert done.letters
    assert len(world.sent.letters) == sent + 1
    assert assessed_like_a_rebuild(world)


def test_a_letter_that_waited_when_the_clock_was_ahead_goes_out(world):
    from triage.core.attempt import Outcome

    world.now = START.replace(year=2030)
    world.sent.outcome = Outcome.DEFERRED
    world.app.send_today()
    world.now = START.replace(hour=1)  # before the hour of a new one
    world.sent.outcome = Outcome.ACCEPTED

    assert world.app.tick().accepted == 1


def test_reading_commands_never_write_to_the_journal(world):
    world.deliver()
    world.app.tick()
    before = numbers(world)
    (world.folder / "index.sqlite3").unlink()
    world.now = END

    with world.app.place.store() as store:
        assert cases.all_orders(store)

    assert numbers(world) == before


def test_a_reminder_that_lapsed_is_closed_in_the_index_too(world):
    day = START
    while day <= END:
        world.now = day
        world.deliver()
        world.app.tick()
        day += timedelta(days=1)
    world.now = END + timedelta(days=60)
    world.app.tick()

    assert assessed_like_a_rebuild(world)
