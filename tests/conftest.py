"""Real servers, shared by a session, and how properties are tried."""

import fcntl
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from demonstration import Demonstration, play
from dovecot import BINARY, Dovecot
from hypothesis import settings
from smtp_sink import Sink, make_certificate, serve

# The packs hold more patterns than Python remembers, and hundreds of tests read them.
re._MAXCACHE = 1 << 14  # type: ignore[attr-defined]

# A busy machine is no defect; and what fails in CI must fail again when looked at. At a
# desk every run tries other examples.
settings.register_profile("desk", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


LONGEST = (
    "year cli worlds end_to_end lesson_cut stories hostile power_cut letters".split()
)
"""The files that take longest, by the middle of their names, the longest first."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files, so that in the end no worker waits for another."""
    rank = {f"test_{name}": number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path.stem, len(rank)))


@pytest.fixture(scope="session", autouse=True)
def once() -> Iterator[None]:
    """Read what is built in once: see `once.py`."""
    from once import read_once

    with read_once():
        yield


@pytest.fixture(scope="module")
def hurried() -> Iterator[None]:
    """Let a module's worlds not wait for the disk."""
    from life import hurry

    with hurry():
        yield


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    """Play the demonstration, once for all workers: it is only read from."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    with (folder / "demonstration.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        out, told = folder / "demonstration", folder / "demonstration.txt"
        if not told.exists():
            done = play(out, TZ="Pacific/Chatham", LC_ALL="C")
            assert (done.returncode, done.stderr) == (0, "")
            told.write_text(done.stdout, "utf-8")
    return Demonstration(out, told.read_text("utf-8"))


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """Run one Dovecot for all tests of this worker."""
    if not BINARY:
        if os.environ.get("CI"):
            pytest.fail(
                "dovecot-imapd is not installed, and CI must not skip its tests"
            )
        pytest.skip("dovecot-imapd is not installed")
    with Dovecot() as server:
        yield server


@pytest.fixture(scope="session")
def sink_certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_certificate(tmp_path_factory.mktemp("sink"))


@pytest.fixture
def sink(sink_certificate: tuple[Path, Path]) -> Iterator[Sink]:
    """A mail server with STARTTLS and AUTH."""
    with serve(sink_certificate, tls="starttls") as server:
        yield server
