"""Whose Authentication-Results count: a name, or `*.` and the domain of many machines."""

from collections import Counter
from collections.abc import Collection


def is_named(server: str, ids: Collection[str]) -> bool:
    """Say whether a server is one of those named; `*.a.b` names all machines under a.b."""
    name = server.strip().lower()
    return any(_fits(name, each.strip().lower()) for each in ids)


def _fits(name: str, one: str) -> bool:
    if one.startswith("*."):
        return len(one) > 2 and name.endswith(one[1:]) and len(name) > len(one) - 1
    return bool(one) and name == one


def usual(seen: Counter[str], known: str) -> str:
    """Return what to put into `authserv_id`, judging by the newest letters.

    `seen` counts a letter without any name under "". `known` is the name under which the
    provider is known to write, "" for none. It counts once a letter bears it; else only
    the name in most letters does: where the provider writes none, a name is the sender's
    own work, and a stranger who writes to the owner would vouch for himself.
    """
    if known and any(is_named(name, (known,)) for name in seen):
        return known
    names = [(count, name) for name, count in seen.items() if "." in name]
    count, name = max(names, default=(0, ""))
    return name if 2 * count > seen.total() else ""
