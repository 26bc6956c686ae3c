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
from triage.errors import UsageError

pytestmark = pytest.mark.usefixtures("hurried")
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
