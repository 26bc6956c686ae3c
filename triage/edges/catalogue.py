"""The index's table of lines in the list of all orders, as they were last written."""

import json
from collections.abc import Iterable
from dataclasses import asdict

from triage.core.catalogue import Line, read_line
from triage.edges.store import Store


def save(store: Store, lines: Iterable[tuple[str, Line]]) -> None:
    """Put lines in place of what they were; each comes with its pack."""
    store.write_all(
        "catalogue",
        [
            {
                "pack": pack,
                "order_number": line.order,
                "line": json.dumps(asdict(line), ensure_ascii=False, default=str),
            }
            for pack, line in lines
        ],
    )


def lines(store: Store) -> list[Line]:
    """Return the lines of all orders that were ever written out."""
    rows = store.rows("SELECT line FROM catalogue ORDER BY pack, order_number")
    return [read_line(json.loads(row["line"])) for row in rows]
