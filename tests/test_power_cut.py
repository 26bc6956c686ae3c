"""The whole tick, cut at every step that changes the disk, the index or the owner's box."""

import contextlib
import email
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lossy_disk import LossyDisk, PowerCut
from world import World, the_month

from triage.edges.archive import Archive
from triage.edges.home import Home
from triage.edges.journal import Journal
from triage.edges.store import Store

FIRST = datetime(2026, 11, 9, 5, 0, tzinfo=UTC)
SINCE = datetime(2026, 11, 8, tzinfo=UTC)  # a few letters do
SHARES = 6  # of the steps, so that no test takes long
TABLES = ("messages", "events", "acts", "cases", "letters_by_order", "mentions")


class Cut(World):
    """A world on a disk that may lose its power."""

    disk: LossyDisk

    @contextlib.contextmanager
    def powered(self, crash_at: int | None = None) -> Iterator[LossyDisk]:
        """Count the disk's steps, every commit, and every letter handed over."""
        commits = self.watched_commits()
        with LossyDisk(self.folder / "evidence", crash_at) as self.disk, commits:
            self.sent.before = lambda: self.disk.step("hand over")
            self.sent.after = lambda: self.disk.step("accepted")
            yield self.disk

    @contextlib.contextmanager
    def watched_commits(self) -> Iterator[None]:
        real = Store.transaction
        disk = self

        @contextlib.contextmanager
        def transaction(self: Store) -> Iterator[None]:
            outer = not self._db.conn.in_transaction
            with real(self):
                yield
                if outer:
                    disk.disk.step("before commit")
            if outer:
                disk.disk.step("after commit")

        Store.transaction = transaction
        try:
            yield
        finally:
            Store.transaction = real

    def live(self) -> None:
        """Go on from wherever things stand, until nothing waits any more."""
        for hours in (0, 2, 24):
            self.now = FIRST + timedelta(hours=hours)
            self.deliver()
            self.app.tick()

    def truth(self) -> dict[str, object]:
        """Return all that must not depend on where the power was cut."""
        evidence = self.folder / "evidence"
        files = sorted(p.name for p in evidence.glob("messages/??/*.eml"))
        sightings = [s for s, _ in Archive(evidence).sightings()]
        with Store(Home(self.folder).index) as store:
            rows = {t: store.rows(f"SELECT * FROM {t} ORDER BY 1, 2") for t in TABLES}
        for row in rows["acts"]:
            del row["line"], row["at"]
        rows["acts"].sort(key=str)
        return {
            "files": files,
            "sightings": sorted((s.sha256, s.folder, s.uid) for s in sightings),
            "acts": sorted(str((a.kind, a.case)) for a, _ in Journal(evidence).acts()),
            **{table: found for table, found in rows.items() if table != "acts"},
        }

    def message_ids(self) -> list[str]:
        letters = map(email.message_from_bytes, self.sent.letters)
        return [letter["Message-ID"] for letter in letters]


def a_world(folder: Path) -> Cut:
    month = the_month()
    letters = tuple(letter for letter in month.letters if letter.at >= SINCE)
    world = Cut(folder, FIRST, replace(month, letters=letters))
    world.deliver()
    return world


def uninterrupted(folder: Path) -> tuple[Cut, int]:
    world = a_world(folder)
    with world.powered() as disk:
        world.app.tick()
        steps = disk.steps
    world.live()
    return world, steps


def a_key(path: Path) -> None:
    path.write_bytes(bytes(32))


@pytest.fixture(scope="module", autouse=True)
def _one_key() -> Iterator[None]:
    """Give all worlds one key, so that their ids agree."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("triage.place.make_key", a_key)
        yield


@pytest.fixture(scope="module")
def whole(
    _one_key: None, tmp_path_factory: pytest.TempPathFactory
) -> tuple[int, dict[str, object], list[str]]:
    """Return the steps of a tick that is not cut, and what is true in the end."""
    world, steps = uninterrupted(tmp_path_factory.mktemp("whole") / "home")
    world.close()
    return steps, world.truth(), world.message_ids()


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.timeout(600)
def test_a_cut_at_any_step_loses_nothing_and_tells_nothing_twice(
    tmp_path, whole, share
):
    steps, expected, expected_ids = whole
    assert steps > 40
    assert len(expected["files"]) > 1
    assert expected_ids

    for step in range(1 + share, steps + 1, SHARES):
        world = a_world(tmp_path / "cut")
        with world.powered(step) as disk:
            with pytest.raises(PowerCut):
                world.app.tick()
            where = disk.names[-1:] or ["the start"]
            world.close()
        disk.lose()
        world.restart()
        world.live()

        assert world.truth() == expected, f"cut at step {step}, after {where}"
        assert sorted(set(world.message_ids())) == sorted(expected_ids), step
        world.close()
        shutil.rmtree(tmp_path / "cut")
