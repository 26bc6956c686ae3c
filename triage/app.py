"""The whole loop: collect, read, tell, send. One tick does everything that is due.

What is due stands in the index and depends on the clock, so a tick that was missed, cut
short or repeated costs nothing.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from triage.config import Account, Config
from triage.core.message import IMPORTED
from triage.core.verdict import Ask, nobody
from triage.edges.clock import Clock
from triage.edges.resolver import Resolver
from triage.edges.store import Store
from triage.errors import EvidenceError
from triage.jobs import inbox
from triage.jobs.collect import Incomplete, collect
from triage.jobs.fetch import Mailbox
from triage.jobs.index import Indexer
from triage.jobs.inspect import compare_heads, inspect, note_damage, remember_heads
from triage.jobs.intake import Imported, import_paths
from triage.jobs.poll import Due, poll
from triage.jobs.seen import is_there
from triage.jobs.servers import Connect, connect, lasting_of, password_of, settings_of
from triage.jobs.trust import Judge, signers
from triage.place import Place, silent

if TYPE_CHECKING:
    from triage.jobs.send import Sender


@dataclass(slots=True)
class Ticked:
    """What one tick came to."""

    letters: int = 0
    events: int = 0
    assessed: int = 0
    composed: bool = False
    accepted: int = 0
    problems: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """Say in one line how it went. Any user may read it: it quotes no server."""
        if self.problems:
            count = len(self.problems)
            return f"писем {self.letters}, неполадок {count}: triage digest"
        return f"писем {self.letters}, событий {self.events}, всё в порядке"


def never() -> bool:
    """Go on: nobody asked for the end."""
    return False


class App:
    """One home at work."""

    def __init__(
        self,
        config: Config,
        clock: Clock,
        *,
        mailbox: Connect = connect,
        sender: "Sender | None" = None,
        ask: Ask | None = None,
        workers: int = 2,
        notice: Callable[[str], None] = silent,
    ) -> None:
        """Wire a home; nothing is read or written yet."""
        self.config = config
        self.clock = clock
        self.place = Place(config, clock, workers=workers, notice=notice)
        self._connect = mailbox
        self._sender = sender
        self._ask = ask
        self._steps = 0

    def close(self) -> None:
        """End the reading processes."""
        self.place.close()

    rest = close  # they start again with the next letter; idle they only cost memory

    def tick(self, stop: Callable[[], bool] = never) -> Ticked:
        """Do everything that is due, step by step; between steps `stop` is asked."""
        done = Ticked()
        with self.place.writing() as store:
            for step in (
                self._compare,
                self._collect,
                self._take_files,
                self._read,
                self._answer,
                self._check,
                self._tell,
                self._post,
                self._remember,
                self._show,
            ):
                self._steps += 1
                if stop():
                    break
                self._take(step, store, done)
        self._steps += 1
        return done

    def look(self) -> Ticked:
        """Fetch and read what there is, and tell nobody: the first look of a new owner."""
        done = Ticked()
        with self.place.writing() as store:
            for step in (self._collect, self._take_files, self._read):
                self._take(step, store, done)
            self._remember(store, done)
            self._show(store, done)
        return done

    def _take(
        self, step: Callable[[Store, Ticked], None], store: Store, done: Ticked
    ) -> None:
        """Take a step; damaged evidence is told to the owner and stops no other step."""
        try:
            step(store, done)
        except EvidenceError as error:
            done.problems.append(str(error))
            note_damage(store, str(error), self.place.now)

    def pulse(self) -> tuple[int, ...]:
        """Return something that differs whenever work got done."""
        home = self.place.home
        files = (
            home.evidence / "manifest.jsonl",
            home.evidence / "journal.jsonl",
            *home.root.glob("index.sqlite3*-wal"),
        )
        return (self._steps, *(_changed_at(path) for path in files))

    def take_in(self, paths: Iterable[Path]) -> tuple[Imported, Ticked]:
        """Import letters that were exported to files, and read them."""
        done = Ticked()
        with self.place.writing() as store:
            imported = import_paths(
                paths,
                archive=self.place.archive,
                packs=self.place.bench.packs,
                authenticate=self._judge(IMPORTED, self.place.authserv_ids[IMPORTED]),
                now=self.clock,
            )
            self._read(store, done)
            self._show(store, done)
        return imported, done

    def send_today(self) -> Ticked:
        """Queue today's digest whatever the hour, unless the day had one, and send it."""
        done = Ticked()
        with self.place.writing() as store:
            self._read(store, done)
            done.composed = self.place.scribe.tell_today(store)
            self._post(store, done)
            self._show(store, done)
        return done

    def _compare(self, store: Store, done: Ticked) -> None:  # noqa: ARG002 - a step
        compare_heads(store, self.place.heads())

    def _collect(self, store: Store, done: Ticked) -> None:
        every = timedelta(minutes=self.config.schedule.poll_minutes)
        indexer = self.place.ahead(store)
        accounts = [self._due(indexer, each, done) for each in self.config.account]
        done.problems += poll(store, accounts, every, self.clock)

    def _due(self, indexer: Indexer, account: Account, done: Ticked) -> Due:
        def look(password: str) -> None:
            with self._connect(account, password) as mailbox:
                self._look(indexer, mailbox, done, account)

        return Due(
            name=account.name,
            settings=settings_of(account),
            password=lambda: password_of(account),
            lasting=partial(lasting_of, account),
            collect=look,
        )

    def _look(
        self, indexer: Indexer, mailbox: Mailbox, done: Ticked, account: Account
    ) -> None:
        try:
            got = collect(
                account.name,
                account.folders,
                mailbox,
                archive=self.place.archive,
                store=indexer.store,
                packs=self.place.bench.packs,
                authenticate=self._judge(account.name, account.authserv_ids),
                clock=self.clock,
                kept=indexer.look,
            )
        except Incomplete as error:
            done.letters += error.collected.stored
            raise
        done.letters += got.stored

    def _judge(self, account: str, authserv_ids: Collection[str]) -> Judge:
        """Judge the letters of one pass; a resolver forgets what it heard before."""
        ask = self._ask or (Resolver() if self.config.trust.dns else nobody)
        known = partial(signers, self.place.archive, account)
        return Judge(authserv_ids, self.place.bench.packs, self.clock, ask, known)

    def _take_files(self, store: Store, done: Ticked) -> None:  # noqa: ARG002 - a step
        place = self.place
        inbox.take(place.home.inbox, store, place.archive, place.journal, self.clock())

    def _read(self, store: Store, done: Ticked) -> None:
        events, assessed = self.place.read(store)
        done.events += events
        done.assessed += assessed

    def _answer(self, store: Store, done: Ticked) -> None:
        if self.place.scribe.heed(store):
            self._read(store, done)

    def _show(self, store: Store, done: Ticked) -> None:  # noqa: ARG002 - a step
        self.place.show(store)

    def _check(self, store: Store, done: Ticked) -> None:
        if problem := inspect(store, self.place.home.evidence, self.place.now):
            done.problems.append(problem)

    def _remember(self, store: Store, done: Ticked) -> None:  # noqa: ARG002 - a step
        remember_heads(store, self.place.heads())

    def _tell(self, store: Store, done: Ticked) -> None:
        done.composed = self.place.scribe.tell(store, touched=done.assessed > 0)

    def _post(self, store: Store, done: Ticked) -> None:
        seen = partial(is_there, self.config, self._connect)
        sent, problem = self.place.scribe.post(store, seen, self._sender)
        done.accepted += sent.accepted
        done.problems += [problem] if problem else []


def _changed_at(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
