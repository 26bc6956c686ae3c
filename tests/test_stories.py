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

import pytest
from life import STORIES, Life, days, read_story

from triage.core.step import Standing

CHECKSUM = re.compile("[0-9a-f]{64}")
pytestmark = pytest.mark.usefixtures("hurried")


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


def check_day(life: Life, day: dict) -> None:
    """Compare a morning with what the story says of it."""
    if "cases" in day:
        prefix = f"{life.scenario.pack}/"
        found = {s.case.id.removeprefix(prefix): told(s) for s in life.standings()}
        alive = {name for name, case in found.items() if case["state"] != "resolved"}
        assert alive <= day["cases"].keys(), "a case that the story does not know"
        for name, wanted in day["cases"].items():
            assert name in found, f"no case {name}"
            assert {key: found[name][key] for key in wanted} == wanted, name
    if "digest" in day:
        wanted, letter = day["digest"], life.letters().get(day["on"])
        assert (letter is None) == (wanted is False), letter
        if letter is None:
            return
        subject, text = letter
        assert wanted.get("subject", subject) == subject
        assert [each for each in wanted.get("has", []) if each not in text] == [], text
        said = CHECKSUM.sub("", text)  # one may hold any digits
        assert [each for each in wanted.get("lacks", []) if each in said] == [], text


@pytest.mark.parametrize(
    "path", sorted(STORIES.glob("*/story.toml")), ids=lambda path: path.parent.name
)
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
        assert [*life.letters()] == story["digests"]
    life.close()
