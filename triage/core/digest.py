"""What today's letter says, as values. The words around them are the pack's templates.

A digest exists only for a reason: something new about a case, a deadline that is near,
mail that cannot be read, or a week without a sign of life.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from triage.core.button import NO_REPLIES, Button, Replies
from triage.core.case import State
from triage.core.chain import Head
from triage.core.law import together
from triage.core.mention import (
    WEEKLY,
    Mention,
    Reason,
    is_news,
    is_urgent,
    mention,
    mention_problem,
    owners_deadline,
    why_mention,
)
from triage.core.news import Health, Letters, Recognised, Undelivered
from triage.core.pack import Packs
from triage.core.step import Standing
from triage.core.story import (
    NO_BACKGROUND,
    NOTHING_TOLD,
    Background,
    Entry,
    Happening,
    Story,
    at_stake,
    stories,
)

STALE = timedelta(hours=24)  # mail last read longer ago is news by itself
LEADS = 20  # more cases than that nobody takes up in a day; the others come tomorrow


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """What there is to tell."""

    packs: Packs
    standings: Sequence[Standing] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    """Prepared letters, by case id."""
    letters: Letters = field(default_factory=Letters)
    health: Health
    heads: Mapping[str, Head] = field(default_factory=dict)
    key: bytes = field(default=b"", repr=False)  # signs what the owner can answer to
    buttons: Mapping[str, Sequence[Button]] = field(default_factory=dict)
    """The ways to answer, by case id."""
    replies: Replies = NO_REPLIES
    background: Background = NO_BACKGROUND


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """One day's letter."""

    today: date
    marketplaces: tuple[str, ...]  # titles
    actions: tuple[Entry, ...]  # what leads, the urgent first
    also_open: tuple[Entry, ...]  # to be done, told before
    waiting: tuple[Entry, ...]
    snoozed: tuple[Entry, ...]
    resolved: tuple[Entry, ...]  # since the last digest
    letters: Letters
    health: Health
    read_at: datetime | None  # the last good read, in the owner's zone
    read_age: timedelta | None
    heads: Mapping[str, Head] = field(hash=False)
    undelivered: tuple[Undelivered, ...]
    at_stake: Decimal  # in all cases that are not resolved, each rouble once
    awaited: Decimal  # of that: money that is to come back
    mentions: tuple[Mention, ...]
    replies: Replies = NO_REPLIES  # what the owner answered since the last digest
    background: Background = NO_BACKGROUND
    hurried: bool = False  # not the letter of the day: it could not wait for that

    @property
    def stale(self) -> bool:
        """Say whether the mail was last read so long ago that nothing here is sure."""
        return self.read_age is None or self.read_age > STALE

    @property
    def arrived(self) -> tuple[Happening, ...]:
        """Return what letters told, of an order and a day together."""
        found: dict[tuple[date, str], list[Recognised]] = {}
        for each in self.letters.recognised:
            found.setdefault((each.received_on, each.order), []).append(each)
        return tuple(
            Happening(
                on=on,
                order=order,
                titles=tuple(dict.fromkeys(each.title for each in told)),
                buttons=tuple(
                    dict.fromkeys(each.button for each in told if each.button)
                ),
            )
            for (on, order), told in found.items()
        )

    @property
    def stories(self) -> tuple[Story, ...]:
        """Return what leads, the cases of one order together."""
        return stories(self.actions, self._others, self.background)

    def alone(self, entries: Sequence[Entry]) -> tuple[Entry, ...]:
        """Return those that no story tells already."""
        told = {entry.order for entry in self.actions}
        return tuple(entry for entry in entries if entry.order not in told)

    @property
    def _others(self) -> tuple[Entry, ...]:
        return (*self.also_open, *self.waiting, *self.snoozed)

    @property
    def urgent_on(self) -> date | None:
        """Return the nearest last day of the owner's among what is urgent."""
        urgent = [owners_deadline(e.standing) for e in self.actions if e.urgent]
        return min(filter(None, urgent), default=None)


def write(
    what: Today,
    told: Mapping[str, Sequence[Mention]],
    *,
    now: datetime,
    zone: ZoneInfo,
    last_sent_on: date | None,
    undelivered: Sequence[Undelivered] = (),
    always: bool = False,
) -> Digest | None:
    """Write the digest of the local day of `now`, or none where there is no reason.

    `told` are the earlier mentions by case id; a problem that waits for the owner is told
    as a case is.
    """
    today, health = now.astimezone(zone).date(), what.health
    entries = [
        _entry(each, why_mention(each, told.get(each.case.id, ()), today), what)
        for each in what.standings
    ]
    leading = sorted(filter(_leads, entries), key=in_order)
    actions, later = leading[:LEADS], leading[LEADS:]
    tail = [e for e in entries if not _leads(e) and e.standing.state is State.OPEN]
    waiting = [e for e in _in_state(entries, State.WAITING) if not _leads(e)]
    resolved = [e for e in _in_state(entries, State.RESOLVED) if e.reason]
    read_at = health.last_read_at
    problems = (mention_problem(each, told, today) for each in sorted(health.lasting))
    digest = Digest(
        today=today,
        marketplaces=tuple(each.title for each in what.packs.marketplaces),
        actions=tuple(actions),
        also_open=tuple(later + sorted(tail, key=in_order)),
        waiting=tuple(waiting),
        snoozed=tuple(e for e in _in_state(entries, State.SNOOZED) if not _leads(e)),
        resolved=tuple(resolved),
        letters=what.letters,
        health=health,
        read_at=read_at.astimezone(zone) if read_at else None,
        read_age=max(now - read_at, timedelta(0)) if read_at else None,
        heads=what.heads,
        undelivered=tuple(undelivered),
        at_stake=at_stake(what.standings),
        awaited=at_stake(e.standing for e in entries if e.refund),
        mentions=(
            *filter(None, problems),
            *(
                mention(e.standing, e.reason, today)
                for e in (*actions, *waiting, *resolved)
                if e.reason
            ),
        ),
        replies=what.replies,
        background=what.background,
    )
    quiet = last_sent_on and timedelta(0) <= today - last_sent_on < WEEKLY
    told_now = any(map(is_news, digest.mentions))
    unread = what.letters.unread
    news = told_now or unread or undelivered or digest.stale or what.replies
    return digest if news or always or not quiet else None


def _entry(standing: Standing, reason: Reason | None, what: Today) -> Entry:
    case, now = standing.case, standing.step
    ladder, market = what.packs.ladder, what.packs.marketplace(standing.case.pack)
    lacks, tongue = now.lacks if now else (), what.packs.tongue
    return Entry(
        standing=standing,
        marketplace=market.title,
        refund=any(r.refund for r in market.rules if r.id == case.rule),
        telling=what.background.tellings.get(case.id, NOTHING_TOLD),
        reason=reason,
        urgent=is_urgent(standing, standing.today),
        text="" if lacks else what.texts.get(case.id, ""),
        lacks=tuple((name, ladder.fact_names.get(name, name)) for name in lacks),
        addressee=tongue.of(now.step.addressee) if now else "",
        basis=tongue.of(together(now.basis)) if now else "",
        caution=tongue.of(now.caution) if now else "",
        documents=tuple(
            tongue.of(ladder.documents.get(each, each))
            for each in (now.step.documents if now else ())
        ),
        deadline_kind=ladder.kinds.get(now.deadline_kind, "") if now else "",
        closed_by=what.packs.events.get(case.closed_by, ""),
        buttons=tuple(what.buttons.get(case.id, ())),
    )


def _leads(entry: Entry) -> bool:
    """Say whether the owner is to do something: act, or answer the case's question."""
    state = entry.standing.state
    if entry.reason is None or state is State.RESOLVED:
        return False
    return state is not State.WAITING or bool(entry.asks)


def _in_state(entries: Iterable[Entry], state: State) -> list[Entry]:
    found = [entry for entry in entries if entry.standing.state is state]
    return sorted(
        found, key=lambda e: (e.standing.waiting_until or date.max, e.case.id)
    )


def in_order(entry: Entry) -> tuple[bool, bool, date, Decimal, str]:
    """Put the urgent first, then news before reminders, then by day and by money."""
    now = entry.now
    day = owners_deadline(entry.standing) or (now.due_on if now else None)
    return (
        not entry.urgent,
        entry.reason is Reason.REMINDER,
        day or date.max,
        -(entry.case.amount or Decimal(0)),
        entry.case.id,
    )
