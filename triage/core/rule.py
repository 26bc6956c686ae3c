"""Rules: what should follow what, and how long silence is normal. All data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from triage.core.deadline import Term
from triage.core.event import EventKind


class Scope(StrEnum):
    """What a rule is asked about: every parcel, or the order as a whole."""

    POSTING = "posting"
    ORDER = "order"


class Check(StrEnum):
    """Named checks: the closed list of what a rule may ask beside since and until."""

    NONE = ""
    REFUND_SHORT = "refund_short"  # money came, less than was cancelled or returned
    CHARGED_TWICE = "charged_twice"  # the same sum again, or a charge after cancelling
    CONTRADICTED = "contradicted"  # what since says is not what comes after it


@dataclass(frozen=True, slots=True, kw_only=True)
class Grace:
    """How long silence is normal after `since`.

    With `start` the clock runs from a date the event carries (its last value among
    the `since` and `moved_by` events); an event without that date fires nothing.
    """

    term: Term
    start: str = ""  # an event attribute such as promised_on; "" is the event's own day
    before: bool = False  # fire `term` before that date rather than after it


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing that can go wrong, in words a lawyer can read."""

    id: str
    title: str
    scope: Scope
    since: tuple[EventKind, ...]  # empty: only the owner can report it
    where: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Attributes without which a `since` event does not count."""
    until: tuple[EventKind, ...]  # events that stop it
    until_repaid: tuple[EventKind, ...] = ()  # refunds that stop it once all is back
    grace: Grace
    against: tuple[EventKind, ...] = ()  # what contradicts since later (contradicted)
    within: int = 0  # days between which two charges are taken for one (charged_twice)
    moved_by: tuple[EventKind, ...] = ()  # later events that carry a newer date
    needs: tuple[EventKind, ...] = ()  # events without which letters open nothing
    report: bool = False  # the owner may open it by `triage report`
    gives_way_to: tuple[str, ...] = ()  # rules whose case says the same and more
    asks_first: bool = False  # silence proves nothing: ask before anything else
    hushed_by: tuple[str, ...] = ()  # rules on whose case the owner has acted
    check: Check = Check.NONE
    refund: bool = False  # what ends it is money that comes back
    at_once: bool = False  # its window is too short to wait for the letter of the day
    basis: str
    quiet_when: str  # in words; each has a sample that stays quiet
    asks: str = ""  # question to the owner while the case rests on a guess
    amount_from: tuple[EventKind, ...] = ()  # whose amount is at stake, the first told
