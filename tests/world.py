"""An owner's home, a mailbox that fills by a scenario, a way out, and a clock."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Self

from triage.app import App
from triage.config import load
from triage.core.attempt import Answer, Outcome
from triage.edges.maildir import MaildirMailbox
from triage.jobs.demo import Letterbox, Scenario, config_text, load_scenario

the_month = lru_cache(load_scenario)  # many worlds get the same


def nothing() -> None:
    """Do nothing: what a hook does until a test wants something of it."""


class Sent:
    """A mail server that answers what it is told to."""

    def __init__(self) -> None:
        self.letters: list[bytes] = []
        self.outcome = Outcome.ACCEPTED
        self.before: Callable[[], None] = nothing
        self.after: Callable[[], None] = nothing

    def send(self, raw: bytes, recipient: str) -> Answer:
        self.before()
        self.letters.append(raw)
        self.after()
        return Answer(self.outcome, "as told")


class World:
    """A home that can be left and entered again, as by a program that was restarted."""

    def __init__(
        self, folder: Path, now: datetime, scenario: Scenario | None = None
    ) -> None:
        self.folder = folder
        self.now = now
        self.scenario = scenario or the_month()
        self.letterbox = Letterbox(folder / "mailbox")
        (folder / "config.toml").write_text(config_text(self.scenario), "utf-8")
        self.fault: Exception | None = None
        self.sent = Sent()
        self.app = self._make()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _make(self) -> App:
        return App(
            load(self.folder / "config.toml"),
            lambda: self.now,
            mailbox=self._connect,
            sender=self.sent,
            workers=0,
        )

    def _connect(self, *_: object) -> MaildirMailbox:
        if self.fault:
            raise self.fault
        return MaildirMailbox(self.letterbox.root)

    def deliver(self) -> None:
        """Put every letter of the scenario that has been written by now."""
        for letter in self.scenario.letters:
            if letter.arrives <= self.now:
                self.letterbox.deliver(letter)

    def pass_a_morning(self) -> None:
        """Let the letters come, the digest go out, and an hour pass."""
        self.deliver()
        self.app.tick()
        self.now += timedelta(hours=1)

    def restart(self) -> App:
        self.close()
        self.sent.before = self.sent.after = nothing
        self.app = self._make()
        return self.app

    def close(self) -> None:
        self.app.close()
