"""Whose orders the trusted letters are about: one query over the index's letters."""

import json
from collections import Counter

from triage.edges.store import Store

TRUSTED = ("recognised", "unrecognised")


def known_buyers(store: Store) -> dict[str, Counter[str]]:
    """Count the trusted letters of each pack by the buyers whose orders they name."""
    found: dict[str, Counter[str]] = {}
    for row in store.rows(
        "SELECT pack, buyers, count(*) n FROM messages WHERE outcome = 'recognised'"
        " AND role <> 'sent' AND buyers <> '[]' GROUP BY pack, buyers"
    ):
        counts = found.setdefault(row["pack"], Counter())
        counts.update(dict.fromkeys(json.loads(row["buyers"]), row["n"]))
    return found
