"""Who really wrote a letter: the word of the owner's provider, held against the letter's own
signature on the day it arrives.

What is found out goes to the manifest and is never asked again: keys are changed and
withdrawn, and evidence must not stop proving itself for that.
"""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import cache, cached_property

from triage.core.message import Sighting
from triage.core.pack import Packs
from triage.core.verdict import (
    MISSING,
    Ask,
    Outcome,
    Signature,
    deciding,
    is_fresh,
    nobody,
    outcome_of,
    weigh,
)
from triage.edges.archive import Archive
from triage.edges.authentication import authenticate, examine, judge, registered
from triage.edges.signature import check, check_seal

_EMPTY_LINE = re.compile(rb"\n\r?\n")
UNCHECKED = Signature(outcome=Outcome.UNCHECKED)


class Judge:
    """Judges letters as they arrive, for one pass over a mailbox.

    `authserv_ids` names the provider whose Authentication-Results count; only letters that
    say they are from a domain of `packs` have their signatures checked, and only keys of
    such a domain, or of the provider's, are asked for. `signers` names the domains whose
    signatures came to this mailbox before and held; it is asked only when it matters.
    """

    def __init__(
        self,
        authserv_ids: Collection[str],
        packs: Packs,
        now: Callable[[], datetime],
        ask: Ask = nobody,
        signers: Callable[[], Collection[str]] = tuple,
    ) -> None:
        """Judge by the words of a provider and by the keys that `ask` finds."""
        self._ids, self._packs = authserv_ids, packs
        self._ask, self._clock = ask, now
        self._signed: set[str] = set()
        self._signed_before = cache(signers)

    @cached_property
    def _domains(self) -> set[str]:
        """Work out who may speak; a pass without letters reads no list of suffixes."""
        speak = [domain for m in self._packs.marketplaces for domain in m.domains]
        operators = self._packs.receipts.operators
        speak += [one.rpartition("@")[2] for one in operators]
        return {registered(domain) for domain in speak}

    @cached_property
    def _sealers(self) -> set[str]:
        return {registered(one.lower()) for one in self._ids} - {""}

    def __call__(self, letter: bytes, received_at: datetime) -> Mapping[str, str]:
        """Return what the manifest keeps under `authentication`.

        Of a large letter the header block alone will do: then no signature is checked.
        """
        header, whole = header_of(letter)
        word, domain = examine(header, self._ids)
        organisation = registered(domain)
        if organisation not in self._domains:
            return word
        if not whole:
            return {**word, **UNCHECKED.words()}
        fresh = is_fresh(received_at, self._clock())
        signatures = check(
            letter,
            lambda signer: registered(signer) == organisation,
            self._ask,
            received_at,
        )
        signature = deciding(signatures, fresh=fresh)
        if signature.outcome is Outcome.PASS:
            self._signed.add(organisation)
        if not signatures and word["reason"] == "dkim" and self._signs(organisation):
            found = {"domain": "", "result": "none", "reason": MISSING}
        else:
            found = weigh(word, signature.outcome, organisation, fresh=fresh)
        found |= signature.words()
        seal = check_seal(
            letter, lambda one: registered(one) in self._sealers, self._ask
        )
        if seal.outcome is not Outcome.NONE:
            found["arc"] = seal.outcome.value
        if seal.outcome is Outcome.PASS and not found["domain"]:
            sealed = judge(seal.results, self._ids, domain)
            found |= weigh(sealed, signature.outcome, organisation, fresh=fresh)
            if found["domain"]:
                found["reason"] = "arc"
        return found

    def _signs(self, organisation: str) -> bool:
        return organisation in self._signed or organisation in self._signed_before()


def signers(archive: Archive, account: str) -> set[str]:
    """Return the registered domains whose signatures came to an account and held."""
    return {
        registered(sighting.authentication.get("dkim_domain", ""))
        for sighting, _ in archive.sightings()
        if sighting.account == account
        and outcome_of(sighting.authentication) is Outcome.PASS
    }


def vouched_for(
    sighting: Sighting, letter: bytes, authserv_ids: Collection[str]
) -> Mapping[str, str]:
    """Return the `domain`, `result` and `reason` that count today. Asks nobody.

    What the manifest says stands. Where nobody vouched, the provider's name may have become
    known since; its word is held against what was found of the signature on that day.
    """
    then = sighting.authentication
    if then.get("domain") or then.get("reason") == MISSING:
        return then
    word = authenticate(header_of(letter)[0], authserv_ids)
    fresh = is_fresh(sighting.received_at, sighting.archived_at)
    return weigh(word, outcome_of(then), "", fresh=fresh)


def header_of(letter: bytes) -> tuple[bytes, bool]:
    """Return the header block with its last line end, and whether a body follows."""
    end = _EMPTY_LINE.search(letter)
    return (letter[: end.start() + 1], True) if end else (letter, False)
