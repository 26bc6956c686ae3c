"""The first letter to the owner: what was found, and what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from triage.core.case import State
from triage.core.step import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """What the first letter tells."""

    shops: Sequence[str]
    address: str
    folders: Sequence[str]
    authserv_id: str
    at: time
    zone: str
    home: str
    letters: int  # archived
    orders: int
    unread: int
    standings: Sequence[Standing]
    looked: bool  # a first look was taken at all
    running: bool  # something keeps the program going

    @property
    def open(self) -> list[Standing]:
        """Return the cases that want something of the owner, the most money first."""
        found = [each for each in self.standings if each.state is State.OPEN]
        return sorted(found, key=lambda each: -(each.case.amount or 0))

    @property
    def waiting(self) -> list[Standing]:
        return [each for each in self.standings if each.state is State.WAITING]
