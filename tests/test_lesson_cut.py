"""Teaching, and taking it back, cut at every step that changes the disk or the index."""

import shutil
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from lossy_disk import PowerCut
from mails import a_letter
from test_power_cut import Cut, a_key
from test_teach import FIRST, ODD, SECOND, THIRD, vouched

from triage.core.act import ActKind, effective
from triage.edges.journal import Journal
from triage.jobs.teach import find_letter, lesson_act, taking_back

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
LETTERS = [
    a_letter(subject="Ваш заказ", text=ODD.format(**each), auth=vouched(), date=NOW)
    for each in (FIRST, SECOND, THIRD)
]
ORDERS = {each["order"] for each in (FIRST, SECOND, THIRD)}
NAME = sha256(LETTERS[0]).hexdigest()


def prepare(folder: Path, *, taught: bool) -> None:
    """Take in three letters of one shape that nothing matches; teach it if asked to."""
    folder.mkdir()
    world = Cut(folder, NOW)
    for number, letter in enumerate(LETTERS):
        (world.letterbox.root / "new" / f"{number}.odd").write_bytes(letter)
    world.app.tick()
    if taught:
        say(world, undo=False)
    world.close()


def copied(start: Path, folder: Path) -> Cut:
    shutil.copytree(start, folder)
    return Cut(folder, NOW)


def say(world: Cut, *, undo: bool) -> None:
    """Teach that such letters cancel an order, or take that back."""
    place = world.app.place
    with place.store() as store:
        row = find_letter(store, NAME)
        act = (
            taking_back(store, row, NOW)
            if undo
            else lesson_act(row, "order_cancelled", [FIRST["order"]], NOW)
        )
    place.record(act)


def told(world: Cut) -> set[str]:
    """Return the orders that the letters tell of, as the index has it."""
    with world.app.place.store() as store:
        return {row["order_number"] for row in store.rows("SELECT * FROM events")}


def is_taught(world: Cut) -> bool:
    """Say whether the lesson stands in the journal, and was not taken back there."""
    acts = [act for act, _ in Journal(world.folder / "evidence").acts()]
    return any(act.kind is ActKind.TAUGHT for act in effective(acts))


@pytest.mark.slow
@pytest.mark.parametrize("undo", [False, True], ids=["teach", "undo"])
@pytest.mark.parametrize("loses", [True, False], ids=["power-cut", "killed"])
@pytest.mark.timeout(600)
def test_a_lesson_that_was_cut_short_holds_for_all_letters_or_for_none(
    tmp_path, monkeypatch, undo, loses
):
    """The journal alone decides, and to say it again gives what saying it once does."""
    monkeypatch.setattr("triage.place.make_key", a_key)  # ids agree
    prepare(start := tmp_path / "start", taught=undo)
    whole = copied(start, tmp_path / "whole")
    with whole.powered() as disk:
        say(whole, undo=undo)
        steps = disk.steps
    whole.app.tick()
    expected = whole.truth()
    assert told(whole) == (set() if undo else ORDERS)
    whole.close()

    for step in range(1, steps + 1):
        world = copied(start, tmp_path / "cut")
        with world.powered(step) as disk:
            with pytest.raises(PowerCut):
                say(world, undo=undo)
            where = f"cut at step {step}, after {disk.names[-1:] or ['the start']}"
            world.close()
        if loses:
            disk.lose()
        world.restart().tick()
        assert told(world) == (ORDERS if is_taught(world) else set()), where

        if is_taught(world) == undo:  # nothing was noted, so the owner says it again
            say(world, undo=undo)
            world.app.tick()
        assert world.truth() == expected, where
        world.close()
        shutil.rmtree(tmp_path / "cut")
    assert steps > 5
