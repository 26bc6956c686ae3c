"""What other names and killed exports left is cleared away, and nothing of the owner's."""

import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime

import bagit
import pytest
from world import World

from triage.edges import bag

START = datetime(2026, 11, 14, 5, 0, tzinfo=UTC)
ORDER = "12345678-0004"


@pytest.fixture
def world(tmp_path):
    with World(tmp_path, START) as world:
        world.deliver()
        world.app.tick()
        yield world


def test_folders_of_other_names_go_when_the_view_is_made_again(world):
    orders = world.folder / "orders"
    renamed = orders / f"ozon-{ORDER}"
    shutil.copytree(orders / ORDER, renamed)
    before = {path.name for path in (orders / ORDER).rglob("*")}

    world.app.place.rebuild()

    assert not renamed.exists()
    assert {path.name for path in (orders / ORDER).rglob("*")} == before


def test_what_the_owner_put_there_stays(world):
    orders = world.folder / "orders"
    notes = orders / ORDER / "notes.txt"
    notes.write_text("mine")
    own = shutil.copytree(orders / ORDER, orders / "my own")
    (own / "more.txt").write_text("mine")
    elsewhere = shutil.copytree(orders / ORDER, world.folder / "elsewhere")
    (orders / "link").symlink_to(elsewhere, target_is_directory=True)

    world.app.place.rebuild()

    assert notes.exists()
    assert (own / "index.html").exists()
    assert (elsewhere / "index.html").exists()
    assert (orders / "link").is_symlink()


# --- exports

HANGS = """
import sys, time
from pathlib import Path
from triage.edges import bag
with bag.making(Path(sys.argv[1]), {}) as payload:
    bag.put(payload / "a.txt", b"a")
    print("begun", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def running(tmp_path):
    """Yield an export that does not come to its end."""
    command = [sys.executable, "-c", HANGS, str(tmp_path / "bag")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "begun\n"
        yield process
        process.kill()


def whole(out) -> None:
    with bag.making(out, {}) as payload:
        bag.put(payload / "b.txt", b"b")
    bagit.Bag(str(out)).validate()


def test_what_a_killed_export_left_goes_with_the_next_of_that_name(tmp_path, running):
    other = tmp_path / "other.unfinished-01234567"
    own = tmp_path / "bag.unfinished-notes"
    other.mkdir()
    own.mkdir()
    running.kill()
    assert running.wait() == -signal.SIGKILL
    [left] = tmp_path.glob("bag.unfinished-????????")

    whole(tmp_path / "bag")

    assert not left.exists()
    assert other.exists()
    assert own.exists()


def test_an_export_that_runs_is_left_alone(tmp_path, running):
    [work] = tmp_path.glob("bag.unfinished-*")

    whole(tmp_path / "bag")

    assert running.poll() is None
    assert (work / "data" / "a.txt").exists()
