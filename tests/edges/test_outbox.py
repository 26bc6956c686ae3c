"""The letters that wait: taken once, never hammered, remembered by the journal too."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from builders import at
from standings import HEADS, TODAY, a_standing, told

from triage.core.act import Act, ActKind
from triage.core.attempt import PAUSES
from triage.core.news import Undelivered
from triage.edges import cases, mentions, outbox
from triage.edges.outbox import Queued
from triage.edges.store import Store

NOW = at("2026-11-23 08:00")
KEY = outbox.digest_key(TODAY)
A_SECOND = timedelta(seconds=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "index.sqlite3") as opened:
        yield opened


def a_letter(key: str = KEY, **more: object) -> Queued:
    values: dict[str, object] = {
        "message_id": f"<{key}@triage.invalid>",
        "recipient": "me@example.org",
        "raw": b"Subject: x\r\n\r\n\x00\xff",
        "mentions": [told(a_standing(), TODAY)],
        "heads": HEADS,
    }
    return Queued(key=key, **{**values, **more})  # type: ignore[arg-type]


def accepted_act(letter: Queued) -> Act:
    return Act(at=NOW, kind=ActKind.DIGEST_ACCEPTED, data=letter.data())


def test_a_letter_comes_out_as_it_went_in(store: Store) -> None:
    outbox.enqueue(store, a_letter(), NOW)

    taken = outbox.take(store, KEY, NOW)

    assert taken == a_letter(attempts=1)


def test_a_letter_is_taken_by_one_only(store: Store, tmp_path: Path) -> None:
    outbox.enqueue(store, a_letter(), NOW)
    with Store(tmp_path / "index.sqlite3") as other:
        assert outbox.due(other, NOW) == outbox.due(store, NOW) == [KEY]

        assert outbox.take(other, KEY, NOW)
        assert outbox.take(store, KEY, NOW) is None


def test_the_attempt_is_on_disk_before_it_is_made(store: Store, tmp_path: Path) -> None:
    outbox.enqueue(store, a_letter(), NOW)

    outbox.take(store, KEY, NOW)

    with Store(tmp_path / "index.sqlite3") as other:
        [row] = other.rows("SELECT state, attempts, next_at FROM outbox")
    assert row == {
        "state": "sending",
        "attempts": 1,
        "next_at": (NOW + PAUSES[0]).isoformat(),
    }


def test_pauses_grow_and_the_longest_stays(store: Store) -> None:
    outbox.enqueue(store, a_letter(), NOW)
    now, waited = NOW, []
    for _ in range(7):
        letter = outbox.take(store, KEY, now)
        assert letter
        outbox.finish(store, letter, "deferred", "451")
        start = now
        while not outbox.due(store, now):
            now += timedelta(seconds=30)
        waited.append(now - start)

    assert waited == [*PAUSES, PAUSES[-1], PAUSES[-1]]


def test_a_clock_that_was_ahead_keeps_no_letter_waiting(store: Store) -> None:
    outbox.enqueue(store, a_letter(), NOW + timedelta(days=365))

    assert outbox.waits(store, NOW)
    assert outbox.due(store, NOW) == [KEY]
    assert outbox.take(store, KEY, NOW)


def test_what_was_being_sent_when_we_died_is_unsure(store: Store) -> None:
    outbox.enqueue(store, a_letter(), NOW)
    outbox.take(store, KEY, NOW)

    assert outbox.crashed(store, NOW) == 0  # it may be another's, still at it
    assert outbox.due(store, NOW + PAUSES[0]) == []
    assert outbox.crashed(store, NOW + PAUSES[0]) == 1

    taken = outbox.take(store, KEY, NOW + PAUSES[0])
    assert taken
    assert (taken.state, taken.attempts) == ("unsure", 2)


def test_an_outcome_that_comes_too_late_changes_nothing(store: Store) -> None:
    outbox.enqueue(store, a_letter(), NOW)
    slow = outbox.take(store, KEY, NOW)
    later = NOW + PAUSES[0]
    outbox.crashed(store, later)
    quick = outbox.take(store, KEY, later)
    assert slow
    assert quick
    outbox.finish(store, quick, "accepted")

    outbox.finish(store, slow, "deferred", "timeout")

    assert outbox.due(store, NOW + timedelta(days=1)) == []


@pytest.mark.parametrize("state", ["accepted", "rejected"])
def test_what_is_settled_is_never_due_again(store: Store, state: str) -> None:
    outbox.enqueue(store, a_letter(), NOW)
    letter = outbox.take(store, KEY, NOW)
    assert letter
    outbox.finish(store, letter, state)

    assert outbox.due(store, NOW + timedelta(days=100)) == []
    assert outbox.has(store, KEY)


def test_the_journal_knows_a_letter_that_the_outbox_forgot(store: Store) -> None:
    cases.add_acts(store, [accepted_act(a_letter())], 1)

    assert outbox.has(store, KEY)
    assert outbox.last_digest_on(store) == TODAY
    assert not outbox.has(store, outbox.digest_key(TODAY + timedelta(days=1)))


def test_only_what_no_server_has_seen_can_be_taken_back(store: Store) -> None:
    for state in ("queued", "deferred", "sending", "unsure", "accepted", "rejected"):
        outbox.enqueue(store, a_letter(f"digest:{state}", state=state), NOW)

    found = [letter.key for letter in outbox.withdrawable(store)]

    assert found == ["digest:deferred", "digest:queued"]
    assert outbox.mark_withdrawn(store, "digest:queued")
    assert not outbox.mark_withdrawn(store, "digest:unsure")
    assert outbox.due(store, NOW) == ["digest:deferred", "digest:unsure"]


def test_a_refused_digest_is_told_until_one_is_accepted(store: Store) -> None:
    refused = a_letter()
    outbox.enqueue(store, refused, NOW)
    letter = outbox.take(store, KEY, NOW)
    assert letter
    outbox.finish(store, letter, "rejected", "550 spam")

    assert outbox.undelivered(store) == [Undelivered(TODAY, "550 spam")]
    assert outbox.last_digest_on(store) is None

    later = outbox.digest_key(TODAY + timedelta(days=1))
    outbox.enqueue(store, a_letter(later, state="accepted"), NOW)
    assert outbox.undelivered(store) == []


def test_old_copies_go_when_a_new_letter_comes(store: Store) -> None:
    for days in (40, 20):
        key = outbox.digest_key(TODAY - timedelta(days=days))
        letter = a_letter(key, state="accepted")
        outbox.enqueue(store, letter, NOW - timedelta(days=days))

    outbox.enqueue(store, a_letter(), NOW)

    rows = store.rows("SELECT key FROM outbox ORDER BY key")
    assert [row["key"] for row in rows] == ["digest:2026-11-03", KEY]


def test_mentions_of_waiting_letters_come_back_after_a_rebuild(store: Store) -> None:
    outbox.enqueue(store, a_letter(), NOW)
    lost = a_standing(order="12345678-0002")
    gone = a_letter("digest:2026-11-01", mentions=[told(lost, TODAY)], state="rejected")
    outbox.enqueue(store, gone, NOW)

    mentions.restore(store)

    expected = told(a_standing(), TODAY)
    assert dict(mentions.told(store)) == {expected.case: [expected]}


def test_a_mention_that_never_reached_the_owner_is_forgotten(store: Store) -> None:
    first = told(a_standing(), TODAY - timedelta(days=1))
    second = told(a_standing(), TODAY, "reminder")
    mentions.note(store, [first, second])

    mentions.withdraw(store, "digest:2026-11-23", [second])

    assert mentions.told(store)[first.case] == [first]
