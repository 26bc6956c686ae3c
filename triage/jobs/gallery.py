"""Letters on their way through the reading processes to pages that can be looked at."""

from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from triage.core.entry import sighting_of
from triage.core.folio import Leaf
from triage.edges import disk
from triage.edges.archive import Archive
from triage.edges.child import Job
from triage.edges.dossiers import Press
from triage.edges.worker import Pool
from triage.jobs.tasks import showing_task, task_of


class _Canvas(NamedTuple):
    folder: Path
    order: str
    leaf: Leaf
    job: Job


class Gallery:
    """Writes the pages of letters in the order in which these were given.

    Nobody waits for a letter: others are given, and whatever else is done, meanwhile.
    """

    def __init__(
        self, pool: Callable[[], Pool], archive: Archive, press: Press
    ) -> None:
        """Name who reads; `pool` is asked with the first letter only."""
        self._pool, self._archive, self._press = pool, archive, press
        self._waiting: deque[_Canvas] = deque()
        self.given = self.hung = 0  # letters; of those given first, so many have a page

    def give(
        self, folder: Path, order: str, leaf: Leaf, row: Mapping[str, Any]
    ) -> None:
        """Have a letter of the index looked into; its page will lie in the folder."""
        task = task_of(sighting_of(row), self._archive.path(leaf.evidence))
        show = showing_task(row["pack"], row["outcome"])
        job = self._pool().give(task | {"show": show})
        self._waiting.append(_Canvas(folder, order, leaf, job))
        self.given += 1

    def settle(self, most: int) -> None:
        """Write the pages of what was looked into; wait while more than so many are not."""
        if self._waiting:
            self._pool().pump(wait=False)
        while self._waiting:
            if self._waiting[0].job.done:
                self._hang(self._waiting.popleft())
            elif len(self._waiting) > most:
                self._pool().pump()
            else:
                return

    def _hang(self, canvas: _Canvas) -> None:
        folder, order, leaf, job = canvas
        problem = job.problem or (job.result or {}).get("problem", "")
        letter = None if problem else job.result
        page = self._press.letter(order, leaf, letter, problem)
        disk.put_file(folder / f"{leaf.name}.html", page.encode())
        self.hung += 1
