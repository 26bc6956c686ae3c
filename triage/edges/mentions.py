"""The index's table of what the owner was told. Remade from journal and outbox."""

from collections.abc import Iterable, Mapping, Sequence

from triage.core.mention import Mention, by_case, load_mentions, mention_of, mention_row
from triage.edges.store import Store

_DIGEST_SINCE = """
SELECT 1 FROM outbox letter JOIN outbox later ON later.composed_at > letter.composed_at
 WHERE letter.key = ? AND later.key LIKE 'digest:%'
  AND later.state NOT IN ('rejected', 'withdrawn') LIMIT 1
"""


def told(store: Store) -> Mapping[str, Sequence[Mention]]:
    """Return every mention by the case it is about."""
    rows = store.rows("SELECT * FROM mentions ORDER BY case_id, told_on")
    return by_case(map(mention_of, rows))


def note(store: Store, mentions: Iterable[Mention]) -> None:
    """Remember what the owner is told; a later word of the same day replaces it."""
    store.write_all("mentions", map(mention_row, mentions))


def withdraw(store: Store, key: str, mentions: Iterable[Mention]) -> None:
    """Forget what a letter told that never reached the owner.

    Where a digest was written after it, that one has told of the cases since.
    """
    with store.transaction():
        if store.rows(_DIGEST_SINCE, key):
            return
        for each in mentions:
            store.execute(
                "DELETE FROM mentions WHERE case_id = ? AND told_on = ?",
                each.case,
                each.told_on.isoformat(),
            )


def restore(store: Store) -> None:
    """Remember after a rebuild what the letters say that still wait in the outbox.

    What was accepted comes back with the journal.
    """
    with store.transaction():
        for row in store.rows(
            "SELECT mentions FROM outbox WHERE state NOT IN ('rejected', 'withdrawn')"
        ):
            note(store, load_mentions(row["mentions"]))
