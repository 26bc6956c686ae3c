"""Read the evidence over once a week, and remember where its chains ended."""

import logging
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

from triage.core.chain import Head
from triage.edges.store import Store
from triage.jobs.verify import verify

log = logging.getLogger(__name__)

EVERY = timedelta(days=7)
_ON, _PROBLEM = "evidence.checked_on", "evidence.problem"
_HEAD = "evidence.head."
LOGS = ("manifest", "journal")


def inspect(store: Store, evidence: Path, now: datetime) -> str:
    """Check the evidence if the last check is a week old; return what is wrong in words.

    Damage is told until a later check finds none: nothing repairs it in silence.
    """
    today, last = now.date(), store.meta(_ON)
    if last and timedelta(0) <= today - date.fromisoformat(last) < EVERY:
        return store.meta(_PROBLEM)
    report = verify(evidence, known_heads(store))
    problem = ""
    if not report.sound:
        count = len(report.findings)
        log.error("evidence: %d findings, see `triage verify`", count)
        problem = f"архив повреждён, находок: {count}; подробно: triage verify"
    store.set_meta(_ON, today.isoformat())
    store.set_meta(_PROBLEM, problem)
    return problem


def remember_heads(store: Store, heads: Mapping[str, Head]) -> None:
    """Note the ends of the chains, so that a later check misses nothing of them."""
    for name, head in heads.items():
        if store.meta(_HEAD + name) != str(head):
            store.set_meta(_HEAD + name, str(head))


def known_heads(store: Store) -> dict[str, Head]:
    """Return the ends of the chains as the index remembers them."""
    told = {name: store.meta(_HEAD + name) for name in LOGS}
    return {name: Head.parse(text) for name, text in told.items() if text}


def evidence_problem(store: Store) -> str:
    """Return what the last check found wrong, in words."""
    return store.meta(_PROBLEM)
