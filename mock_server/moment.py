"""Dates as the API writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def written(moment: datetime) -> str:
    """A moment in UTC to the microsecond, so that texts sort as what they mean."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def normalized(text: str) -> str:
    """A date that a client sent, as the API writes it; without an offset it is UTC, without a time midnight (TOL-5)."""
    moment = datetime.fromisoformat(text)
    try:
        return written(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except OverflowError:  # an offset that leads out of the calendar
        return written(moment.replace(tzinfo=UTC))


class Clock:
    """Tells the time, and never the same one twice: whatever is made later is dated later."""

    def __init__(self) -> None:
        self._last = datetime.min.replace(tzinfo=UTC)

    def now(self) -> str:
        """The present, or a microsecond after it was last asked."""
        self._last = max(datetime.now(UTC), self._last + timedelta(microseconds=1))
        return written(self._last)
