"""The owner's answers, both ways: what is heeded, and what the next digest says of it."""

from datetime import date, datetime
from functools import cached_property
from pathlib import Path

from triage.config import Config
from triage.core.phrasebook import Phrasebook
from triage.core.ways import Ways
from triage.edges.archive import Archive
from triage.edges.journal import Journal
from triage.edges.messages import Span
from triage.edges.replypack import read_phrasebook
from triage.edges.secret import read_key
from triage.edges.store import Store
from triage.edges.worker import Pool
from triage.jobs.answer_mail import answer_mail
from triage.jobs.assess import Bench
from triage.jobs.clerk import Clerk
from triage.jobs.compose import Today
from triage.jobs.heeded import with_answers


class Answers:
    """What one home can be told by mail."""

    def __init__(self, config: Config, key: Path) -> None:
        """Name a home and where its key lies; nothing is read yet."""
        self._config, self._key = config, key

    @cached_property
    def phrasebook(self) -> Phrasebook:
        """Read the words that are understood and written.

        Raises:
            ConfigError: with every fault of every file.
        """
        return read_phrasebook(self._config.language, self._config.packs.dir)

    def heed(
        self,
        store: Store,
        bench: Bench,
        *,
        archive: Archive,
        journal: Journal,
        pool: Pool,
        now: datetime,
    ) -> int:
        """Do what the owner asks for in his letters; return how many there were."""
        clerk = Clerk(
            store=store,
            archive=archive,
            journal=journal,
            pool=pool,
            bench=bench,
            phrases=self.phrasebook.heard,
            key=read_key(self._key),
            now=now,
        )
        return answer_mail(clerk)

    def tell(self, today: Today, store: Store, span: Span, *, on: date) -> Today:
        """Add to a digest of a day how it can be answered, and what was."""
        config = self._config
        shown = self.phrasebook.shown
        ways = Ways(key=read_key(self._key), to=config.digest.to, on=on, shown=shown)
        return with_answers(today, store, span, ways, config.language)
