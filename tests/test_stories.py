"""Whole stories: letters and the owner's acts on dated days, and what each day shows.

tests/stories/<name>/story.toml is a scenario as `triage demo` plays it (see
triage/packs/ozon/demo/month.toml) with days that say what must be true after the tick of
their morning, at eight:

    [[day]]
    on     = 2026-11-10
    cases  = { "delivery-overdue/12345678-0001" = { state = "open", step = "check" } }
    digest = { subject = "…", has = ["…"], lacks = ["…"] }     # or false: no letter

`pack` is the marketplace, Ozon if it is not named. `cases` names every case that is not resolved, and any other; a value "" stands for
none. `digests` of the whole story lists all days on which the owner got a letter.
"""

import re
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from life import ONE_DAY, STORIES, Life, days, read_story

from triage.core.case import State
from triage.core.step import Standing
from triage.jobs.assess import standings

CHECKSUM = re.compile("[0-9a-f]{64}")
NAMES = sorted(path.name for path in STORIES.iterdir())
LONG = timedelta(days=250)
pytestmark = pytest.mark.usefixtures("hurried")


class Morning(NamedTuple):
    """What a day of a story shows."""

    cases: dict[str, dict[str, object]]
    letter: tuple[str, str] | None


class Place(NamedTuple):
    """How far up the ladder a case is on a day, in a stretch of its life."""

    on: date
    case: str
    opened_on: date
    rank: int


class Lived(NamedTuple):
    """What a story came to: it is lived once, for all that is asked of it."""

    mornings: dict[date, Morning]
    letters_on: list[date]
    later: list[Place]  # had nothing more happened since the middle


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


def rank(standing: Standing) -> int:
    """Say how far up the ladder a case is."""
    if standing.state is State.RESOLVED:
        return len(standing.steps)
    now = standing.step
    assert now is not None
    return [each.step.id for each in standing.steps].index(now.step.id)


def look_ahead(life: Life) -> list[Place]:
    """Say where the cases will be on later days if nothing more happens."""
    found, bench = [], life.app.place.bench
    with life.app.place.store() as store:
        for number in range(0, LONG.days, 5):
            later = life.now + ONE_DAY * number
            found += [
                Place(later.date(), each.case.id, each.case.opened_on, rank(each))
                for each in standings(store, bench, later)
            ]
    return found


@lru_cache
def lived(name: str) -> Lived:
    """Live through a story."""
    story, scenario = read_story(STORIES / name / "story.toml")
    all_days = days(scenario)
    asked = {day["on"] for day in story["day"]}
    assert asked <= set(all_days)
    mornings: dict[date, Morning] = {}
    later: list[Place] = []
    prefix = f"{scenario.pack}/"
    with TemporaryDirectory() as folder:
        life = Life(Path(folder), scenario)
        for day in all_days:
            life.begin(day)
            if day in asked:
                found = {
                    s.case.id.removeprefix(prefix): told(s) for s in life.standings()
                }
                mornings[day] = Morning(found, life.letters().get(day))
            life.act(day)
            if day == all_days[len(all_days) // 2]:
                later = look_ahead(life)
        letters_on = [*life.letters()]
        life.close()
    return Lived(mornings, letters_on, later)


def check_day(morning: Morning, day: dict) -> None:
    """Compare a morning with what the story says of it."""
    if "cases" in day:
        found = morning.cases
        alive = {name for name, case in found.items() if case["state"] != "resolved"}
        assert alive <= day["cases"].keys(), "a case that the story does not know"
        for name, wanted in day["cases"].items():
            assert name in found, f"no case {name}"
            assert {key: found[name][key] for key in wanted} == wanted, name
    if "digest" in day:
        wanted, letter = day["digest"], morning.letter
        assert (letter is None) == (wanted is False), letter
        if letter is None:
            return
        subject, text = letter
        assert wanted.get("subject", subject) == subject
        assert [each for each in wanted.get("has", []) if each not in text] == [], text
        said = CHECKSUM.sub("", text)  # one may hold any digits
        assert [each for each in wanted.get("lacks", []) if each in said] == [], text


@pytest.mark.parametrize("name", NAMES)
def test_a_story_goes_as_it_is_told(name):
    story, _ = read_story(STORIES / name / "story.toml")
    found = lived(name)

    for day in story["day"]:
        try:
            check_day(found.mornings[day["on"]], day)
        except AssertionError as error:
            raise AssertionError(f"{day['on']}: {error}") from error
    if "digests" in story:
        assert found.letters_on == story["digests"]


@pytest.mark.parametrize("name", NAMES)
def test_a_later_day_never_gives_an_earlier_step(name):
    seen: dict[tuple[str, date], int] = {}

    for on, case, opened_on, rank in lived(name).later:
        assert rank >= seen.get((case, opened_on), -1), (case, on)
        seen[case, opened_on] = rank
