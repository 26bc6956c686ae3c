"""Interest on money owed by the key rate: article 395 of the Civil Code of Russia.

Which rate held on a day is known from the pack's table up to its confirmed day, and
from what the owner read off the Bank of Russia's site: «14,00 с 27.07.2026».
"""

import re
from calendar import isleap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from triage.core.calculation import Calculation, total_of
from triage.core.sums import ONE_DAY, Debt, Stretch
from triage.core.words import normal, parse_date

_TOLD = re.compile(r"(\d{1,2}(?:[.,]\d{1,2})?) ?%?(?: годовых)?,? (?:с|от) (.+)")


class NoRate(LookupError):
    """The key rate of a day is not known."""

    def __init__(self, on: date) -> None:
        self.on = on
        super().__init__(f"key rate of {on} is not known")


@dataclass(frozen=True, slots=True)
class Rate:
    """A key rate with the days on which it is known to have held."""

    from_on: date
    to_on: date
    percent: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRate:
    """The key rates of a pack. No sum is printed past the confirmed day."""

    rows: tuple[tuple[date, Decimal], ...] = ()  # from that day on, per cent a year
    confirmed_through: date | None = None
    told_for: int = 0  # for how many days a sum stands by the day the owner told a rate

    def rates(self) -> Iterator[Rate]:
        """List the rows, each up to the next or the confirmed day."""
        if self.confirmed_through is None:
            return
        starts = [start for start, _ in self.rows if start <= self.confirmed_through]
        ends = [start - ONE_DAY for start in starts[1:]]
        for (start, percent), end in zip(
            self.rows, [*ends, self.confirmed_through], strict=False
        ):
            yield Rate(start, end, percent)


def read_told(text: str, told_on: date) -> Rate | None:
    """Read what the owner saw on a day: the rate and since when it holds."""
    match = _TOLD.fullmatch(normal(text))
    since = parse_date(match[2], told_on) if match else None
    if match is None or since is None or since > told_on:
        return None
    return Rate(since, told_on, Decimal(match[1].replace(",", ".")))


@dataclass(frozen=True, slots=True)
class Rates:
    """All that is known of the key rate; what was told later stands over the earlier."""

    known: tuple[Rate, ...]

    def on(self, day: date) -> Decimal:
        """Return the rate of a day, per cent a year.

        Raises:
            NoRate: it is not known.
        """
        for rate in reversed(self.known):
            if rate.from_on <= day <= rate.to_on:
                return rate.percent
        raise NoRate(day)

    def through(self, start: date) -> date:
        """Return the last day from `start` on up to which no day lacks its rate."""
        end = start - ONE_DAY
        while ahead := [r.to_on for r in self.known if r.from_on <= end + ONE_DAY]:
            if max(ahead) <= end:
                break
            end = max(ahead)
        return end

    def cut(self, stretch: Stretch) -> Iterator[Stretch]:
        """Cut a stretch where the rate changes, and where a leap year begins or ends."""
        years = range(stretch.from_on.year, stretch.to_on.year + 1)
        edges = {date(y, 1, 1) for y in years if isleap(y) or isleap(y - 1)}
        for rate in self.known:
            edges |= {rate.from_on, rate.to_on + ONE_DAY}
        starts = sorted(e for e in edges if stretch.from_on < e <= stretch.to_on)
        ends = [start - ONE_DAY for start in starts]
        for start, end in zip(
            [stretch.from_on, *starts], [*ends, stretch.to_on], strict=True
        ):
            yield Stretch(start, end, stretch.owed)


def interest(debt: Debt, rates: Rates, until: date, *, norm: str) -> Calculation | None:
    """Count the interest up to and including a day; None where no day is late.

    Raises:
        NoRate: the rate of a day in between is not known.
    """
    rated = _joined(
        (piece, rates.on(piece.from_on), 366 if isleap(piece.from_on.year) else 365)
        for stretch in debt.stretches(until)
        for piece in rates.cut(stretch)
    )
    return total_of(rated, debt, norm=norm)


def _joined(
    rated: Iterable[tuple[Stretch, Decimal, int]],
) -> list[tuple[Stretch, Decimal, int]]:
    """Put neighbours together that differ in nothing but their days."""
    joined: list[tuple[Stretch, Decimal, int]] = []
    for piece, percent, year_days in rated:
        last = joined[-1] if joined else None
        if last and (last[0].owed, *last[1:]) == (piece.owed, percent, year_days):
            joined[-1] = (replace(last[0], to_on=piece.to_on), percent, year_days)
        else:
            joined.append((piece, percent, year_days))
    return joined
