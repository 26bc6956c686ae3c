"""What a pack says, as values. Reading the files is `edges.packs`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from triage.core.form import FactBook
from triage.core.granted import ladder_of
from triage.core.pattern import Pattern, Patterns
from triage.core.receipt import Shapes
from triage.core.recogniser import Recogniser
from triage.core.rule import Rule
from triage.core.step import Ladder
from triage.core.tongue import PLAIN, Tongue

ORDERS = "orders"  # the stream whose letters may carry events


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Identifiers:
    """The shapes of a marketplace's numbers, in text and in links; compared as itself.

    Patterns use the group names `order`, `posting`, `shipment`, `return_number` and
    `receipt`; text is normalised before matching (`core.words.normal`).
    """

    order: Pattern  # the whole of an order number, for what the owner types
    text: Patterns
    links: Patterns
    secrets: Patterns = ()  # group `secret`: blotted out of quotes
    impossible: Patterns = ()  # numbers that are never given

    def buyer(self, order: str) -> str:
        """Return the part of an order number that names the buyer, "" for none."""
        match = self.order.fullmatch(order)
        return (match.groupdict().get("buyer") or "") if match else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marketplace:
    """One folder under packs/: who writes, how numbers look, what letters say."""

    id: str
    title: str
    domains: tuple[str, ...]  # registered domains that speak for it when authenticated
    streams: Mapping[str, str] = field(hash=False)  # sub-domain -> stream or "orders"
    needles: tuple[str, ...]  # lower-case words that make a header worth a look
    support: tuple[str, ...]  # addresses the owner may write to
    identifiers: Identifiers
    recognisers: tuple[Recogniser, ...]
    rules: tuple[Rule, ...]
    contacts: Mapping[str, str] = field(hash=False)  # facts about its company
    experimental: bool = False  # made of public facts, tried on no real mailbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Packs:
    """All packs of one home."""

    marketplaces: tuple[Marketplace, ...]
    ladder: Ladder
    fingerprint: str  # SHA-256 over every file read: another one rebuilds the index
    events: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Event kind -> what happened, in the owner's language: «заказ отменён»."""
    question: str = "Похоже, {event}. Верно?"  # what is asked of a guess
    words: frozenset[str] = frozenset()
    """The words that a masked letter may keep, small and with е for ё."""
    facts: FactBook = field(default_factory=FactBook)
    receipts: Shapes = field(default_factory=Shapes)  # of the country's fiscal receipts
    tongue: Tongue = PLAIN  # the owner's, where it is not the packs' own

    def marketplace(self, pack_id: str) -> Marketplace:
        return next(m for m in self.marketplaces if m.id == pack_id)

    def rule(self, pack_id: str, rule_id: str) -> Rule:
        return next(r for r in self.marketplace(pack_id).rules if r.id == rule_id)

    def ladder_of(self, pack_id: str) -> Ladder:
        """Return the ladder without what other marketplaces grant by their own rules."""
        return ladder_of(self.ladder, pack_id)
