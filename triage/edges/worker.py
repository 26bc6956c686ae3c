"""Child processes that read letters, so that one bad letter costs only itself.

A pool is told the name of a function. Each child imports it, calls it once with the
settings, and gives every task to what it returned:

    def reading(settings: dict) -> Callable[[dict], dict]: ...

Tasks and results are JSON, one a line. The parent holds the clock and kills a child
that takes too long; the child holds its own memory limit. The letter a child was at
is the only one that goes unread: those queued behind it go to the next child.
"""

import selectors
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from time import monotonic
from typing import Any, Self

from triage.edges.child import TOO_LONG, Child, Hello, Job, Task, Work, attempt, prepare
from triage.errors import TriageError, reason

Answer = tuple[Task, dict[str, Any] | None, str]

_QUEUE = 64  # tasks a child has at once: it seldom waits for a parent that is busy
_FEW = 16  # tasks for which another child is not worth its start
_AHEAD = 256  # answers that may wait for a slow task before them


class Pool:
    """A few children, started when there is work and kept until `close`.

    `seconds` is the wall clock of one task, `memory` the bytes it may use beyond what
    a child has once it is prepared (Linux). Without workers the tasks are done here.
    """

    def __init__(
        self,
        function: str,
        settings: Mapping[str, Any],
        *,
        workers: int = 2,
        seconds: float = 30,
        memory: int = 1 << 30,
    ) -> None:
        self._hello = Hello(
            path=sys.path,
            function=function,
            settings=dict(settings),
            seconds=seconds,
            memory=memory,
        )
        self._workers = workers
        self._work: Work | None = None
        self._children: list[Child] = []
        self._waiting: deque[Job] = deque()  # for a place in a child's queue
        self._selector = selectors.DefaultSelector()

    def map(self, tasks: Iterable[Task]) -> Iterator[Answer]:
        """Yield (task, result, problem) in the order of the tasks, which may be endless.

        The problem is "" or says in words, without a word of the letter, why there
        is no result. Raises TriageError when a child cannot be prepared at all.
        """
        source = iter(tasks)
        queue: deque[Job] = deque()  # not yet yielded, in order
        try:
            while True:
                while len(queue) < _AHEAD and not (queue and queue[0].done):
                    if (task := next(source, None)) is None:
                        break
                    queue.append(self.give(task))
                if not queue:
                    return
                if not queue[0].done:
                    self.pump()
                while queue and queue[0].done:
                    job = queue.popleft()
                    yield job.task, job.result, job.problem
        finally:
            self._waiting.clear()
            for child in [child for child in self._children if child.jobs]:
                self._drop(child)

    def expect(self, tasks: int) -> None:
        """Start as many children as so many tasks will need, and wait for none."""
        while len(self._children) < min(-(-tasks // _FEW), self._workers):
            self._start()

    def give(self, task: Task) -> Job:
        """Take a task on; its job is `done` after enough turns of `pump`."""
        job = Job(task)
        if self._workers:
            self._waiting.append(job)
        else:
            if self._work is None:
                self._work = prepare(self._hello)
            job.finish(*attempt(self._work, task))
        return job

    def pump(self, *, wait: bool = True) -> None:
        """Hand out tasks and take in answers, all that there are.

        With `wait` it returns once something happened to a task on its way.

        Raises:
            TriageError: a child cannot be prepared at all.
        """
        for child in list(self._children):
            if not child.jobs and child.gone():  # nothing is lost with it
                self._drop(child)
        self._feed()
        if self._children:
            self._turn(wait=wait)
            self._feed()

    def close(self) -> None:
        """End all children; the next task starts new ones. Jobs on their way are lost."""
        self._waiting.clear()
        for child in list(self._children):
            self._drop(child)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _feed(self) -> None:
        """Fill the children up."""
        while self._waiting and (child := self._free()):
            child.give(self._waiting.popleft())
        for child in self._children:
            self._send(child)

    def _free(self) -> Child | None:
        """Return the child with the shortest queue, a new one when all have enough."""
        child = min(self._children, key=lambda child: len(child.jobs), default=None)
        enough = child is None or len(child.jobs) >= _FEW
        if enough and len(self._children) < self._workers:
            return self._start()
        return child if child and len(child.jobs) < _QUEUE else None

    def _start(self) -> Child:
        try:
            child = Child(self._hello)
        except OSError as error:
            raise _unready(reason(error)) from error
        self._children.append(child)
        self._selector.register(child.output, selectors.EVENT_READ, child)
        self._send(child)
        return child

    def _turn(self, *, wait: bool) -> None:
        """Take answers in; wait for them, room in a pipe, or the end of somebody's time."""
        deadlines = [child.deadline for child in self._children if child.jobs]
        left = min(deadlines) - monotonic() if wait and deadlines else 0.0
        ended = []
        for key, events in self._selector.select(max(0.0, left)):
            child: Child = key.data
            if events & selectors.EVENT_WRITE:
                self._send(child)
            elif not child.read():
                ended.append(child)
        # Whoever answered while we were away has been heard before anyone is judged.
        for child in list(self._children):
            if child in ended:
                self._bury(child, child.cause())
            elif child.worn:
                self._bury(child, "")
            elif child.jobs and child.deadline <= monotonic():
                self._bury(child, TOO_LONG)

    def _send(self, child: Child) -> None:
        left = child.write()
        watched = child.input in self._selector.get_map()
        if left and not watched:
            self._selector.register(child.input, selectors.EVENT_WRITE, child)
        elif watched and not left:
            self._selector.unregister(child.input)

    def _bury(self, child: Child, problem: str) -> None:
        """Give up what a child was at and keep what was queued behind it."""
        self._drop(child)
        if not child.ready:  # the next one would not fare better
            raise _unready(child.refusal or problem)
        if problem and child.jobs:
            child.jobs.popleft().finish(None, problem)
        self._waiting.extendleft(reversed(child.jobs))
        child.jobs.clear()

    def _drop(self, child: Child) -> None:
        self._children.remove(child)
        for pipe in (child.output, child.input):
            with suppress(KeyError):
                self._selector.unregister(pipe)
        child.end()


def _unready(why: str) -> TriageError:
    return TriageError(f"процесс чтения писем не запускается: {why}")
