"""Take evidence out of the home: a bag that proves itself without this program.

A bag of everything holds the evidence folder as it is, so that its chains can be checked
to the end. A bag of some orders holds their letters and files, and of the two logs the
lines that concern them, each as it stands there.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from triage.core import chain
from triage.core.act import Act, ActKind
from triage.core.chain import Head
from triage.core.entry import is_sha256, read_act, read_sighting
from triage.edges import bag, cases, messages
from triage.edges.ledger import Ledger
from triage.jobs.view import Shelf

WHOLE, PART = "{}.jsonl", "{}-lines.jsonl"
README = "README.txt"


@dataclass(frozen=True, slots=True)
class Exported:
    """What went into a bag."""

    orders: int
    letters: int
    attachments: int


@dataclass(slots=True)
class _Log:
    """The lines of a log that go out, and its head when they were read."""

    name: str
    lines: list[bytes]
    head: Head
    files: set[str]  # that these lines name


def export(
    out: Path,
    shelf_in: Callable[[Path], Shelf],
    chosen: Collection[tuple[str, str]] = (),
    *,
    agent: str,
    on: date,
) -> Exported:
    """Write a bag of some orders, or of everything; the home stays as it is.

    Raises:
        UsageError: there is something of that name.
        EvidenceError: a letter or a file that belongs in it is damaged.
    """
    info = {"Bag-Software-Agent": agent, "Bagging-Date": on.isoformat()}
    with bag.making(out, info) as payload:
        shelf = shelf_in(payload / "orders")
        orders = sorted(chosen or cases.all_orders(shelf.store))
        # The journal first: what it says of the manifest is then in what is read of that.
        journal, manifest = _logs(shelf, orders if chosen else None)
        evidence = payload / "evidence"
        for log in (journal, manifest):
            name = (PART if chosen else WHOLE).format(log.name)
            bag.put(evidence / name, b"".join(line + b"\n" for line in log.lines))
            info[f"Triage-{log.name.capitalize()}-Head"] = str(log.head)
        for sha256 in sorted(manifest.files):
            path = shelf.archive.path(sha256).relative_to(shelf.archive.evidence)
            bag.put(evidence / path, shelf.archive.raw(sha256))
        for sha256 in sorted(journal.files):
            path = shelf.archive.attachment_path(sha256)
            path = path.relative_to(shelf.archive.evidence)
            bag.put(evidence / path, shelf.archive.attachment(sha256))
        shelf.index(line for _, line in shelf.write(orders, anew=True))
        text = shelf.press.readme(
            whole=not chosen, heads={"manifest": manifest.head, "journal": journal.head}
        )
        bag.put(payload / README, text.encode())
    return Exported(len(orders), len(manifest.files), len(journal.files))


def _logs(shelf: Shelf, orders: list[tuple[str, str]] | None) -> tuple[_Log, _Log]:
    """Read both logs once, and keep what concerns the orders; None is everything."""
    evidence = shelf.archive.evidence
    letters = _evidence_of(shelf, orders) if orders is not None else None
    journal = _Log("journal", [], chain.START, set())
    kept: set[str] = set()
    for raw, _ in Ledger(evidence / "journal.jsonl").lines():
        journal.head = Head(journal.head.count + 1, chain.hash_of(raw))
        act = _act(raw)
        if orders is not None and not (
            act and (_concerns(act, orders, letters or set()) or _undoes(act, kept))
        ):
            continue
        journal.lines.append(raw)
        if act:
            kept.add(act.id)
            if act.kind is ActKind.ATTACHED and is_sha256(act.data.get("sha256")):
                journal.files.add(act.data["sha256"])
    manifest = _Log("manifest", [], chain.START, set())
    for raw, _ in Ledger(evidence / "manifest.jsonl").lines():
        manifest.head = Head(manifest.head.count + 1, chain.hash_of(raw))
        sha256 = _sha256(raw)
        if letters is None or sha256 in letters:
            manifest.lines.append(raw)
            manifest.files |= {sha256} - {""}
    return journal, manifest


def _evidence_of(shelf: Shelf, orders: list[tuple[str, str]]) -> set[str]:
    """Name the letters and files that the orders rest on."""
    names = [order for _, order in orders]
    found = {
        row["evidence"]
        for rows in messages.letters_of(shelf.store, names).values()
        for row in rows
    }
    for pack in {pack for pack, _ in orders}:
        of_pack = [order for named, order in orders if named == pack]
        for events in messages.events_of(shelf.store, pack, of_pack).values():
            found |= {event.evidence for event in events}
    return found


def _concerns(
    act: Act, orders: Collection[tuple[str, str]], evidence: Collection[str]
) -> bool:
    """Say whether an act is about one of the orders, or about what they rest on."""
    if act.order is not None:
        return any(
            act.order == order and act.data.get("pack", pack) == pack
            for pack, order in orders
        )
    about = (act.data.get("sha256"), act.data.get("evidence"))
    return any(one in evidence for one in about if one)


def _undoes(act: Act, kept: Collection[str]) -> bool:
    return act.kind is ActKind.UNDONE and act.data.get("act") in kept


def _act(raw: bytes) -> Act | None:
    try:
        return read_act(chain.entry_of(raw))
    except ValueError:  # `verify` names it; a bag of everything takes it along
        return None


def _sha256(raw: bytes) -> str:
    try:
        return read_sighting(chain.entry_of(raw)).sha256
    except ValueError:
        return ""
