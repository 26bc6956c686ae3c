"""Read one file that the owner gave: runs in a child process, as letters do."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from triage.core.event import Certainty, Event, EventKind
from triage.core.message import Where
from triage.core.naming import in_text
from triage.core.pack import Packs
from triage.core.receipt import Receipt, read_receipt
from triage.core.receipt_letter import FISCAL, shop_of
from triage.core.record import event_row
from triage.core.words import normal
from triage.edges import pdf

NO_RECEIPT = "no-receipt"  # a PDF in which no receipt can be seen
NO_KIND = "no-kind"  # a receipt that does not say what was settled
SEVERAL = "several-receipts"  # in one file: their sums and kinds cannot be told apart
DAMAGED = "damaged"


def read_file(task: Mapping[str, Any], packs: Packs) -> dict[str, Any]:
    """Read a receipt from a PDF: its event without an order, or a problem in a word."""
    path = Path(task["file"])
    if path.stat().st_size <= pdf.LARGEST:
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != task["evidence"]:
            return {"problem": DAMAGED}
    try:
        text = pdf.text_of(path)
    except pdf.NotReadError as problem:
        return {"problem": str(problem)}
    receipt = read_receipt(text, packs.receipts)
    if receipt.several:
        return {"problem": SEVERAL}
    if receipt.kind is None:
        return {"problem": NO_KIND if receipt.is_fiscal else NO_RECEIPT}
    market = shop_of(receipt.inns, packs)
    named = f"{normal(task['name'])}\n{normal(text)}"
    return {
        "receipt": event_row(
            _event(task, receipt.kind, receipt, market.id if market else "")
        ),
        "orders": {
            one.id: list(in_text(named, one.identifiers).orders)
            for one in packs.marketplaces
        },
        "problem": "",
    }


def _event(
    task: Mapping[str, Any], kind: EventKind, receipt: Receipt, pack: str
) -> Event:
    """Make the event, sure only where the receipt is the marketplace's own."""
    given_at = datetime.fromisoformat(task["given_at"])
    issued_at = receipt.issued_at or given_at
    return Event(
        kind=kind,
        at=min(issued_at, given_at),
        pack=pack,
        order="",
        certainty=receipt.certainty if pack else Certainty.GUESS,
        recogniser=FISCAL,
        evidence=task["evidence"],
        quote=receipt.quote,
        where=Where.FILE,
        attributes=receipt.attributes,
    )
