"""What must hold of any world: whatever comes when, however often it is looked at."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from life import STORIES, Life, days, hurry, read_story

from triage.core.question import WITHDRAWN
from triage.core.step import Standing, StepNow
from triage.edges.home import Home
from triage.edges.store import Store
from triage.jobs.demo import Scenario

TABLES = (
    *("messages", "events", "letters_by_order", "acts", "orders", "cases"),
    "mentions",
)
NAMES = sorted(path.name for path in STORIES.iterdir())


def few(examples: int):
    """Few examples: each is a world of its own."""
    return settings(
        max_examples=examples,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],  # to make one smaller takes minutes
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


@pytest.fixture(autouse=True, scope="module")
def quickly() -> Iterator[None]:
    with hurry(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("triage.place.make_key", lambda path: path.write_bytes(bytes(32)))
        yield


def a_scenario(name: str) -> Scenario:
    return read_story(STORIES / name / "story.toml")[1]


def dump(life: Life) -> dict[str, list[dict[str, object]]]:
    with Store(Home(life.folder).index) as store:
        return {
            table: store.rows(f"SELECT * FROM {table} ORDER BY 1, 2")
            for table in TABLES
        }


def cases(life: Life) -> dict[str, Standing]:
    """All cases but those that came to nothing, without their small numbers."""
    return {
        each.case.id: replace(
            each,
            number=0,
            step=without_number(each.step),
            steps=tuple(map(without_number, each.steps)),
            next_step=without_number(each.next_step),
        )
        for each in life.standings()
        if each.case.closed_by != WITHDRAWN
    }


def without_number(now: StepNow | None) -> StepNow | None:
    """Leave out the three sentences that may say the case's number."""
    step = now and replace(now.step, action="", after="")
    return now and replace(now, step=step, caution="")


LATE = ["money-came", "two-parcels", "pickup-expiring", "late-letter"]


@lru_cache
def in_order(name: str) -> tuple[Scenario, dict[str, Standing]]:
    """Let a story's letters come as they were written, to nobody who does anything."""
    scenario = replace(a_scenario(name), acts=())
    letters = tuple(replace(each, arrives=each.at) for each in scenario.letters)
    ends = scenario.ends + timedelta(days=10)
    scenario = replace(scenario, letters=letters, ends=ends)
    return scenario, lived(scenario)


def lived(scenario: Scenario) -> dict[str, Standing]:
    with TemporaryDirectory() as folder:
        life = Life(Path(folder), scenario)
        life.live()
        found = cases(life)
        life.close()
    return found


@few(3)
@given(
    delays=st.lists(st.integers(0, 9), min_size=8, max_size=8),
    name=st.sampled_from(LATE),
)
@example(delays=[9, 0] * 4, name="two-parcels")
@example(delays=[0, 9] * 4, name="pickup-expiring")
def test_letters_that_come_late_and_out_of_order_end_in_the_same_cases(delays, name):
    scenario, expected = in_order(name)
    late = tuple(
        replace(letter, arrives=letter.at + timedelta(days=delay))
        for letter, delay in zip(scenario.letters, delays, strict=False)
    )

    assert lived(replace(scenario, letters=late)) == expected


@few(2)
@given(name=st.sampled_from(NAMES), share=st.floats(0.2, 1))
@example(name="late-letter", share=1)
@example(name="guess-denied", share=1)
def test_an_index_that_is_made_again_is_the_same(name, share):
    scenario = a_scenario(name)
    lived = days(scenario)
    with TemporaryDirectory() as folder:
        life = Life(Path(folder), scenario)
        life.live(until=lived[int(share * (len(lived) - 1))])
        before = dump(life)

        life.app.place.rebuild()

        assert dump(life) == before
        life.close()


class Restless(Life):
    """A world whose program looks twice whenever it looks."""

    def tick(self) -> None:
        super().tick()
        super().tick()
        self.restart()


@few(2)
@given(name=st.sampled_from(NAMES))
@example(name="snooze")
def test_a_second_look_changes_nothing_and_tells_nothing(name):
    found = []
    for kind in (Life, Restless):
        with TemporaryDirectory() as folder:
            life = kind(Path(folder), a_scenario(name))
            life.live()
            found.append((dump(life), life.letters()))
            life.close()

    assert found[0] == found[1]
