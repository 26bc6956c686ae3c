"""Recognisers: which words in which letter tell which event. All data."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from triage.core.event import Certainty, Event, EventKind, Stream
from triage.core.lexicon import Lexicon
from triage.core.pattern import Patterns

ANY = "*"
"""Stands for every recogniser that tells an event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recogniser:
    """One shape of letter.

    Patterns are matched on normalised text (`core.words`), on subject, text and HTML,
    never on hidden text; case, ё or е and a line end in place of a space do not matter.
    A recogniser with a `stream` instead of a `kind` says that the letter carries no
    event; with neither, that the letter is known, ties to its order and tells nothing.
    """

    id: str
    kind: EventKind | None
    stream: Stream | None
    certainty: Certainty
    senders: tuple[str, ...] = ()
    """Sub-domains, or whole addresses, that it is limited to; empty: any of orders."""
    replies: bool = False  # limited to answers to a letter that was not the shop's own
    subject: Patterns = ()  # any must match, where given
    any_of: Patterns = ()  # one must match, where given
    links: Patterns = ()  # any must match a link, where given
    none_of: Patterns = ()  # anywhere: the letter is out
    unless: Patterns = ()  # in the same sentence: it does not count
    unless_subject: Patterns = ()  # in the subject: the letter is out
    unless_near: Patterns = ()  # around a sentence: it does not count
    unless_above: Patterns = ()  # in the line that leads in its paragraph: it does not count
    unless_below: Patterns = ()  # in its line, or in the next one
    lexicon: Lexicon | None = None  # the words its sentence may consist of; None is any
    lines: int = 0  # any_of looks at so many first lines of a text; 0 is all of them
    beside: tuple[str, ...] = ()
    """Ids of recognisers that may speak in the same letter, or ANY."""
    extract: Mapping[str, Patterns] = field(default_factory=dict, hash=False)
    """Attribute -> patterns whose group `value` holds it; the first match counts."""
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
    shape: str = ""  # what letters of one template share; "" for what may not speak
    heading: str = ""  # the same of the subject alone
    receipt: Event | None = None  # a receipt that names no order: the index may tie it
    untied: tuple[Event, ...] = ()  # told by an answer without a number: so may these
    thread: tuple[tuple[str, ...], ...] = ()  # what it answers, as `core.threads` says
    against: str = ""  # a recogniser that is sure of something else than was taught
