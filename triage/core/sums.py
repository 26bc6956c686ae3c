"""Sums the law lets one count: exact decimals, rounded once, half up to the kopeck."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

KOPECK = Decimal("0.01")
ONE_DAY = timedelta(days=1)
NOTHING = Decimal(0)
Money = tuple[date, Decimal]  # a sum and the day on which it came
FINE_SHARE = Decimal("0.5")  # of what the court awards: п. 6 ст. 13 of the consumer law


def total(came: Iterable[Money]) -> Decimal:
    """Add up what came."""
    return sum((amount for _, amount in came), NOTHING)


def kopecks(amount: Decimal) -> Decimal:
    """Round half up to the kopeck."""
    return amount.quantize(KOPECK, ROUND_HALF_UP)


def fine(*awarded: Decimal) -> Decimal:
    """Return the fine a court may add to what it awards. Possible only, never due."""
    return kopecks(sum(awarded, NOTHING) * FINE_SHARE)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days on which one sum was owed, both ends included."""

    from_on: date
    to_on: date
    owed: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Debt:
    """A sum that was due, and what of it has come back since."""

    amount: Decimal
    due_on: date  # the last day on which all was still well
    repaid: tuple[Money, ...] = ()

    def left(self, on: date) -> Decimal:
        """Return what is still owed at the end of a day."""
        back = total(money for money in self.repaid if money[0] <= on)
        return max(self.amount - back, NOTHING)

    def stretches(self, until: date) -> Iterator[Stretch]:
        """Cut the delay where money came; its day still counts in full.

        The day after the due day is the first, `until` the last.
        """
        start = self.due_on + ONE_DAY
        paid_on = sorted({day for day, _ in self.repaid if start <= day < until})
        for end in [*paid_on, until]:
            owed = self.left(start - ONE_DAY)
            if start <= end and owed > 0:
                yield Stretch(start, end, owed)
            start = max(start, end + ONE_DAY)
