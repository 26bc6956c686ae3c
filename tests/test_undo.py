"""Whatever the owner did, by a command or by mail, is listed and can be taken back."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from postbag import Postbag
from world import World

from triage.cli import cli
from triage.edges.packs import load
from triage.errors import UsageError

pytestmark = pytest.mark.usefixtures("hurried")
ORDER = "12345678-0099"  # of which no letter tells
START = datetime(2026, 11, 10, 5, 0, tzinfo=UTC)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path, START) as world:
        world.pass_a_morning()
        yield world


@pytest.fixture
def run(world: World) -> Callable[..., Result]:
    def run(*words: str) -> Result:
        at = world.now.isoformat()
        told = ["--config", str(world.folder / "config.toml"), "--now", at, *words]
        return CliRunner().invoke(cli, told, catch_exceptions=False)

    return run


def state(run: Callable[..., Result], number: int) -> str:
    [case] = json.loads(run("cases", str(number), "--json").output)["cases"]
    return str(case["state"])


def listed(run: Callable[..., Result]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(run("cases", "--json").output)["cases"]
    return found


def test_what_was_done_by_command_and_by_mail_is_listed_newest_first(world, run):
    run("snooze", "2", "3d")
    Postbag(world).reply("решено 2")
    Postbag(world).tick()

    lines = run("undo").output.splitlines()

    assert "Дело 2 закрыто." in lines[0]
    assert lines[0].lstrip().startswith("1. 10 ноября")
    assert "Дело 2 отложено до 13 ноября 2026 г." in lines[1]
    told = json.loads(run("undo", "--json").output)["acts"]
    assert [(one["number"], one["kind"]) for one in told] == [
        (1, "resolved"),
        (2, "snoozed"),
    ]


def test_one_is_taken_back_by_its_number_and_the_last_by_a_word(world, run):
    run("snooze", "2", "3d")
    world.now += timedelta(minutes=1)
    run("resolve", "2")
    world.now += timedelta(minutes=1)
    assert state(run, 2) == "resolved"

    assert "Взято назад: Дело 2 закрыто." in run("undo", "last").output
    world.now += timedelta(minutes=1)
    assert state(run, 2) == "snoozed"
    run("undo", "1")
    world.now += timedelta(minutes=1)
    assert state(run, 2) == "open"
    assert run("undo").output == "Брать назад нечего.\n"


REPORTS = [
    rule.id
    for rule in load(["ozon"], "ru", None).marketplace("ozon").rules
    if rule.report
]


@pytest.mark.parametrize("kind", REPORTS)
def test_a_report_that_is_taken_back_leaves_no_case_behind(world, run, kind):
    before = run("cases", "--json").output
    run("report", ORDER, kind)
    world.now += timedelta(minutes=1)
    world.app.tick()
    [case] = [each for each in listed(run) if each["rule"] == kind]
    assert case["number"]

    run("undo", "last")
    world.now += timedelta(minutes=1)
    world.app.tick()

    assert listed(run) == json.loads(before)["cases"]
    world.app.place.rebuild()
    assert listed(run) == json.loads(before)["cases"]
    world.now += timedelta(days=1)
    world.app.tick()
    assert ORDER not in Postbag(world).body("plain")


def test_a_report_is_taken_back_by_mail_by_the_number_of_its_case(world, run):
    run("report", ORDER, "defective")
    run("snooze", "2", "3d")
    world.now += timedelta(days=1)
    world.pass_a_morning()
    [case] = [each for each in listed(run) if each["order"] == ORDER]

    Postbag(world).reply(f"отмена {case['number']}")
    Postbag(world).tick()

    assert all(each["order"] != ORDER for each in listed(run))
    assert state(run, 2) == "snoozed"


def test_a_report_on_a_parcel_shows_its_case_though_the_rule_is_about_the_order(run):
    assert (
        "Поддержка не отвечает" in run("report", f"{ORDER}-1", "support-silent").output
    )


@pytest.mark.parametrize("which", ["9", "0", "-1", "x"])
def test_there_is_nothing_of_another_number(run, which):
    run("resolve", "2")

    with pytest.raises(UsageError, match="нет такого действия"):
        run("undo", "--", which)


def test_it_speaks_english_too(world, run):
    run("resolve", "2")
    world.now += timedelta(minutes=1)

    output = (
        CliRunner()
        .invoke(
            cli,
            [
                *("--config", str(world.folder / "config.toml"), "--lang", "en"),
                *("--now", world.now.isoformat(), "undo", "last"),
            ],
        )
        .output
    )

    assert output == "Taken back: Case 2 is closed.\n"
