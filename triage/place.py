"""One home with what stands in it: packs, evidence, index, the processes that read.

A place holds no state that a restart would miss. It is told the time, and opens the
index anew for every piece of work, so that commands and the daemon take turns.
"""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from triage.config import Config
from triage.core.act import Act
from triage.core.chain import Head
from triage.core.message import IMPORTED
from triage.edges import cases, lock, mentions, packs, schema
from triage.edges.archive import Archive
from triage.edges.clock import Clock
from triage.edges.home import Home
from triage.edges.journal import Journal
from triage.edges.secret import make_key
from triage.edges.store import DamagedIndexError, Store, complaint
from triage.edges.worker import Pool
from triage.errors import ConfigError, DiskError, Unavailable, UsageError
from triage.jobs import act, learn
from triage.jobs.assess import Bench, assess
from triage.jobs.index import Indexed, Indexer
from triage.jobs.inspect import remember_heads
from triage.jobs.rebuild import open_index, rebuild

if TYPE_CHECKING:
    from triage.scribe import Scribe

OWED = "view.owed"  # orders whose folders must still be written


def silent(_words: str) -> None:
    """Tell nobody: nobody waits."""


class Place:
    """One owner's home. Not for use by two threads at once."""

    def __init__(
        self,
        config: Config,
        clock: Clock,
        *,
        workers: int = 2,
        notice: Callable[[str], None] = silent,
    ) -> None:
        """Name a home; nothing is read or written yet.

        `notice` takes words for an owner who waits at a terminal.
        """
        self.config = config
        self.clock = clock
        self.home = Home(config.home)
        self.archive = Archive(self.home.evidence)
        self.journal = Journal(self.home.evidence)
        self.users = {account.name: account.user for account in config.account}
        self._notice = notice
        self.readers = learn.Readers(self._reading, workers=workers)
        self._indexer: Indexer | None = None  # at work since letters are fetched

    def close(self) -> None:
        """End the reading processes."""
        self.readers.close()

    @cached_property
    def bench(self) -> Bench:
        """Read the packs.

        Raises:
            ConfigError: with every fault of every file.
        """
        chosen, language = self.config.packs, self.config.language
        loaded = packs.load(chosen.marketplaces, chosen.ladder, chosen.dir, language)
        owner = self.config.owner.facts()
        return Bench(packs=loaded, zone=self.config.timezone, owner=owner)

    @cached_property
    def scribe(self) -> "Scribe":
        """Return who writes what this place has to say."""
        from triage.scribe import Scribe

        return Scribe(self)

    @property
    def pool(self) -> Pool:
        """Return the reading processes; they start with the first letter."""
        return self.readers.pool

    def ahead(self, store: Store) -> Indexer:
        """Begin to read letters while they are fetched; `read` goes on with it."""
        self._indexer = self._begin(store)
        return self._indexer

    def _begin(self, store: Store) -> Indexer:
        return learn.begin(store, self.archive, self.journal, self.readers)

    def _index(self, store: Store) -> Indexed:
        """Bring the index up to the evidence, and to what the owner taught."""
        begun, self._indexer = self._indexer, None
        if begun is None or begun.store is not store:
            begun = self._begin(store)
        return learn.index_and_learn(self.archive, self.journal, self.readers, begun)

    def _reading(self) -> dict[str, object]:
        """Return what the meaning of a letter depends on beside the packs' files."""
        config = self.config
        own = {config.owner.email, config.digest.to, config.smtp.sender}
        own |= {account.user for account in config.account if "@" in account.user}
        return {
            "marketplaces": list(config.packs.marketplaces),
            "ladder": config.packs.ladder,
            "dir": str(config.packs.dir or ""),
            "timezone": config.timezone.key,
            "owner": sorted(address.casefold() for address in own - {""}),
            "authserv_ids": {k: sorted(ids) for k, ids in self.authserv_ids.items()},
        }

    @property
    def authserv_ids(self) -> dict[str, frozenset[str]]:
        """Say whose Authentication-Results count in the letters of each account.

        A letter from a file may be of any of them.
        """
        accounts = self.config.account
        every = frozenset[str]().union(*(each.authserv_ids for each in accounts))
        return {each.name: each.authserv_ids for each in accounts} | {IMPORTED: every}

    @property
    def fingerprint(self) -> str:
        """Name everything beside the evidence that the index depends on."""
        text = json.dumps([self.bench.packs.fingerprint, self._reading()])
        return hashlib.sha256(text.encode()).hexdigest()

    def settle(self) -> None:
        """Make the home, and make sure that it is ours and on a local disk.

        Raises:
            ConfigError: it belongs to another mailbox.
            DiskError: it cannot be written, or lies on a network disk.
        """
        lock.refuse_network(self.home.root)
        self.home.make()
        self.home.claim(self.users)
        make_key(self.home.key)

    @contextmanager
    def store(self) -> Iterator[Store]:
        """Open the index for reading, made again first where that is needed.

        Raises:
            ConfigError: the home belongs to another mailbox.
            DiskError: it cannot be read, or lies on a network disk.
        """
        if not self.home.root.is_dir():
            raise UsageError(
                f"{self.home.root}: здесь ещё ничего нет; первый обход: triage tick"
            )
        lock.refuse_network(self.home.root)
        if problem := self.home.foreign(self.users):
            raise ConfigError(problem)
        with self._speaking():
            if not self._is_current():
                with lock.turn(self.home.root):
                    self._open().close()
            with Store(self.home.index) as store:
                yield store

    @contextmanager
    def writing(self) -> Iterator[Store]:
        """Take the home's turn and open the index."""
        self.settle()
        with lock.turn(self.home.root), self._speaking(), self._open() as store:
            yield store

    def _open(self) -> Store:
        """Open the index, made again where it is missing, damaged or of other packs."""
        if not self.home.index.exists() and self.home.evidence.exists():
            return rebuild(self.home.index, self.fingerprint, self._fill)
        return open_index(self.home.index, self.fingerprint, self._fill, self._notice)

    def _is_current(self) -> bool:
        if not self.home.index.exists():
            return False
        try:
            with Store(self.home.index) as store:
                made_of = store.meta("version"), store.meta("fingerprint")
                return made_of == (str(schema.VERSION), self.fingerprint)
        except (DamagedIndexError, sqlite3.DatabaseError):
            return False

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        """Say what SQLite's complaints in the middle of work mean."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise DiskError(f"{self.home.index}: {complaint(error)}") from error
        except sqlite3.DatabaseError as error:
            if type(error) is not sqlite3.DatabaseError:
                raise  # a fault of the program, not of the file
            self.home.index.unlink(missing_ok=True)
            raise Unavailable(
                f"{self.home.index}: индекс был повреждён и убран ({error}); повторите "
                "команду, и он построится заново из архива"
            ) from error

    def _fill(self, store: Store) -> None:
        """Fill an empty index. To assess is left to `read`: it may write to the journal."""
        done = self._index(store)
        if done.unreadable:
            self._notice(
                f"не прочитано писем: {done.unreadable}; подробно: triage unrecognised"
            )
        mentions.restore(store)
        remember_heads(store, self.heads())

    def read(self, store: Store) -> tuple[int, int]:
        """Index what is new and assess what it touches; `show` is to follow.

        Returns how many events were read and how many orders assessed.
        """
        events = self._index(store).events
        now = self.clock()
        owed = {(pack, order) for pack, order in json.loads(store.meta(OWED, "[]"))}
        owed |= set(cases.orders_to_assess(store, self.bench.today(now)))
        if owed:
            store.set_meta(OWED, json.dumps(sorted(owed)))
        touched = assess(store, self.journal, self.bench, now)
        return events, len(touched)

    def show(self, store: Store) -> None:
        """Write the folders of the orders that were touched since they were last written."""
        if owed := json.loads(store.meta(OWED, "[]")):
            self.scribe.show(store, {(pack, order) for pack, order in owed})
            store.set_meta(OWED, "[]")

    def record(self, entry: Act) -> None:
        """Write down what the owner did, and see at once what comes of it."""
        with self.writing() as store:
            act.record(store, self.journal, entry)
            self.read(store)
            remember_heads(store, self.heads())
            self.show(store)

    def rebuild(self) -> None:
        """Make the index and the orders' folders again from the evidence."""
        self.settle()
        with lock.turn(self.home.root), self._speaking():
            store = rebuild(self.home.index, self.fingerprint, self._fill)
            with store:
                self.read(store)
                self.show(store)

    @property
    def now(self) -> datetime:
        """Return the instant, as the owner's clock shows it."""
        return self.clock().astimezone(self.config.timezone)

    def heads(self) -> dict[str, Head]:
        """Return the ends of both chains."""
        return {"manifest": self.archive.head(), "journal": self.journal.head()}
