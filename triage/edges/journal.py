"""The journal: what is not in the mail, one chained line per act, never rewritten."""

from collections.abc import Iterator
from pathlib import Path

from triage.core.act import Act
from triage.core.chain import Head
from triage.core.entry import act_entry, read_act
from triage.edges import disk
from triage.edges.ledger import Ledger


class Journal:
    """`journal.jsonl` of one evidence folder."""

    def __init__(self, evidence: Path) -> None:
        """Open a journal. Nothing is written before an act is."""
        self.evidence = evidence
        self._ledger = Ledger(evidence / "journal.jsonl")
        self._prepared = False

    def append(self, *acts: Act) -> None:
        """Write acts down, durably and together.

        Raises:
            DiskError: the disk is full or read-only. The acts were not written.
            EvidenceError: the journal was changed by another program meanwhile.
        """
        if not self._prepared:
            disk.make_folders(self.evidence)
            self._prepared = True
        with self._ledger.writing() as write:
            write([act_entry(act) for act in acts])

    def acts(self, after: int = 0) -> Iterator[tuple[Act, int]]:
        """Yield the acts behind a byte offset, each with the offset behind its line.

        A line that cannot be read is passed over: `verify` names it.

        Raises:
            EvidenceError: the journal does not reach to `after`, or no line ends there.
        """
        return self._ledger.entries(after, read_act)

    def head(self) -> Head:
        """Return the head of the journal's chain."""
        return self._ledger.head()
