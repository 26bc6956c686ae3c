"""What a letter's own signature (DKIM, RFC 6376) proves, and what follows for its sender."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

REFUTED = "dkim-refuted"
"""The reason when somebody vouches for a sender and the letter's own signature does not."""

MISSING = "dkim-missing"
"""The reason when somebody vouches for a signature, and the letter has none of its domain."""

FRESH = timedelta(days=14)
"""Today's key is the key of a letter received since then. Of an older one it says nothing:
keys are changed, and old ones withdrawn."""


class Outcome(StrEnum):
    """What became of checking one signature."""

    PASS = "pass"  # noqa: S105 - a verdict
    NONE = "none"  # there is none, or none of the sender's own domain
    UNAVAILABLE = "dns-unavailable"  # nobody could be asked for the key
    BODY = "body-altered"  # the text is not the one that was signed
    ADDED = "text-added"  # something a reader sees was added to what was signed
    HEADER = "header-altered"  # or signed with another key
    REVOKED = "revoked"  # the domain has withdrawn the key (`p=` without a value)
    NO_KEY = "no-key"  # the domain knows no such key
    WEAK = "weak-key"  # right, by a key that others can break
    PARTIAL = "partial"  # `l=`, or without the subject: it does not cover the letter
    EXPIRED = "expired"  # `x=` lay before the day the letter was received
    BROKEN = "unreadable"  # the signature or the key is not what it should be
    UNCHECKED = "unchecked"  # a letter too large or too odd to be checked at once


_ALWAYS = frozenset({Outcome.BODY, Outcome.ADDED})
_WHILE_FRESH = frozenset({Outcome.HEADER, Outcome.REVOKED})


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """What DNS said of a key: its record, or why there is none."""

    text: str = ""
    resolver: str = ""  # the server that answered
    problem: Outcome | None = None  # NO_KEY or UNAVAILABLE


Ask = Callable[[str], KeyRecord]
"""Asks for the key that lies under a name such as `mail._domainkey.example.org`."""


def nobody(name: str) -> KeyRecord:  # noqa: ARG001 - asked like any other
    """Answer where DNS is not to be asked, or did not answer."""
    return KeyRecord(problem=Outcome.UNAVAILABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature of a letter, checked."""

    outcome: Outcome
    domain: str = ""
    selector: str = ""
    key: KeyRecord = KeyRecord()

    def words(self) -> dict[str, str]:
        """Write it for the manifest: `dkim` and what it rests on."""
        told = {
            "dkim": self.outcome.value,
            "dkim_domain": self.domain,
            "dkim_selector": self.selector,
            "dkim_key": self.key.text,
            "dkim_resolver": self.key.resolver,
        }
        return {name: value for name, value in told.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """The newest set of a chain of forwarders (ARC, RFC 8617), checked."""

    outcome: Outcome = Outcome.NONE
    results: str = ""  # the Authentication-Results that it seals


NO_SIGNATURE = Signature(outcome=Outcome.NONE)


def is_fresh(received_at: datetime, checked_at: datetime) -> bool:
    """Say whether a key of today can speak of a letter that was received then."""
    return checked_at - received_at <= FRESH


def refutes(outcome: Outcome, *, fresh: bool) -> bool:
    """Say whether an outcome proves that the letter is not as its domain sent it."""
    return outcome in _ALWAYS or (fresh and outcome in _WHILE_FRESH)


def deciding(signatures: Iterable[Signature], *, fresh: bool) -> Signature:
    """Choose among the signatures of the sender's own domain the one that counts.

    One that holds is enough; one that cannot be checked today may hold; else one that
    refutes counts, so that none added beside it hides it.
    """

    def rank(signature: Signature) -> int:
        if signature.outcome is Outcome.PASS:
            return 0
        if signature.outcome is Outcome.UNAVAILABLE:
            return 1
        return 2 if refutes(signature.outcome, fresh=fresh) else 3

    return min(signatures, key=rank, default=NO_SIGNATURE)


def weigh(
    word: Mapping[str, str], outcome: Outcome, organisation: str, *, fresh: bool
) -> dict[str, str]:
    """Hold a provider's word against the letter's own signature.

    `word` is the `domain`, `result` and `reason` of the provider; `outcome` is that of a
    signature of `organisation`, the registered domain of the letter's sender.
    """
    if outcome is Outcome.PASS and organisation:
        if word["result"] == "pass":
            return dict(word)
        return {"domain": organisation, "result": "pass", "reason": "dkim-checked"}
    if word["result"] == "pass" and refutes(outcome, fresh=fresh):
        return {"domain": "", "result": "fail", "reason": REFUTED}
    return dict(word)


def outcome_of(authentication: Mapping[str, str]) -> Outcome:
    """Read what the manifest remembers of a letter's signature; old lines know nothing."""
    try:
        return Outcome(authentication.get("dkim", Outcome.UNCHECKED))
    except ValueError:  # a word of a later version
        return Outcome.UNCHECKED
