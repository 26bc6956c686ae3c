"""Read a country's `receipts.toml`: who sends fiscal receipts and how they look."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from triage.core.event import EventKind
from triage.core.receipt import Shapes
from triage.edges.tables import Table

FILE = "receipts.toml"
KINDS = (
    EventKind.RECEIPT_REFUND,
    EventKind.RECEIPT_FULL,
    EventKind.RECEIPT_PREPAYMENT,
)
_DATE = ("day", "month", "year", "hour", "minute")


def read_shapes(name: str, data: bytes, problems: list[str]) -> Shapes:
    """Make the shapes of a file; each fault becomes a line of `problems`."""
    file = Table.of(f"{name}/{FILE}", data, problems)
    patterns, kinds = file.table("patterns"), file.table("kinds")
    shapes = Shapes(
        operators=tuple(one.lower() for one in file.texts("operators", needed=True)),
        zone=_zone(file),
        fn=patterns.patterns("fn", "value"),
        fd=patterns.patterns("fd", "value"),
        fpd=patterns.patterns("fpd", "value"),
        issued=patterns.patterns("issued", *_DATE),
        total=patterns.patterns("total", "value"),
        inn=patterns.patterns("inn", "value"),
        seller_inn=patterns.patterns("seller_inn", "value"),
        seller=patterns.patterns("seller", "value"),
        kinds={kind: kinds.patterns(kind) for kind in KINDS},
    )
    for table in (patterns, kinds, file):
        table.done()
    return shapes


def _zone(file: Table) -> ZoneInfo:
    try:
        return ZoneInfo(file.text("timezone"))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        file.problem("timezone: no such zone")
        return ZoneInfo("UTC")
