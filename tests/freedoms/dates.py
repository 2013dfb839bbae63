"""How dates are written, and how fine they are (DOC-7): always the same instants, each time as some server does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from itertools import cycle
from typing import Any

from letta_contract.mock_server.moment import Clock, written

from tests.mutants.mock import Mock

from .freedom import Theme
from .wire import events, objects, values
from .world import world

freedom = Theme("dates")
_NAMES = ("created_at", "updated_at", "last_message_at", "archived_at", "date")
_EAST = timezone(timedelta(hours=5, minutes=30))
_WEST = timezone(timedelta(hours=-9))


def _written(slug: str, what: str, write: Callable[[datetime], str]) -> None:
    """Write each date otherwise."""

    @freedom(slug, what, "DOC-7")
    def _(mock: Mock) -> None:
        _rewrite(mock, write)


def _rewrite(mock: Mock, write: Callable[[datetime], str]) -> None:
    def changed(value: object) -> object:
        for one in objects(value):
            for name in _NAMES:
                text = one.get(name)
                if isinstance(text, str):
                    one[name] = _rewritten(text, write)
        return value

    values(mock, changed)


def _rewritten(text: str, write: Callable[[datetime], str]) -> str:
    try:
        return write(datetime.fromisoformat(text))
    except OverflowError:  # an offset would lead out of the calendar
        return text


_zones = cycle((UTC, _EAST, _WEST))
_written("plus-zero", "Dates end in +00:00.", lambda moment: moment.isoformat())
_written("minus-zero", "Dates end in -00:00.", lambda moment: moment.isoformat().replace("+00:00", "-00:00"))
_written("east", "Dates have the offset +05:30.", lambda moment: moment.astimezone(_EAST).isoformat())
_written("zones", "Dates have another offset each time.", lambda moment: moment.astimezone(next(_zones)).isoformat())
_written("lower-case", "Dates have a lower-case t and z.", lambda moment: written(moment).lower())
_written("nanoseconds", "Dates have nine digits of a second.", lambda moment: written(moment).replace("Z", "000Z"))
_written(
    "trimmed",
    "Dates leave out zeros at the end of a fraction.",
    lambda moment: written(moment).rstrip("Z").rstrip("0").rstrip(".") + "Z",
)


class Coarse(Clock):
    """Tells the time in whole steps, so that many things have one date."""

    def __init__(self, step: timedelta) -> None:
        self._step = step

    def now(self) -> str:
        now = datetime.now(UTC)
        return written(now - (now - datetime.min.replace(tzinfo=UTC)) % self._step)


def _ticks(slug: str, what: str, step: timedelta, timespec: str) -> None:
    @freedom(slug, what, "STATE-23")
    def _(mock: Mock) -> None:
        world(mock).clock = Coarse(step)
        _rewrite(mock, lambda moment: moment.isoformat(timespec="microseconds" if moment.microsecond else timespec))


_ticks("milliseconds", "Dates are fine to the millisecond.", timedelta(milliseconds=1), "milliseconds")
_ticks("seconds", "Dates are fine to the second, and what is of one second comes in any order.", timedelta(seconds=1), "seconds")  # fmt: skip
_ticks("days", "All that is of one day has one date.", timedelta(days=1), "seconds")


class _Wrong(Clock):
    """Tells another time than the client's."""

    def __init__(self, off: timedelta) -> None:
        super().__init__()
        self._off = off

    def now(self) -> str:
        return written(datetime.fromisoformat(super().now()) + self._off)


@freedom("behind", "The server's clock is three years behind.", "STATE-16")
def _(mock: Mock) -> None:
    world(mock).clock = _Wrong(timedelta(days=-3 * 365))


@freedom("ahead", "The server's clock is a day ahead.", "STATE-16")
def _(mock: Mock) -> None:
    world(mock).clock = _Wrong(timedelta(days=1))


@freedom("of-sending", "Events are dated when they are sent, not as the messages that are kept.", "SSE-3")
def _(mock: Mock) -> None:
    def changed(value: dict[str, Any]) -> dict[str, Any]:
        return {**value, "date": written(datetime.now(UTC))} if "date" in value else value

    events(mock, changed)
