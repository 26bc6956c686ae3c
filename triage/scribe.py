"""What a place writes: letters to its owner, answers to him, pages of his orders.

It is imported when there is something to write: a tick that starts is at the server
sooner, and one that has nothing to say needs none of it.
"""

from collections.abc import Set
from datetime import datetime, time
from functools import cached_property
from pathlib import Path

from triage.core.digest import Today
from triage.core.phrasebook import Phrasebook
from triage.core.ways import Ways
from triage.edges.dossiers import press_of
from triage.edges.replypack import read_phrasebook
from triage.edges.secret import read_key
from triage.edges.store import Store
from triage.jobs import view
from triage.jobs.alert import alert, worth_a_look
from triage.jobs.answer_mail import answer_mail
from triage.jobs.clerk import Clerk
from triage.jobs.compose import compose, due, news_span
from triage.jobs.heeded import with_answers
from triage.jobs.inspect import proof_of
from triage.jobs.send import Sender, Sent
from triage.jobs.tell import Seen, letterhead, post
from triage.jobs.today import gather
from triage.place import Place


class Scribe:
    """Writes for one place."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.letterhead = letterhead(place.config)

    @cached_property
    def phrasebook(self) -> Phrasebook:
        """Read the words of answers by mail, those understood and those written.

        Raises:
            ConfigError: with every fault of every file.
        """
        config = self.place.config
        return read_phrasebook(config.language, config.packs.dir)

    def tell(self, store: Store, *, touched: bool) -> bool:
        """Queue the letters that are due; return whether there was one.

        `touched` says that an order was assessed since the owner was last told.
        """
        now, head = self.place.clock(), self.letterhead
        told = False
        if due(store, head, now):
            told = compose(store, head, self.today(store, now), now)
        if worth_a_look(store, head, now, touched=touched):
            told = alert(store, head, self.today(store, now), now) or told
        return told

    def tell_today(self, store: Store) -> bool:
        """Queue today's digest whatever the hour, unless the day had one."""
        now = self.place.clock()
        today = self.today(store, now)
        return compose(store, self.letterhead, today, now, at_once=True)

    def post(self, store: Store, seen: Seen, sender: Sender | None) -> tuple[Sent, str]:
        """Make the attempts to send that are due; say in words what keeps letters back."""
        place = self.place
        now = place.clock()
        return post(store, place.journal, place.config, now, seen=seen, sender=sender)

    def heed(self, store: Store) -> int:
        """Do what the owner asks for in his letters; return how many there were."""
        place = self.place
        clerk = Clerk(
            store=store,
            archive=place.archive,
            journal=place.journal,
            pool=place.pool,
            bench=place.bench,
            phrases=self.phrasebook.heard,
            key=read_key(place.home.key),
            now=place.clock(),
        )
        return answer_mail(clerk)

    def today(self, store: Store, now: datetime, *, everything: bool = False) -> Today:
        """Gather what a digest of that instant has to tell.

        With `everything` no assessment is relied on, nor was a digest of that day sent.
        """
        place, config = self.place, self.place.config
        local = now.astimezone(config.timezone)
        midnight = datetime.combine(local.date(), time(), local.tzinfo)
        span = news_span(store, now, midnight if everything else None)
        today = gather(
            store,
            place.bench,
            now=now,
            span=span,
            heads=place.heads(),
            names=list(place.users),
            everything=everything,
        )
        ways = Ways(
            key=read_key(place.home.key),
            to=config.digest.to,
            on=local.date(),
            shown=self.phrasebook.shown,
        )
        return with_answers(today, store, span, ways, config.language)

    def show(self, store: Store, orders: Set[tuple[str, str]]) -> None:
        """Write the folders of some orders, and the list of all."""
        view.refresh(self.shelf(store, self.place.home.orders), orders)

    def shelf(self, store: Store, folder: Path) -> view.Shelf:
        """Name a folder in which the orders' folders are to be written."""
        return view.Shelf(
            folder=folder,
            store=store,
            archive=self.place.archive,
            bench=self.place.bench,
            press=press_of(self.place.config.language, self.place.config.packs.dir),
            pool=lambda: self.place.pool,
            proof=proof_of(store, self.place.heads()),
            now=self.place.clock(),
        )
