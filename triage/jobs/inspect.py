"""Read the evidence over once a week, and remember where its chains ended."""

import logging
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

from triage.core.chain import Head, Proof
from triage.edges.store import Store
from triage.errors import EvidenceError
from triage.jobs.verify import verify

log = logging.getLogger(__name__)

EVERY = timedelta(days=7)
DAMAGED = timedelta(days=1)  # a backup may have been put back
_ON, _PROBLEM = "evidence.checked_on", "evidence.problem"
_HEAD = "evidence.head."
LOGS = ("manifest", "journal")


def inspect(store: Store, evidence: Path, now: datetime) -> str:
    """Check the evidence once a week, or daily while it is damaged; say what is wrong.

    Damage is told until a later check finds none: nothing repairs it in silence.
    """
    today, last, problem = now.date(), store.meta(_ON), store.meta(_PROBLEM)
    every = DAMAGED if problem else EVERY
    if last and timedelta(0) <= today - date.fromisoformat(last) < every:
        return problem
    report = verify(evidence, known_heads(store))
    problem = ""
    if not report.sound:
        count = len(report.findings)
        log.error("evidence: %d findings, see `triage verify`", count)
        problem = f"архив повреждён, находок: {count}; подробно: triage verify"
    note_damage(store, problem, now)
    return problem


def note_damage(store: Store, words: str, now: datetime) -> None:
    """Remember damage that was met at work; tomorrow's check may take it back."""
    store.set_meta(_ON, now.date().isoformat())
    store.set_meta(_PROBLEM, words)


def remember_heads(store: Store, heads: Mapping[str, Head]) -> None:
    """Note how far the chains went, so that a later check misses nothing of them.

    A log that is shorter than it was, or ends differently, is not believed.
    """
    known = known_heads(store)
    for name, head in heads.items():
        if name not in known or head.count > known[name].count:
            store.set_meta(_HEAD + name, str(head))


def compare_heads(store: Store, heads: Mapping[str, Head]) -> None:
    """Make sure that the logs are at least as long as they were left.

    Raises:
        EvidenceError: one was cut or replaced.
    """
    for name, known in known_heads(store).items():
        head = heads[name]
        if head.count < known.count or (head.count == known.count and head != known):
            raise EvidenceError(
                f"{name}.jsonl: конец файла не тот, что был записан: строк {head.count}, "
                f"а было {known.count}; подробно: triage verify"
            )


def known_heads(store: Store) -> dict[str, Head]:
    """Return the ends of the chains as the index remembers them."""
    told = {name: store.meta(_HEAD + name) for name in LOGS}
    return {name: Head.parse(text) for name, text in told.items() if text}


def evidence_problem(store: Store) -> str:
    """Return what the last check found wrong, in words."""
    return store.meta(_PROBLEM)


def proof_of(store: Store, heads: Mapping[str, Head]) -> Proof:
    """Say when every byte was last read, what that found, and where the chains end."""
    on = store.meta(_ON)
    return Proof(heads, date.fromisoformat(on) if on else None, store.meta(_PROBLEM))
