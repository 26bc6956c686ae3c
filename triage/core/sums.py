"""Sums the law lets one count: exact decimals, rounded once, half up to the kopeck."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

KOPECK = Decimal("0.01")


def days_late(due_on: date, until: date) -> int:
    """Count the days of delay: the day after the due day is the first, `until` the last."""
    return max((until - due_on).days, 0)


def penalty(
    base: Decimal, rate_per_day: Decimal, days: int, cap: Decimal | None = None
) -> Decimal:
    """Return the penalty for a number of days of delay, not above its cap."""
    total = base * rate_per_day * days
    if cap is not None:
        total = min(total, cap)
    return total.quantize(KOPECK, ROUND_HALF_UP)
