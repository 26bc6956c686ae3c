"""The daemon: a metronome that ticks, and a main thread that listens to signals.

APScheduler is never a memory: it calls one function every minute, and each job asks
the index and the clock whether anything is due. The watchdog of systemd is fed only
while ticks get somewhere, so a tick that hangs ends in a restart.
"""

import logging
import signal
import threading
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from time import monotonic
from typing import Any, Protocol

from apscheduler.schedulers.background import BackgroundScheduler

from triage.edges.notify import notify, watchdog_seconds
from triage.errors import TriageError, traced

log = logging.getLogger(__name__)

TICK_SECONDS = 60
HUNG_SECONDS = 600  # a tick without any progress for so long is a hung one


class Ticking(Protocol):
    """What the daemon drives."""

    def tick(self, stop: Callable[[], bool]) -> Any:
        """Do everything that is due; what is returned says in words how it went."""

    def pulse(self) -> object:
        """Return something that differs whenever work got done."""

    def rest(self) -> None:
        """Let go of what only work needs, until there is some again."""

    def close(self) -> None:
        """Let go of everything."""


class Daemon:
    """Runs one app until it is told to end."""

    def __init__(
        self,
        app: Ticking,
        *,
        reload: Callable[[], Ticking],
        clock: Callable[[], datetime],
        every: float = TICK_SECONDS,
        hung: float = HUNG_SECONDS,
    ) -> None:
        self._app = app
        self._reload = reload
        self._clock = clock
        self._every = every
        self._hung = hung
        self._next = deque[Ticking](maxlen=1)  # one reloaded waits for the tick to end
        self._ending = threading.Event()
        self._woken = threading.Event()
        self._reloading = False
        self._ticking = False
        self._pulse: object = None
        self._alive_at = monotonic()
        self._failures = 0

    def run(self) -> None:
        """Tick until SIGTERM or SIGINT; the step in progress is finished first."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.end())
        signal.signal(signal.SIGHUP, lambda *_: self._ask_reload())
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        log.info("at work, a tick every %d s", self._every)
        scheduler = BackgroundScheduler(timezone=UTC)
        scheduler.add_job(
            self._tick,
            "interval",
            seconds=self._every,
            next_run_time=self._clock(),
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )
        scheduler.start()
        notify("READY=1", "STATUS=первый обход")
        try:
            self._listen()
        finally:
            notify("STOPPING=1", "STATUS=заканчиваем начатое")
            self._ending.set()
            scheduler.shutdown(wait=True)
            self._app.close()
            log.info("ended")

    def end(self) -> None:
        """Ask for the end; safe to call from a signal."""
        self._ending.set()
        self._woken.set()

    def _ask_reload(self) -> None:
        self._reloading = True
        self._woken.set()

    def _listen(self) -> None:
        pause = min(watchdog_seconds() or self._every, self._every)
        while not self._ending.is_set():
            if self._reloading:
                self._reloading = False
                self._read_again()
            if self.getting_somewhere():
                notify("WATCHDOG=1")
            self._woken.wait(pause)
            self._woken.clear()

    def _read_again(self) -> None:
        """Take the new configuration, or keep the old one and say why."""
        notify("RELOADING=1", f"MONOTONIC_USEC={int(monotonic() * 1_000_000)}")
        try:
            fresh = self._reload()
        except TriageError as error:
            log.error("old configuration kept: %s", error)  # noqa: TRY400 - expected
            notify("READY=1", "STATUS=новые настройки с ошибкой, работаем по прежним")
        else:
            self._next.append(fresh)
            log.info("configuration read again")
            notify("READY=1", "STATUS=настройки перечитаны")

    def getting_somewhere(self) -> bool:
        """Say whether the last tick ended in time, or the present one still moves."""
        pulse = self._app.pulse()
        if pulse != self._pulse:
            self._pulse, self._alive_at = pulse, monotonic()
        allowed = self._hung if self._ticking else self._every + self._hung
        return monotonic() - self._alive_at < allowed

    def _tick(self) -> None:
        """Tick once. Nothing is raised: the next tick starts afresh."""
        if self._ending.is_set():
            return
        if self._next:
            self._app.close()
            self._app = self._next.pop()
        self._ticking = True
        try:
            words = str(self._app.tick(self._ending.is_set))
            self._failures = 0
        except TriageError as error:
            self._failures += 1
            words = str(error)
            log.error("tick failed (%d in a row): %s", self._failures, error)  # noqa: TRY400 - expected
        except Exception as error:
            self._failures += 1
            words = f"сбой программы: {type(error).__name__}"
            log.error("tick failed (%d in a row): %s", self._failures, traced(error))  # noqa: TRY400
            log.debug("traceback", exc_info=error)
        finally:
            self._app.rest()
            self._ticking = False
            self._alive_at = monotonic()
        notify(f"STATUS={words.splitlines()[0] if words else 'всё в порядке'}")
