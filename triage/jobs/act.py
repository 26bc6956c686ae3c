"""Record what the owner did or said: in the journal first, then in the index."""

import json
from itertools import islice

from triage.core.act import Act, ActKind
from triage.edges import cases
from triage.edges.journal import Journal
from triage.edges.store import Store

BATCH = 500  # journal lines in one transaction


def record(store: Store, journal: Journal, *acts: Act) -> None:
    """Append acts. The journal is the truth; the index picks up what it lacks.

    Raises:
        DiskError: the journal cannot be written; then nothing was recorded.
    """
    journal.append(*acts)
    catch_up(store, journal)


def catch_up(store: Store, journal: Journal) -> int:
    """Copy new journal lines to the index, mark what they touch, return how many."""
    count = 0
    lines = journal.acts(int(store.meta("journal.end", "0")))
    while batch := list(islice(lines, BATCH)):
        acts = [act for act, _ in batch]
        with store.transaction():
            done = int(store.meta("journal.lines", "0"))
            cases.add_acts(store, acts, done + 1)
            cases.mark_dirty(
                store,
                {
                    (a.data["pack"], a.order)
                    for a in acts
                    if a.order and "pack" in a.data
                },
            )
            for act in acts:
                if act.kind is ActKind.DIGEST_ACCEPTED:
                    # after a rebuild nothing may be told twice
                    store.write_all("mentions", json.loads(act.data["mentions"]))
            store.set_meta("journal.end", str(batch[-1][1]))
            store.set_meta("journal.lines", str(done + len(batch)))
        count += len(batch)
    return count
