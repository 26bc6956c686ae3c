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
from triage.core.case import Case, Fact, State
from triage.core.chain import Head
from triage.core.ladder import Standing, StepNow
from triage.core.mention import (
    WEEKLY,
    Mention,
    Reason,
    is_urgent,
    mention,
    mention_problem,
    owners_deadline,
    why_mention,
)
from triage.core.news import Health, Letters, Undelivered
from triage.core.pack import Packs

STALE = timedelta(hours=24)  # mail last read longer ago is news by itself
LEADS = 20  # more cases than that nobody takes up in a day; the others come tomorrow


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One case as the letter tells it."""

    standing: Standing
    marketplace: str
    reason: Reason | None  # None: in the tail
    urgent: bool
    text: str  # the ready letter, "" where none is needed or facts are lacking
    lacks: tuple[tuple[str, str], ...]  # name and title of the facts it still needs
    documents: tuple[str, ...]
    deadline_kind: str  # in words
    closed_by: str  # what closed it, in words; "" where the owner did
    buttons: tuple[Button, ...] = ()  # what can be answered with one tap

    @property
    def case(self) -> Case:
        return self.standing.case

    @property
    def now(self) -> StepNow | None:
        return self.standing.step

    @property
    def days_left(self) -> int | None:
        """Count the days to the owner's own last day; below nought it went by."""
        last_day = owners_deadline(self.standing)
        return (last_day - self.standing.today).days if last_day else None

    @property
    def asks(self) -> str:
        """Return the open question; a case that asks is never told as a fact."""
        return self.case.asks or ""

    @property
    def quote(self) -> Fact | None:
        """Return the newest fact that rests on a letter's own words."""
        return next((f for f in reversed(self.case.facts) if f.quote), None)


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
    mentions: tuple[Mention, ...]
    replies: Replies = NO_REPLIES  # what the owner answered since the last digest

    @property
    def stale(self) -> bool:
        """Say whether the mail was last read so long ago that nothing here is sure."""
        return self.read_age is None or self.read_age > STALE

    @property
    def urgent_on(self) -> date | None:
        """Return the nearest last day of the owner's among what is urgent."""
        urgent = [owners_deadline(e.standing) for e in self.actions if e.urgent]
        return min(filter(None, urgent), default=None)


def write(
    *,
    now: datetime,
    zone: ZoneInfo,
    packs: Packs,
    standings: Sequence[Standing],
    texts: Mapping[str, str],
    told: Mapping[str, Sequence[Mention]],
    letters: Letters,
    health: Health,
    heads: Mapping[str, Head],
    last_sent_on: date | None,
    undelivered: Sequence[Undelivered] = (),
    buttons: Mapping[str, Sequence[Button]] | None = None,
    replies: Replies = NO_REPLIES,
    always: bool = False,
) -> Digest | None:
    """Write the digest of the local day of `now`, or none where there is no reason.

    `texts` are the prepared letters, `told` the earlier mentions and `buttons` the ways
    to answer, by case id; a problem that waits for the owner is told as a case is.
    """
    today = now.astimezone(zone).date()
    ways = buttons or {}
    entries = [
        _entry(
            each,
            why_mention(each, told.get(each.case.id, ()), today),
            texts,
            packs,
            tuple(ways.get(each.case.id, ())),
        )
        for each in standings
    ]
    leading = sorted(filter(_leads, entries), key=_order)
    actions, later = leading[:LEADS], leading[LEADS:]
    tail = [e for e in entries if not _leads(e) and e.standing.state is State.OPEN]
    waiting = [e for e in _in_state(entries, State.WAITING) if not _leads(e)]
    resolved = [e for e in _in_state(entries, State.RESOLVED) if e.reason]
    read_at = health.last_read_at
    problems = (mention_problem(each, told, today) for each in sorted(health.lasting))
    digest = Digest(
        today=today,
        marketplaces=tuple(each.title for each in packs.marketplaces),
        actions=tuple(actions),
        also_open=tuple(later + sorted(tail, key=_order)),
        waiting=tuple(waiting),
        snoozed=tuple(e for e in _in_state(entries, State.SNOOZED) if not _leads(e)),
        resolved=tuple(resolved),
        letters=letters,
        health=health,
        read_at=read_at.astimezone(zone) if read_at else None,
        read_age=max(now - read_at, timedelta(0)) if read_at else None,
        heads=heads,
        undelivered=tuple(undelivered),
        at_stake=at_stake(standings),
        mentions=(
            *filter(None, problems),
            *(
                mention(e.standing, e.reason, today)
                for e in (*actions, *waiting, *resolved)
                if e.reason
            ),
        ),
        replies=replies,
    )
    quiet = last_sent_on and timedelta(0) <= today - last_sent_on < WEEKLY
    news = digest.mentions or letters.unread or undelivered or digest.stale or replies
    return digest if news or always or not quiet else None


def at_stake(standings: Iterable[Standing]) -> Decimal:
    """Add up what the open cases are about, each rouble once.

    Several cases of one parcel, and a case of the whole order beside those of its
    parcels, are about the same money. A case that still asks asserts no sum.
    """
    orders: dict[tuple[str, str], dict[str | None, Decimal]] = {}
    for each in standings:
        case = each.case
        if each.state is State.RESOLVED or case.asks or case.amount is None:
            continue
        sums = orders.setdefault((case.pack, case.order), {})
        sums[case.posting] = max(case.amount, sums.get(case.posting, Decimal(0)))
    total = Decimal(0)
    for sums in orders.values():
        whole = sums.pop(None, Decimal(0))
        total += max(whole, sum(sums.values(), Decimal(0)))
    return total


def _entry(
    standing: Standing,
    reason: Reason | None,
    texts: Mapping[str, str],
    packs: Packs,
    buttons: tuple[Button, ...],
) -> Entry:
    ladder, now = packs.ladder, standing.step
    lacks = now.lacks if now else ()
    return Entry(
        standing=standing,
        marketplace=packs.marketplace(standing.case.pack).title,
        reason=reason,
        urgent=is_urgent(standing, standing.today),
        text="" if lacks else texts.get(standing.case.id, ""),
        lacks=tuple((name, ladder.fact_names.get(name, name)) for name in lacks),
        documents=tuple(
            ladder.documents.get(each, each)
            for each in (now.step.documents if now else ())
        ),
        deadline_kind=ladder.kinds.get(now.deadline_kind, "") if now else "",
        closed_by=packs.events.get(standing.case.closed_by, ""),
        buttons=buttons,
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


def _order(entry: Entry) -> tuple[bool, bool, date, Decimal, str]:
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
