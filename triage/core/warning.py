"""What the owner is warned of, as codes, and the warning that takes the whole index."""

from collections.abc import Collection, Mapping
from enum import StrEnum

USUAL = 3  # trusted letters about one buyer's orders make that buyer the owner


class Suspicion(StrEnum):
    """What the owner is warned of. The words are in packs/<language>/digest.words.j2."""

    LOOKALIKE = "lookalike-domain"
    BRAND_IN_DOMAIN = "brand-in-domain"
    MIXED_DOMAIN = "mixed-script-domain"
    MIXED_WORDS = "mixed-scripts"
    ADDRESS_IN_NAME = "address-in-name"
    BRAND_IN_NAME = "brand-in-name"
    SEVERAL_FROM = "several-from"
    FROM_UNCLEAR = "from-unclear"
    LINKS_ELSEWHERE = "links-elsewhere"
    IMPOSSIBLE_ORDER = "impossible-order-number"
    FOREIGN_ACCOUNT = "foreign-account"
    REFUSED = "provider-refused"
    REFUTED = "dkim-refuted"
    MISSING = "dkim-missing"
    ADDED = "text-added"


def is_foreign(named: Collection[str], known: Mapping[str, int]) -> bool:
    """Say whether a letter names buyers, and none of them is the owner.

    `known` counts the trusted letters by buyer; before enough of them came, nobody is
    foreign.
    """
    usual = {buyer for buyer, letters in known.items() if letters >= USUAL}
    return bool(usual and named) and not usual.intersection(named)
