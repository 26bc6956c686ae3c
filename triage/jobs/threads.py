"""Give answers that name no order to the orders of the letters they answer."""

from collections.abc import Collection

from triage.core.threads import tied
from triage.edges import threads
from triage.edges.store import Store


def tie(store: Store, evidence: Collection[str]) -> set[tuple[str, str]]:
    """Conclude anew whose these answers are; return the (pack, order) that this touches.

    What comes of it depends on the letters in the index alone, not on which came first.
    """
    touched: set[tuple[str, str]] = set()
    for answer in threads.answers(store, evidence):
        asked = threads.asked(store, [name for ids in answer.thread for name in ids])
        told = tied(answer.events, answer.thread, asked)
        touched |= threads.replace_events(store, answer.evidence, told)
    return touched
