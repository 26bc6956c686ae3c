"""Gather what today's digest has to tell. Reads only."""

import json
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from triage.core.case import State
from triage.core.chain import Head
from triage.core.digest import Today
from triage.core.event import in_life
from triage.core.message import Role
from triage.core.news import (
    Doubtful,
    Health,
    Letters,
    Recognised,
    Unconfirmed,
)
from triage.core.warning import Suspicion, is_foreign
from triage.edges import accounts, cases, cursors, mentions, messages
from triage.edges.messages import Span
from triage.edges.store import Store
from triage.jobs.assess import Bench, standings
from triage.jobs.inspect import evidence_problem
from triage.jobs.prepare import texts
from triage.jobs.recount import background, title
from triage.jobs.unread import UNREAD, unread_news

UNCONFIRMED = ("unconfirmed",)
TRUSTED = ("recognised", "unrecognised")
NOT_COUNTED = ("foreign", "own", "automatic", "sent", "reply", "reply-refused")


def gather(
    store: Store,
    bench: Bench,
    *,
    now: datetime,
    span: Span,
    heads: Mapping[str, Head],
    names: Collection[str],
    everything: bool = False,
) -> Today:
    """Gather for an instant; `names` are the configured accounts.

    The last assessment says which orders to look at; with `everything` all are, for
    an instant that was not assessed.
    """
    found = standings(store, bench, now, None if everything else _alive(store))
    ready = texts(store, found, bench, now)
    return Today(
        packs=bench.packs,
        standings=found,
        texts=ready,
        background=background(store, found, ready, bench, now),
        letters=_letters(store, bench, span),
        health=_health(store, names),
        heads=heads,
    )


def _alive(store: Store) -> set[tuple[str, str]]:
    """Name the orders with open cases, and with ends the owner was not told of."""
    alive = set(cases.orders_alive(store))
    for case, told in mentions.told(store).items():
        last = max(told, key=lambda mention: mention.told_on)
        if last.state != State.RESOLVED and (row := cases.case_row(store, case)):
            alive.add((row["pack"], row["order_number"]))
    return alive


def _letters(store: Store, bench: Bench, span: Span) -> Letters:
    def day(text: str) -> date:
        return datetime.fromisoformat(text).astimezone(bench.zone).date()

    known = messages.known_buyers(store)
    return Letters(
        recognised=[
            Recognised(
                order=event.order,
                title=title(event, bench.packs),
                received_on=event.at.astimezone(bench.zone).date(),
                pack=event.pack,
                posting=event.posting,
                kind=event.kind,
            )
            for event in sorted(messages.events_in_news(store, span), key=in_life)
        ],
        unread=unread_news(store, bench.packs, span, bench.zone),
        unconfirmed=[
            Unconfirmed(
                evidence=row["evidence"],
                sender=row["sender"],
                reason=bench.packs.tongue.of(row["reason"]),
                warnings=(*json.loads(row["warnings"]), *_foreign(row, known)),
                received_on=day(row["received_at"]),
            )
            for row in messages.news_with(store, UNCONFIRMED, span)
        ],
        doubtful=[
            Doubtful(
                evidence=row["evidence"],
                order=next(iter(json.loads(row["orders"])), ""),
                warnings=warnings,
                received_on=day(row["received_at"]),
            )
            for row in messages.news_with(store, TRUSTED, span)
            if (warnings := _foreign(row, known))
        ],
    )


def _foreign(row: Mapping[str, Any], known: Mapping[str, Counter[str]]) -> list[str]:
    """Warn of a letter about orders of a buyer who is not the owner."""
    counts = known.get(row["pack"], Counter())
    named = () if row["role"] == Role.SENT else json.loads(row["buyers"])
    foreign = is_foreign(named, counts)
    return [Suspicion.FOREIGN_ACCOUNT.value] * foreign


def _health(store: Store, names: Collection[str]) -> Health:
    counts = messages.letter_counts(store)
    polls = [accounts.polls(store, name) for name in names]
    read = [each.polled_at for each in polls if each.polled_at]
    problems = {each.name: each.problem for each in polls if each.problem}
    lasting = {each.name for each in polls if each.problem and each.lasting}
    if damage := evidence_problem(store):
        problems[""] = damage
        lasting.add("")
    archived = sum(n for outcome, n in counts.items() if outcome not in NOT_COUNTED)
    waiting = sum(c.pending for name in names for c in cursors.cursors(store, name))
    imported = messages.imported(store, NOT_COUNTED)
    return Health(
        on_server=archived - imported + waiting if read else None,
        archived=archived,
        unread=sum(counts.get(outcome, 0) for outcome in UNREAD),
        last_read_at=min(read) if read and len(read) == len(polls) else None,
        problems=problems,
        lasting=frozenset(lasting),
    )
