"""Damage is told to the owner by the daily letter, which it must never keep back."""

import email
import email.policy
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from world import World

from triage.core.attempt import Outcome
from triage.edges.imap_line import LoginRejected
from triage.errors import ConfigError, DiskError, Unavailable

START = datetime(2026, 11, 10, 5, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path, START)
    world.deliver()
    world.app.tick()
    yield world
    world.close()


@pytest.fixture
def quiet(tmp_path):
    """A home without a single case: nothing but damage can be told."""
    world = World(tmp_path, START)
    world.app.tick()
    world.now += timedelta(hours=1)
    yield world
    world.close()


def text(raw: bytes) -> str:
    letter = email.message_from_bytes(raw, policy=email.policy.SMTP)
    return letter.get_body(("plain",)).get_content()


def cut(log: Path) -> bytes:
    """Take the last line away, and return what there was."""
    whole = log.read_bytes()
    log.chmod(0o644)
    log.write_bytes(whole[: whole.rstrip(b"\n").rfind(b"\n") + 1])
    return whole


@pytest.mark.parametrize("log", ["manifest.jsonl", "journal.jsonl"])
@pytest.mark.parametrize("restarted", [False, True])
def test_a_cut_log_is_told_and_keeps_no_letter_back(world, log, restarted):
    cut(world.folder / "evidence" / log)
    if restarted:
        world.restart()
    world.now += DAY
    world.deliver()

    done = world.app.tick()

    assert any(log in problem for problem in done.problems)
    assert log in text(world.sent.letters[-1])


@pytest.mark.parametrize("log", ["manifest.jsonl", "journal.jsonl"])
def test_a_letter_that_was_accepted_is_sent_once_though_a_log_is_cut(world, log):
    cut(world.folder / "evidence" / log)
    world.now += DAY
    for _ in range(12):
        world.app.tick()
        world.now += timedelta(hours=1)

    assert len(world.sent.letters) == 2


def test_a_log_that_was_put_back_is_sound_again_the_day_after(world):
    manifest = world.folder / "evidence" / "manifest.jsonl"
    whole = cut(manifest)
    world.now += DAY
    assert world.app.tick().problems
    manifest.write_bytes(whole)
    world.now += DAY

    assert world.app.tick().problems == []


def test_a_cut_log_is_never_taken_for_the_whole(world):
    from triage.jobs.inspect import known_heads
    from triage.jobs.verify import verify

    cut(world.folder / "evidence" / "journal.jsonl")
    world.now += DAY
    world.restart().tick(stop=iter([False, False, False, True]).__next__)

    with world.app.place.store() as store:
        heads = known_heads(store)
    assert not verify(world.folder / "evidence", heads).sound


def test_a_missing_letter_keeps_no_letter_back(world):
    for letter in (world.folder / "evidence" / "messages").rglob("*.eml"):
        letter.unlink()
    (world.folder / "index.sqlite3").unlink()
    world.now += 8 * DAY

    world.app.tick()

    assert "архив повреждён" in text(world.sent.letters[-1])


def test_an_orders_folder_that_cannot_be_written_keeps_no_letter_back(world):
    orders = world.folder / "orders"
    orders.rename(world.folder / "away")
    orders.write_text("in the way")
    world.now += 2 * DAY
    world.deliver()

    with pytest.raises(DiskError, match="orders"):
        world.app.tick()

    assert len(world.sent.letters) == 2
    orders.unlink()
    world.now += timedelta(minutes=1)
    world.app.tick()
    assert list(orders.glob("*/index.html"))


def test_the_orders_folder_is_never_written_through_a_link(world, tmp_path):
    victim, elsewhere = tmp_path / "victim", tmp_path / "elsewhere"
    victim.write_text("precious")
    elsewhere.mkdir()
    first, second, third, *_ = sorted((world.folder / "orders").glob("*/"))
    for file in (p for p in first.rglob("*") if p.is_file()):
        file.unlink()
        file.symlink_to(victim)
    (third / "letters").rename(tmp_path / "letters")
    (third / "letters").symlink_to(elsewhere)
    second.rename(tmp_path / "moved")
    second.symlink_to(elsewhere)

    world.app.place.rebuild()

    assert victim.read_text() == "precious"
    assert list(elsewhere.iterdir()) == []
    assert not any(file.is_symlink() for file in (world.folder / "orders").rglob("*"))


def days_with_a_letter(world: World, days: int) -> list[int]:
    found = []
    for day in range(days):
        before = len(world.sent.letters)
        world.app.tick()
        if len(world.sent.letters) > before:
            found.append(day)
        world.now += DAY
    return found


def test_damage_is_told_at_once_then_as_a_reminder(quiet):
    (quiet.folder / "evidence" / "stranger").write_text("who put this here?")
    quiet.now += 7 * DAY
    quiet.app.tick()
    assert "архив повреждён" in text(quiet.sent.letters[-1])
    quiet.now += DAY

    assert days_with_a_letter(quiet, 20) == [0, 1, 2, 9, 16]


@pytest.mark.parametrize("fault", [LoginRejected("пароль"), ConfigError("пароль")])
def test_a_mailbox_that_only_the_owner_can_open_is_told_before_it_is_a_day_ago(
    quiet, fault
):
    quiet.now = START + timedelta(hours=20)
    quiet.app.tick()
    quiet.fault = fault
    for _ in range(3):
        quiet.now += timedelta(minutes=10)
        quiet.app.tick()
    sent = len(quiet.sent.letters)
    quiet.now = START + DAY + timedelta(minutes=1)

    quiet.app.tick()

    assert "пароль" in text(quiet.sent.letters[sent])


def test_a_line_that_broke_once_is_no_reason_to_write(quiet):
    quiet.now = START + DAY - timedelta(hours=1)
    quiet.app.tick()
    quiet.fault = Unavailable("нет связи")
    quiet.now = START + DAY + timedelta(minutes=1)
    quiet.app.tick()

    assert len(quiet.sent.letters) == 1


def test_a_fault_of_ours_in_reading_mail_keeps_no_letter_back(world, caplog):
    world.now += DAY
    world.fault = ValueError("secret words of a letter")

    done = world.app.tick()

    assert len(world.sent.letters) == 2
    assert "сбой программы (ValueError)" in text(world.sent.letters[-1])
    assert "ValueError" in done.problems[0]
    assert "secret" not in text(world.sent.letters[-1]) + str(done) + caplog.text


def test_an_unsure_letter_is_no_accepted_one_for_a_damaged_journal(world):
    cut(world.folder / "evidence" / "journal.jsonl")
    world.now += DAY
    world.sent.outcome = Outcome.UNSURE
    world.app.tick()
    world.sent.outcome = Outcome.ACCEPTED
    world.now += timedelta(hours=1)
    world.app.tick()

    assert world.sent.letters[-1] == world.sent.letters[-2]
