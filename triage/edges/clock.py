"""The only reader of time. Everything else is told what time it is."""

from collections.abc import Callable
from datetime import UTC, datetime

from triage.errors import UsageError

Clock = Callable[[], datetime]
"""Returns an aware UTC instant."""


YEARS = range(2000, 2101)  # in which one may pretend to be


def system_clock() -> datetime:
    """Return the present instant in UTC."""
    return datetime.now(UTC)


def fixed_clock(instant: datetime) -> Clock:
    """Return a clock that stands still at an aware instant."""
    utc = instant.astimezone(UTC)
    return lambda: utc


def parse_instant(text: str) -> datetime:
    """Read an ISO 8601 instant with its offset.

    Raises:
        UsageError: it is no instant, or says nothing of its offset.
    """
    form = "2026-11-23T09:00:00+03:00"
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"--now: не момент времени: {text!r}; пишите так: {form}"
        ) from None
    if instant.tzinfo is None:
        raise UsageError(
            f"--now: не указан часовой пояс: {text!r}; добавьте смещение, например: "
            f"{instant.isoformat()}+03:00"
        )
    if instant.year not in YEARS:
        raise UsageError(f"--now: год {instant.year} не из {YEARS[0]}–{YEARS[-1]}")
    return instant.astimezone(UTC)
