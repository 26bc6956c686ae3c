"""A calculation one can follow: stretches of days, the debt, the rate, the sum of each.

The same rows stand in every form of a letter, and they add up to the total.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from triage.core.sums import NOTHING, Debt, Stretch, kopecks
from triage.core.words import NBSP, roubles

PHRASES = (
    *("table_period", "table_days", "table_owed", "table_rate", "table_sum"),
    *("table_daily", "table_yearly", "table_total", "table_capped"),
)
"""The words that a pack must bring for a table."""

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Days with one debt and one rate, both ends included."""

    from_on: date
    to_on: date
    days: int
    base: Decimal
    rate: Decimal  # per cent of the base: a day, or a year of `year_days`
    year_days: int = 0  # 365 or 366; 0 where the rate is for a day
    sum: Decimal  # within a kopeck of its own exact sum, so that the rows add up


@dataclass(frozen=True, slots=True, kw_only=True)
class Calculation:
    """What has grown on a debt, and how."""

    norm: str  # id of the norm it rests on
    rows: tuple[Row, ...]
    total: Decimal  # not above the cap
    cap: Decimal | None = None  # present only where it cuts the total
    left: Decimal  # what is still owed on the last day

    @property
    def from_on(self) -> date:
        return self.rows[0].from_on

    @property
    def to_on(self) -> date:
        return self.rows[-1].to_on

    @property
    def days(self) -> int:
        return sum(row.days for row in self.rows)

    @property
    def uncapped(self) -> Decimal:
        return sum((row.sum for row in self.rows), NOTHING)


def penalty(
    debt: Debt, per_day: Decimal, until: date, *, norm: str, cap: Decimal | None = None
) -> Calculation | None:
    """Count a daily penalty; None where there is no day of delay.

    `per_day` is a fraction. The cap holds for the whole delay.
    """
    rated = [(stretch, per_day * HUNDRED, 0) for stretch in debt.stretches(until)]
    return total_of(rated, debt, norm=norm, cap=cap)


def total_of(
    rated: Iterable[tuple[Stretch, Decimal, int]],
    debt: Debt,
    *,
    norm: str,
    cap: Decimal | None = None,
) -> Calculation | None:
    """Add up stretches with their rates (per cent, and days of the year or 0)."""
    rows: list[Row] = []
    exact = NOTHING
    for stretch, rate, year_days in rated:
        days = (stretch.to_on - stretch.from_on).days + 1
        before = kopecks(exact)
        exact += stretch.owed * rate * days / HUNDRED / (year_days or 1)
        rows.append(
            Row(
                from_on=stretch.from_on,
                to_on=stretch.to_on,
                days=days,
                base=stretch.owed,
                rate=rate,
                year_days=year_days,
                sum=kopecks(exact) - before,
            )
        )
    if not rows:
        return None
    total = kopecks(exact)
    capped = cap is not None and total > cap
    return Calculation(
        norm=norm,
        rows=tuple(rows),
        total=cap if cap is not None and capped else total,
        cap=cap if capped else None,
        left=debt.left(rows[-1].to_on),
    )


def cells(
    calculation: Calculation, phrases: Mapping[str, str]
) -> tuple[tuple[str, ...], ...]:
    """Write the table: a head, the rows, the total and, where it cuts, the cap."""
    written = [tuple(phrases[name] for name in PHRASES[:5])]
    for row in calculation.rows:
        words = phrases["table_yearly" if row.year_days else "table_daily"]
        written.append(
            (
                f"{row.from_on:%d.%m.%Y}–{row.to_on:%d.%m.%Y}",
                str(row.days),
                roubles(row.base),
                words.format(rate=per_cent(row.rate), days=row.year_days),
                roubles(row.sum),
            )
        )
    sums = [("table_total", calculation.uncapped)]
    if calculation.cap is not None:
        sums.append(("table_capped", calculation.total))
    written += [
        (phrases[name], str(calculation.days) if not n else "", "", "", roubles(total))
        for n, (name, total) in enumerate(sums)
    ]
    return tuple(written)


def plain(table: Iterable[tuple[str, ...]]) -> str:
    """Align a table for plain text: words to the left, numbers to the right.

    All gaps are no-break spaces, so that no program takes them for slips.
    """
    rows = [tuple(cell.replace(" ", NBSP) for cell in row) for row in table]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    gap = NBSP * 2
    return "\n".join(
        gap.join(
            cell.rjust(width, NBSP) if place else cell.ljust(width, NBSP)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )


def per_cent(rate: Decimal) -> str:
    """Write a rate as «0,5 %» or «14 %», with a no-break space."""
    plain_rate = f"{rate.normalize():f}"
    return plain_rate.replace(".", ",") + f"{NBSP}%"
