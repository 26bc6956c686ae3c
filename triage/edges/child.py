"""A reading process, seen from both ends of its pipe.

The first line in says which function to prepare with which settings, the first line
out `[]`, or why that failed. After that each line in is a task and each line out an
answer `[result, problem]`. Nothing of a letter goes into a problem, and nothing but
answers goes to the pipe.
"""

import fcntl
import gc
import json
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from time import monotonic
from typing import IO, Any, BinaryIO, TypedDict

TOO_LONG = "took too long"
TOO_MUCH = "needed too much memory"
DIED = "died"

Task = dict[str, Any]
Work = Callable[[Task], dict[str, Any]]

_START = 60.0  # seconds a child may take to import and prepare
_PIPE = 1 << 20  # bytes: a child reads on while its parent is busy elsewhere

_BOOT = (
    "import sys, json; hello = json.loads(sys.stdin.buffer.readline());"
    " sys.path[:] = hello['path'];"
    " from triage.edges.child import serve; serve(hello)"
)


class Hello(TypedDict):
    """The first line a child gets."""

    path: list[str]  # where the parent imports from
    function: str
    settings: dict[str, Any]
    seconds: float
    memory: int


class Job:
    """A task on its way."""

    __slots__ = ("done", "problem", "result", "task")

    def __init__(self, task: Task) -> None:
        self.task = task
        self.result: dict[str, Any] | None = None
        self.problem = ""
        self.done = False

    def finish(self, result: dict[str, Any] | None, problem: str) -> None:
        self.result, self.problem, self.done = result, problem, True


class Child:
    """One process with the jobs it was given, oldest first."""

    def __init__(self, hello: Hello) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-c", _BOOT],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.input = _widened(self.process.stdin)
        self.output = _widened(self.process.stdout)
        self.jobs: deque[Job] = deque()
        self.ready = False
        self.worn = False  # ran out of memory once: what is left of it is not trusted
        self.refusal = ""  # why it cannot be prepared
        self.seconds: float = hello["seconds"]
        self.deadline = monotonic() + _START
        self._unread = bytearray()
        self._unsent = bytearray(json.dumps(hello).encode() + b"\n")

    def give(self, job: Job) -> None:
        """Queue a job; `write` sends it."""
        if self.ready and not self.jobs:
            self.deadline = monotonic() + self.seconds
        self.jobs.append(job)
        self._unsent += json.dumps(job.task).encode() + b"\n"

    def write(self) -> bool:
        """Send what the pipe takes; return whether something is left."""
        while self._unsent:
            try:
                sent = os.write(self.input, self._unsent[:65536])
            except BlockingIOError:
                return True
            except BrokenPipeError:  # its output ends too, and that is noticed
                self._unsent.clear()
                return False
            del self._unsent[:sent]
        return False

    def read(self) -> bool:
        """Take in what it said; return False when it will say no more."""
        while not self.worn:
            try:
                chunk = os.read(self.output, 1 << 20)
            except BlockingIOError:
                return True
            if not chunk:
                return False
            self.deadline = monotonic() + (self.seconds if self.ready else _START)
            self._unread += chunk
            if b"\n" in chunk:
                *lines, rest = self._unread.split(b"\n")
                self._unread = bytearray(rest)
                for line in lines:
                    self._hear(json.loads(line))
        return True

    def _hear(self, answer: list[Any]) -> None:
        if not self.ready:
            self.ready = not answer
            self.refusal = "".join(answer)
            self.deadline = monotonic() + self.seconds
        elif not self.worn:
            self.jobs.popleft().finish(*answer)
            self.worn = answer[1] == TOO_MUCH

    def end(self) -> None:
        """Kill it; it holds nothing that could be lost, and no zombie stays."""
        with self.process:  # at its end pipes are closed, and it is waited for
            self.process.kill()

    def gone(self) -> bool:
        """Tell whether it ended while nobody looked."""
        return self.process.poll() is not None

    def cause(self) -> str:
        """Say how it ended by itself."""
        with suppress(subprocess.TimeoutExpired):
            if self.process.wait(timeout=_START) == -signal.SIGALRM:
                return TOO_LONG
        return DIED


def _widened(end: IO[bytes] | None) -> int:
    """Let a pipe hold many tasks or answers where the system allows it, and never block."""
    assert end is not None  # noqa: S101 - a pipe was asked for
    os.set_blocking(end.fileno(), False)
    with suppress(AttributeError, OSError):  # no Linux, or too many pipes already
        fcntl.fcntl(end, fcntl.F_SETPIPE_SZ, _PIPE)
    return end.fileno()


def prepare(hello: Hello) -> Work:
    """Import `module:name` and call it with the settings."""
    module, _, name = hello["function"].partition(":")
    made: Work = getattr(import_module(module), name)(hello["settings"])
    return made


def attempt(work: Work, task: Task) -> tuple[dict[str, Any] | None, str]:
    """Do one task; whatever goes wrong becomes a problem, by its kind only."""
    try:
        return work(task), ""
    except MemoryError:
        return None, TOO_MUCH
    except Exception as error:  # noqa: BLE001 - one letter never stops the others
        return None, f"failed: {type(error).__name__}"


def serve(hello: Hello) -> None:
    """Answer tasks until the pipe closes; the parent alone decides to stop earlier."""
    for stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(stop, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is not an answer
    try:
        work = prepare(hello)
    except Exception as error:  # noqa: BLE001 - told to the parent, which raises
        _say(answers, [type(error).__name__])
        return
    gc.freeze()  # what was prepared stays: it is not to be looked through ever again
    limit_memory(hello["memory"])
    _say(answers, [])
    with suppress(BrokenPipeError):
        for line in sys.stdin.buffer:
            # An orphan has nobody who would end it, so the kernel does.
            signal.setitimer(signal.ITIMER_REAL, 2 * hello["seconds"])
            result, problem = attempt(work, json.loads(line))
            signal.setitimer(signal.ITIMER_REAL, 0)
            _say(answers, [result, problem])


def limit_memory(more: int) -> None:
    """Let this process grow by so many bytes and no further, where that is possible.

    Should the machine run short before that, the kernel is to end this one first.
    """
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + more
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    except (ImportError, OSError, ValueError):  # no Linux: the clock alone must do
        return


def _say(answers: BinaryIO, answer: list[Any]) -> None:
    answers.write(json.dumps(answer).encode() + b"\n")
    answers.flush()
