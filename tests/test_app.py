"""The loop as a whole, on the demonstration's mailbox and a clock that tests turn."""

from datetime import UTC, datetime, timedelta

import pytest
from world import World

from triage.core.attempt import Outcome
from triage.edges.imap_line import LoginRejected
from triage.errors import ConfigError, DiskError, Unavailable

START = datetime(2026, 11, 10, 5, 0, tzinfo=UTC)


@pytest.fixture
def world(tmp_path):
    with World(tmp_path, START) as world:
        world.deliver()
        yield world


def test_one_tick_does_everything_that_is_due(world):
    done = world.app.tick()

    assert done.letters
    assert done.events
    assert done.composed
    assert done.accepted == 1
    assert done.problems == []
    assert (world.folder / "orders" / "12345678-0004" / "index.html").exists()


@pytest.mark.parametrize("way", ["tick", "send_today"])
def test_a_letter_that_the_server_will_never_take_is_a_problem(world, way):
    world.sent.outcome = Outcome.REJECTED

    done = getattr(world.app, way)()

    [problem] = done.problems
    assert "сервер отказался принять письмо: as told" in problem


def test_a_second_tick_finds_nothing_to_do(world):
    world.app.tick()
    world.now += timedelta(minutes=11)

    again = world.app.tick()

    assert (again.letters, again.events, again.assessed) == (0, 0, 0)
    assert (again.composed, again.accepted) == (False, 0)


def test_a_tick_that_is_told_to_stop_ends_between_two_steps(world):
    asked = []

    def stop() -> bool:
        asked.append(len(asked))
        return len(asked) == 3

    stopped = world.app.tick(stop)

    assert stopped.letters
    assert not stopped.assessed
    assert world.app.tick().assessed


def test_the_pulse_moves_with_the_work_and_rests_with_it(world):
    before = world.app.pulse()
    world.app.tick()
    after = world.app.pulse()

    assert after != before
    assert world.app.pulse() == after


@pytest.mark.parametrize(
    "fault", [Unavailable("нет связи"), LoginRejected("пароль отклонён")]
)
def test_a_mailbox_that_fails_does_not_keep_the_digest_back(world, fault):
    world.app.tick()
    world.now += timedelta(days=2)
    world.fault = fault

    done = world.app.tick()

    assert done.problems == [f"demo: {fault}"]
    assert done.accepted == 1
    assert "неполадок 1" in str(done)
    assert str(fault) not in str(done)  # for the system's status, which any user reads


def test_mail_that_was_long_unread_is_the_first_thing_the_digest_says(world):
    world.app.tick()
    world.now += timedelta(days=2)
    world.fault = Unavailable("сервер молчит")

    world.app.tick()

    assert "сервер молчит" in _text(world.sent.letters[-1])


def test_an_unsure_letter_that_has_arrived_is_not_sent_again(world):
    world.sent.outcome = Outcome.UNSURE
    world.app.tick()
    (letter,) = world.sent.letters
    (world.letterbox.root / "new" / "1999999999.x.demo").write_bytes(letter)
    world.now += timedelta(hours=1)

    done = world.app.tick()

    assert len(world.sent.letters) == 1
    assert done.accepted == 1


def test_an_unsure_letter_that_is_not_there_is_sent_again_as_the_same(world):
    world.sent.outcome = Outcome.UNSURE
    world.app.tick()
    world.sent.outcome = Outcome.ACCEPTED
    world.now += timedelta(hours=1)

    world.app.tick()

    first, second = world.sent.letters
    assert first == second


def test_our_own_letter_in_the_folder_is_neither_evidence_nor_an_event(world):
    world.app.tick()
    letters = world.app.place.archive.head().count
    (own,) = world.sent.letters
    (world.letterbox.root / "new" / "1999999999.x.demo").write_bytes(own)
    world.now += timedelta(days=1)

    assert world.app.tick().events == 0
    assert world.app.place.archive.head().count in (letters, letters + 1)


def test_the_evidence_is_read_over_every_week(world):
    world.app.tick()
    letter = next((world.folder / "evidence" / "messages").rglob("*.eml"))
    letter.chmod(0o644)
    letter.write_bytes(letter.read_bytes() + b"!")
    world.now += timedelta(days=6)
    assert world.app.tick().problems == []

    world.now += timedelta(days=1)
    done = world.app.tick()

    assert "архив повреждён" in done.problems[0]
    world.now += timedelta(days=1)
    world.app.tick()
    assert "архив повреждён" in _text(world.sent.letters[-1])


def test_a_cut_end_of_the_manifest_is_found_by_what_the_index_remembers(world):
    world.app.tick()
    manifest = world.folder / "evidence" / "manifest.jsonl"
    lines = manifest.read_bytes().splitlines(keepends=True)
    manifest.chmod(0o644)
    manifest.write_bytes(b"".join(lines[:-1]))

    from triage.jobs.inspect import known_heads
    from triage.jobs.verify import verify

    with world.app.place.store() as store:
        report = verify(world.folder / "evidence", known_heads(store))

    assert not report.sound


def test_another_mailbox_is_refused_before_anything_is_read(world):
    world.app.tick()
    text = (world.folder / "config.toml").read_text("utf-8")
    other = text.replace("anna@mail.example", "boris@mail.example")
    (world.folder / "config.toml").write_text(other, "utf-8")

    with pytest.raises(ConfigError, match=r"anna@mail\.example"):
        world.restart().tick()


def test_a_home_on_a_network_disk_is_refused(world, monkeypatch):
    monkeypatch.setattr("triage.edges.lock.network_kind", lambda *_: "nfs4")

    with pytest.raises(DiskError, match="nfs4"):
        world.app.tick()

    assert not (world.folder / "evidence").exists()


def _text(raw: bytes) -> str:
    import email
    import email.policy

    letter = email.message_from_bytes(raw, policy=email.policy.SMTP)
    return letter.get_body(("plain",)).get_content()
