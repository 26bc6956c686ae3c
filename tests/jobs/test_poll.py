from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from triage.edges import accounts
from triage.edges.imap_line import LoginRejected
from triage.edges.store import Store
from triage.errors import ConfigError, DiskError, Refused, Unavailable
from triage.jobs.poll import Due, poll

START = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
EVERY = timedelta(minutes=10)


class World:
    """One account on a server that answers as it is told, and a clock to turn."""

    def __init__(self, folder) -> None:
        self.store = Store(folder / "index.sqlite3")
        self.now = START
        self.answer: Exception | None = None
        self.password: str | Exception = "secret"
        self.settings = "imap.example me"
        self.tries: list[datetime] = []
        self.lasting: Callable[[str], str] = str

    def _password(self) -> str:
        if isinstance(self.password, Exception):
            raise self.password
        return self.password

    def _collect(self, password: str) -> None:
        self.tries.append(self.now)
        if self.answer:
            raise self.answer

    def poll(self) -> list[str]:
        told = self.settings, self._password, self._collect, self.lasting
        due = Due("main", *told)
        return poll(self.store, [due], EVERY, lambda: self.now)

    def minutes(self, count: int) -> list[int]:
        """Poll every minute for a while; return the minutes of the tries."""
        begun = self.now
        self.tries = []
        for _ in range(count):
            self.poll()
            self.now += timedelta(minutes=1)
        return [(at - begun) // timedelta(minutes=1) for at in self.tries]

    def memory(self) -> accounts.Polls:
        return accounts.polls(self.store, "main")


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.store.close()


def test_a_mailbox_is_looked_into_every_ten_minutes(world):
    assert world.minutes(31) == [0, 10, 20, 30]
    assert world.memory().polled_at == START + timedelta(minutes=30)


def test_a_dead_network_is_tried_with_growing_pauses(world):
    world.answer = Unavailable("нет связи")

    assert world.minutes(110) == [0, 1, 3, 8, 18, 48, 78, 108]


def test_a_token_server_that_is_down_is_tried_with_growing_pauses(world):
    world.password = Unavailable("сервер входа не отвечает")
    asked = []
    whole = world._password
    world._password = lambda: (asked.append(world.now), whole())[1]

    world.minutes(50)

    assert [(at - START) // timedelta(minutes=1) for at in asked] == [
        0,
        1,
        3,
        8,
        18,
        48,
    ]
    assert world.tries == []
    assert not world.memory().lasting


def test_another_token_of_a_refused_consent_is_no_news(world):
    world.answer = LoginRejected("доступ отклонён")
    world.lasting = lambda _: "the consent"

    for number in range(10):
        world.password = f"token {number}"
        world.minutes(60)

    assert world.memory().refused == 2
    world.lasting = lambda _: "another consent"
    world.answer = None
    world.minutes(11)
    assert world.memory().problem == ""


def test_a_network_that_comes_back_needs_no_restart(world):
    world.answer = Unavailable("нет связи")
    world.minutes(5)
    world.answer = None

    assert world.minutes(24) == [3, 13, 23]
    assert world.memory().problem == ""
    assert world.memory().tries == 0


def test_a_wrong_password_is_tried_twice_and_then_reported(world):
    world.answer = LoginRejected("пароль отклонён")

    assert world.minutes(600) == [0, 1]
    assert "больше не пробуем" in world.memory().problem


@pytest.mark.parametrize("change", ["password", "settings"])
def test_a_changed_configuration_is_tried_again(world, change):
    world.answer = LoginRejected("пароль отклонён")
    world.minutes(60)
    world.answer = None
    setattr(world, change, "another")

    assert world.minutes(11)
    assert world.memory().problem == ""
    assert world.memory().refused == 0


def test_another_wrong_password_gets_two_tries_as_well(world):
    world.answer = LoginRejected("пароль отклонён")
    world.minutes(60)
    world.password = "another wrong one"

    assert len(world.minutes(120)) == 2


def test_the_password_is_not_in_the_index(world):
    world.answer = LoginRejected("пароль отклонён")
    world.minutes(5)

    mark = world.memory().config
    assert "secret" not in mark
    assert mark != accounts.fingerprint(world.settings, "secret")
    assert accounts.matches(mark, world.settings, "secret")


def test_a_password_that_cannot_be_read_is_a_problem_and_no_login(world):
    world.password = ConfigError("chmod 600")

    assert world.poll() == ["main: chmod 600"]
    assert world.tries == []


def test_a_refusal_between_failures_of_the_network_still_counts(world):
    world.answer = LoginRejected("пароль отклонён")
    world.minutes(1)
    world.answer = Unavailable("нет связи")
    world.minutes(3)
    world.answer = LoginRejected("пароль отклонён")

    assert len(world.minutes(600)) == 1


@pytest.mark.parametrize("kind", [Refused, ConfigError])
def test_a_bad_certificate_is_looked_at_again_but_rarely(world, kind):
    world.answer = kind("сертификат")

    assert world.minutes(65) == [0, 30, 60]
    assert world.memory().problem == "сертификат"


def test_a_full_disk_is_nobodys_mailbox_problem(world):
    world.answer = DiskError("нет места")

    with pytest.raises(DiskError):
        world.poll()
