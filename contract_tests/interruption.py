"""Ctrl-C, and SIGTERM, by which CI servers end what they no longer want."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class Interruption:
    """Whether one came.

    An exception alone would not do: Python drops it in the callback of a garbage collector, which hypothesis has, and
    it would leave behind what a server is just making.
    """

    def __init__(self) -> None:
        self.came = False
        self._postponed = False

    def check(self) -> None:
        """Raise KeyboardInterrupt where one came."""
        if self.came:
            raise KeyboardInterrupt

    @contextmanager
    def postponed(self) -> Iterator[None]:
        """Let what is begun come to its end before one counts; a second one counts at once."""
        self._postponed = True
        try:
            yield
        finally:
            self._postponed = False
        self.check()

    def stop(self, *_: Any) -> None:
        """What a signal does."""
        first, self.came = not self.came, True
        if not (first and self._postponed):
            raise KeyboardInterrupt


@contextmanager
def interruptions() -> Iterator[Interruption]:
    """Both signals raise KeyboardInterrupt, and are told, until the end."""
    interruption = Interruption()
    with handled(interruption.stop):
        yield interruption


@contextmanager
def handled(stop: Callable[..., None]) -> Iterator[None]:
    """Both signals call `stop`, until the end."""
    in_charge = threading.current_thread() is threading.main_thread()  # no other may set handlers
    numbers = (signal.SIGINT, signal.SIGTERM) if in_charge else ()
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
