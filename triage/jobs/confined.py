"""Confine a fault of the program to the letter or mailbox at which it was met."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from triage.errors import TriageError, traced

log = logging.getLogger(__name__)


class Fault(TriageError):
    """The program itself failed at something that it was given to read."""


@contextmanager
def confined(where: str) -> Iterator[None]:
    """Do a part of the work without which the rest can go on.

    Errors of disk and index pass through: nothing else would work either.

    Raises:
        Fault: whatever else went wrong; the log has its kind and its place.
    """
    try:
        yield
    except (TriageError, OSError, sqlite3.Error):
        raise
    except Exception as error:
        log.error("%s: %s", where, traced(error))  # noqa: TRY400 - no words of a letter
        raise Fault(f"сбой программы ({type(error).__name__})") from error
