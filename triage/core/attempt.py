"""How an attempt to hand a letter over can end, and when the next one is due."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Outcome(StrEnum):
    """What became of one attempt."""

    ACCEPTED = "accepted"  # the server took the letter over (RFC 5321, 4.2.1)
    DEFERRED = "deferred"  # 4xx, or the line was lost before the letter was whole
    REJECTED = "rejected"  # 5xx: the same letter will not be taken
    UNSURE = "unsure"  # the letter was sent whole and no clear answer came
    LOGIN_REJECTED = "login_rejected"


@dataclass(frozen=True, slots=True)
class Answer:
    """An outcome with the server's words, or the reason there are none."""

    outcome: Outcome
    words: str = ""


PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
)


def pause(attempts: int) -> timedelta:
    """Say how long to wait after the attempt with this number, counted from one."""
    return PAUSES[min(attempts, len(PAUSES)) - 1]
