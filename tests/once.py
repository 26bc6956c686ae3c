"""What is built in is read once by each process that runs tests: it does not change.

To read the packs is much of what a small world costs. What an owner put in their place is
read every time, and so is everything in a process of the program's own.
"""

import contextlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import pytest

from triage.core.pack import Packs
from triage.core.phrasebook import Phrases, Shown
from triage.edges import packs, replypack

# The functions themselves, for tests that bind them by name, stay as they are.
_packs = lru_cache(packs.load)
_read_part = replypack._part


@lru_cache
def _built_in_part(name: str) -> tuple[Phrases, Shown]:
    problems: list[str] = []
    part = _read_part(name, None, problems)
    assert problems == []
    return part


def _load(
    names: Sequence[str], ladder: str, own: Path | None, language: str | None = None
) -> Packs:
    read = _packs if own is None else _packs.__wrapped__
    return read(tuple(names), ladder, own, language)


def _part(name: str, own: Path | None, problems: list[str]) -> tuple[Phrases, Shown]:
    return _read_part(name, own, problems) if own is not None else _built_in_part(name)


@contextlib.contextmanager
def read_once() -> Iterator[None]:
    """Let every world of this process share what is built in."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packs, "load", _load)
        patch.setattr(replypack, "_part", _part)
        yield
