"""A world that lives through a scenario day by day, with its letters and the owner's acts."""

import contextlib
import email
import email.policy
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from once import read_once
from world import World

from triage.core.act import Act, ActKind
from triage.core.step import Standing
from triage.core.words import NBSP
from triage.edges import disk
from triage.edges.store import Store
from triage.jobs.assess import standings
from triage.jobs.demo import Scenario, read_scenario
from triage.jobs.look import find_case

MORNING = time(8)
ONE_DAY = timedelta(days=1)
STORIES = Path(__file__).parent / "stories"


@contextlib.contextmanager
def hurry() -> Iterator[None]:
    """Read what is built in once, and do not wait for the disk: no power is cut here."""
    connected = Store.__init__

    def connect(self: Store, path: Path) -> None:
        connected(self, path)
        self._db.conn.execute("pragma synchronous=off")

    with read_once(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(disk, "sync", lambda _: None)
        patch.setattr(disk, "sync_all", lambda _: None)
        patch.setattr("triage.app.password_of", lambda _: "demo")  # else a process
        patch.setattr(Store, "__init__", connect)
        yield


class Life(World):
    """A world that lives through a scenario day by day."""

    def __init__(self, folder: Path, scenario: Scenario) -> None:
        start = datetime.combine(scenario.begins, MORNING, scenario.zone)
        super().__init__(folder, start.astimezone(UTC), scenario)
        self.delivered_to = start - timedelta(days=365)

    def begin(self, day: date) -> None:
        """Let the night's letters arrive, and tick."""
        morning = datetime.combine(day, MORNING, self.scenario.zone)
        self.now = morning.astimezone(UTC)
        self.arrive()
        self.tick()

    def arrive(self) -> None:
        for letter in self.scenario.letters:
            if self.delivered_to < letter.arrives <= self.now:
                self.letterbox.deliver(letter)
        self.delivered_to = self.now

    def tick(self) -> None:
        done = self.app.tick()
        assert done.problems == []

    def act(self, day: date) -> None:
        """Do what the owner does that day, each at its own hour."""
        for act in self.scenario.acts:
            if act.at.date() == day:
                self.now = act.at.astimezone(UTC)
                self.app.place.record(self._named(act))

    def _named(self, act: Act) -> Act:
        """Name what the owner acts on, as the commands do."""
        if act.case is None:
            return act
        with self.app.place.store() as store:
            case = find_case(store, self.app.place.bench, act.at, act.case).case
        about = {}
        if act.kind is ActKind.ANSWERED:
            assert case.asks, f"{case.id} asks nothing on {act.at:%d.%m}"
            about = {"question": case.asks, "about": " ".join(case.asks_about)}
        return Act(
            at=act.at,
            kind=act.kind,
            case=case.id,
            order=case.order,
            posting=case.posting,
            data={**act.data, **about},
        )

    def live(self, until: date | None = None) -> None:
        for day in days(self.scenario, until):
            self.begin(day)
            self.act(day)

    def standings(self) -> list[Standing]:
        with self.app.place.store() as store:
            return standings(store, self.app.place.bench, self.now)

    def letters(self) -> dict[date, tuple[str, str]]:
        """Return subject and text of each day's letter to the owner."""
        found: dict[date, tuple[str, str]] = {}
        for raw in self.sent.letters:
            letter = email.message_from_bytes(raw, policy=email.policy.SMTP)
            if letter["X-Triage"] != "digest":
                continue  # it could not wait for the letter of its day
            name = letter["Message-ID"].removeprefix("<digest.")
            text = letter.get_body(("plain",)).get_content()
            on = date.fromisoformat(name[:10])
            assert on not in found, f"two letters on {on}"
            found[on] = plain(letter["Subject"]), plain(text)
        return found


def days(scenario: Scenario, until: date | None = None) -> list[date]:
    last = until or scenario.ends
    return [
        scenario.begins + ONE_DAY * n for n in range((last - scenario.begins).days + 1)
    ]


def read_story(path: Path) -> tuple[dict, Scenario]:
    story = tomllib.loads(path.read_text("utf-8"))
    pack = story.setdefault("pack", "ozon")
    story.setdefault("timezone", "Europe/Moscow")
    story.setdefault("authserv", "mx.mail.example")
    story.setdefault(
        "owner",
        {
            "name": "Анна Сергеевна Примерова",
            "email": "anna@mail.example",
            "phone": "+7 900 000-00-00",
            "address": "101000, г. Москва, ул. Примерная, д. 1, кв. 2",
        },
    )
    for entry in story.get("letter", []):
        entry.setdefault("from", "Ozon <mailer@sender.ozon.ru>")
        entry.setdefault("vouched", "ozon.ru")
    for entry in story.get("act", []):
        if "case" in entry:
            entry["case"] = f"{pack}/{entry['case']}"
    return story, read_scenario(pack, story)


def plain(text: str) -> str:
    """Put a text on one line with plain spaces, without the marks of a ready text."""
    lines = text.replace(NBSP, " ").splitlines()
    return " ".join(" ".join(lines).replace(" | ", " ").split())
