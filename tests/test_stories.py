"""Whole stories: letters and the owner's acts on dated days, and what each day shows.

tests/stories/<name>/story.toml is a scenario as `triage demo` plays it (see
triage/packs/ozon/demo/month.toml) with days that say what must be true after the tick of
their morning, at eight:

    [[day]]
    on     = 2026-11-10
    cases  = { "delivery-overdue/12345678-0001" = { state = "open", step = "check" } }
    digest = { subject = "…", has = ["…"], lacks = ["…"] }     # or false: no letter

`cases` names every case that is not resolved, and any other; a value "" stands for
none. `digests` of the whole story lists all days on which the owner got a letter.
"""

import email
import email.policy
import tomllib
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path

import pytest
from world import World

from triage.core.act import Act, ActKind
from triage.core.ladder import Standing
from triage.core.words import NBSP
from triage.edges import disk, packs, pages
from triage.edges.store import Store
from triage.jobs.assess import standings
from triage.jobs.demo import Scenario, read_scenario
from triage.jobs.look import find_case

STORIES = sorted((Path(__file__).parent / "stories").glob("*/story.toml"))
MORNING = time(8)
ONE_DAY = timedelta(days=1)


@pytest.fixture(autouse=True, scope="module")
def hurry():
    """Read packs and templates once, and do not wait for the disk: no power is cut here."""
    connected = Store.__init__

    def connect(self, path):
        connected(self, path)
        self._db.conn.execute("pragma synchronous=off")

    with pytest.MonkeyPatch.context() as patch:
        loaded = packs.load(["ozon"], "ru", None)
        patch.setattr(packs, "load", lambda *_: loaded)
        patch.setattr(pages, "_environment", lru_cache(pages._environment))
        patch.setattr(disk, "sync", lambda _: None)
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

    def letter(self) -> tuple[str, str] | None:
        """Return subject and text of this morning's letter to the owner."""
        for raw in self.sent.letters[-1:]:
            letter = email.message_from_bytes(raw, policy=email.policy.SMTP)
            if letter["Date"].datetime == self.now:
                text = letter.get_body(("plain",)).get_content()
                return plain(letter["Subject"]), plain(text)
        return None

    def letter_days(self) -> list[date]:
        letters = map(email.message_from_bytes, self.sent.letters)
        ids = [letter["Message-ID"].removeprefix("<digest.") for letter in letters]
        return [date.fromisoformat(each[:10]) for each in ids]


def days(scenario: Scenario, until: date | None = None) -> list[date]:
    last = until or scenario.ends
    return [
        scenario.begins + ONE_DAY * n for n in range((last - scenario.begins).days + 1)
    ]


def plain(text: str) -> str:
    """Put a text on one line with plain spaces, without the marks of a ready text."""
    lines = text.replace(NBSP, " ").splitlines()
    return " ".join(" ".join(lines).replace(" | ", " ").split())


def told(standing: Standing) -> dict[str, object]:
    """Say everything of a case that a story may name."""
    case, now, after = standing.case, standing.step, standing.next_step
    return {
        "state": standing.state.value,
        "opened_on": case.opened_on,
        "closed_on": case.closed_on or "",
        "closed_by": case.closed_by,
        "posting": case.posting or "",
        "amount": "" if case.amount is None else str(case.amount),
        "certainty": case.certainty.name.lower(),
        "asks": case.asks or "",
        "until": standing.waiting_until or "",
        "next": after.step.id if after else "",
        "next_due_on": (after and after.due_on) or "",
        "step": now.step.id if now else "",
        "rung": now.step.rung if now else "",
        "letter": now.step.letter if now else "",
        "due_on": (now and now.due_on) or "",
        "deadline_on": (now and now.deadline_on) or "",
        "deadline_kind": now.deadline_kind if now else "",
        "deadline_of": now.deadline_of if now else "",
        "caution": now.caution if now else "",
        "lacks": sorted(now.lacks) if now else [],
        "locked": [each.step.id for each in standing.steps if each.locked],
        "done": [each.step.id for each in standing.steps if each.done_on],
    }


def read_story(path: Path) -> tuple[dict, Scenario]:
    story = tomllib.loads(path.read_text("utf-8"))
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
            entry["case"] = f"ozon/{entry['case']}"
    return story, read_scenario("ozon", story)


def check_day(life: Life, day: dict) -> None:
    """Compare a morning with what the story says of it."""
    if "cases" in day:
        found = {s.case.id.removeprefix("ozon/"): told(s) for s in life.standings()}
        alive = {name for name, case in found.items() if case["state"] != "resolved"}
        assert alive <= day["cases"].keys(), "a case that the story does not know"
        for name, wanted in day["cases"].items():
            assert name in found, f"no case {name}"
            assert {key: found[name][key] for key in wanted} == wanted, name
    if "digest" in day:
        wanted, letter = day["digest"], life.letter()
        assert (letter is None) == (wanted is False), letter
        if letter is None:
            return
        subject, text = letter
        assert wanted.get("subject", subject) == subject
        assert [each for each in wanted.get("has", []) if each not in text] == [], text
        assert [each for each in wanted.get("lacks", []) if each in text] == [], text


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.parent.name)
def test_a_story_goes_as_it_is_told(path, tmp_path):
    story, scenario = read_story(path)
    expected = {day["on"]: day for day in story["day"]}
    assert expected.keys() <= set(days(scenario))
    life = Life(tmp_path, scenario)

    for day in days(scenario):
        life.begin(day)
        if day in expected:
            try:
                check_day(life, expected[day])
            except AssertionError as error:
                raise AssertionError(f"{day}: {error}") from error
        life.act(day)

    if "digests" in story:
        assert life.letter_days() == story["digests"]
    life.close()
