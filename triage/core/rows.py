"""Tables of goods: one row each, with its sum at the end."""

import re
from decimal import Decimal

from triage.core.words import sums

MOST = 30  # rows that are looked at
_TOTAL = re.compile(r"(?:итого|всего|сумма|к возврату|верн)", re.IGNORECASE)
_SUM = re.compile(r"\d[\d ]*(?:[.,]\d\d?)? ?\S+")


def dealt_below(text: str, end: int) -> list[tuple[Decimal, str]]:
    """Return the sums and names of the goods listed below a place in a text.

    Nothing unless there are several, and they add up to a sum that the text names
    besides: else what the rows are of is not said.
    """
    rows: list[tuple[Decimal, str]] = []
    name, behind = "", end
    for line in text[end:].split("\n", MOST)[:MOST]:
        said, found = line.strip(), sums(line.strip())
        whole = _TOTAL.match(said)
        if len(found) == 1 and not whole and _SUM.fullmatch(said, found[0][0]):
            at, amount = found[0]
            rows.append((amount, said[:at].rstrip(" :–—-") or name))
            name = ""
        elif found or whole or (rows and said and name):
            break
        else:
            name = said
        behind += len(line) + 1
    total = sum((amount for amount, _ in rows), Decimal(0))
    around = (*sums(text[:end]), *sums(text[behind:]))
    is_named = any(amount == total for _, amount in around)
    return rows if len(rows) > 1 and is_named else []
