"""Recognisers: which words in which letter tell which event. All data."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from triage.core.event import Certainty, Event, EventKind, Stream


@dataclass(frozen=True, slots=True, kw_only=True)
class Recogniser:
    """One shape of letter. Phrases are matched on normalised text.

    `any_of` patterns are tried in subject, text and HTML (never hidden text);
    one of them must match and none of `none_of` may. A recogniser with a `stream`
    instead of a `kind` says that the letter carries no event.
    """

    id: str
    kind: EventKind | None
    stream: Stream | None
    certainty: Certainty
    senders: tuple[str, ...] = ()  # sub-domains it is limited to, empty: any of orders
    subject: tuple[re.Pattern[str], ...] = ()  # any must match, where given
    any_of: tuple[re.Pattern[str], ...] = ()
    links: tuple[re.Pattern[str], ...] = ()  # any must match a link, where given
    none_of: tuple[re.Pattern[str], ...] = ()
    extract: Mapping[str, tuple[re.Pattern[str], ...]] = field(
        default_factory=dict, hash=False
    )  # attribute -> patterns whose group `value` holds it, first match counts
    attributes: Mapping[str, str] = field(default_factory=dict, hash=False)
    evidence: str = ""  # which public fact the phrase rests on, for the reviewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What came out of one letter."""

    events: tuple[Event, ...] = ()
    stream: Stream | None = None
    pack: str = ""  # "" when the letter is nobody's
    orders: tuple[str, ...] = ()  # order numbers the letter names
    outcome: str = "unrecognised"
    """recognised, stream, unrecognised, unconfirmed (not authenticated), foreign
    (not about purchases), own, automatic, sent, unreadable or ambiguous."""
    reason: str = ""  # in words, for the last four
