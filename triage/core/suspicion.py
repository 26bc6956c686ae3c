"""What looks forged in a letter that speaks in a marketplace's name, as stable codes.

A code is a warning for the owner's eyes. Whether a letter may touch a case is decided
elsewhere, by who vouches for its sender; no code changes that, either way.
"""

import re
from collections.abc import Iterable, Mapping
from itertools import chain
from urllib.parse import urlsplit

from triage.core.hearing import spoken
from triage.core.lookalike import lookalike, mixes_scripts, under
from triage.core.message import Message, Where
from triage.core.naming import in_letter
from triage.core.pack import Marketplace
from triage.core.selection import fold
from triage.core.verdict import MISSING, REFUTED, Outcome, outcome_of
from triage.core.warning import Suspicion

_WORD = re.compile(r"[^\W\d_]{4,}")
_SCHEMES = ("http", "https", "")


def suspicions(
    message: Message, market: Marketplace, authentication: Mapping[str, str]
) -> tuple[str, ...]:
    """Name what is odd about an unconfirmed letter in the name of a marketplace.

    `authentication` is what was found out of its sender, as the manifest has it.
    """
    return tuple(
        dict.fromkeys(
            chain(
                _of_checks(authentication),
                _of_sender(message, market),
                _of_words(message),
                _of_links(message, market),
                _of_numbers(message, market),
            )
        )
    )


def orders_in(message: Message, market: Marketplace) -> tuple[str, ...]:
    """Return the orders that a letter names, whoever wrote it."""
    return in_letter(spoken(message), market.identifiers).orders


def buyers(orders: Iterable[str], market: Marketplace) -> list[str]:
    """Return the parts of order numbers that name their buyers, each once."""
    return sorted({market.identifiers.buyer(order) for order in orders} - {""})


def _of_checks(authentication: Mapping[str, str]) -> Iterable[str]:
    if authentication.get("reason") == REFUTED:
        added = outcome_of(authentication) is Outcome.ADDED
        yield Suspicion.ADDED if added else Suspicion.REFUTED
    elif authentication.get("reason") == MISSING:
        yield Suspicion.MISSING
    elif authentication.get("result") == "fail":
        yield Suspicion.REFUSED


def _of_sender(message: Message, market: Marketplace) -> Iterable[str]:
    domain = message.sender.rpartition("@")[2]
    if "several-from" in message.defects:
        yield Suspicion.SEVERAL_FROM
    elif not domain:
        yield Suspicion.FROM_UNCLEAR
    if under(domain, market.domains) or under(domain, market.streams):
        return
    yield from lookalike(domain, market.domains)
    name = fold(message.sender_name)
    if domain and any(
        f"@{real}" in name or f".{real}" in name for real in _real(market)
    ):
        yield Suspicion.ADDRESS_IN_NAME
    elif domain and any(fold(needle) in name for needle in market.needles):
        yield Suspicion.BRAND_IN_NAME


def _real(market: Marketplace) -> set[str]:
    return {fold(domain) for domain in market.domains}


def _of_words(message: Message) -> Iterable[str]:
    head = f"{message.sender_name} {message.subject}"
    if any(mixes_scripts(word) for word in _WORD.findall(head)):
        yield Suspicion.MIXED_WORDS


def _of_links(message: Message, market: Marketplace) -> Iterable[str]:
    for passage in message.passages:
        if passage.where is Where.LINK:
            host = host_of(passage.text)
            if host and not under(host, market.domains):
                yield Suspicion.LINKS_ELSEWHERE
                return


def host_of(link: str) -> str:
    """Return the host that a browser would open, "" for none."""
    try:
        parts = urlsplit(link.replace("\\", "/").strip())
        return (parts.hostname or "").rstrip(".") if parts.scheme in _SCHEMES else ""
    except ValueError:  # not a link that anything opens
        return ""


def _of_numbers(message: Message, market: Marketplace) -> Iterable[str]:
    impossible = market.identifiers.impossible
    voices = spoken(message).voices if impossible else ()
    if any(one.search(voice.text) for voice in voices for one in impossible):
        yield Suspicion.IMPOSSIBLE_ORDER
