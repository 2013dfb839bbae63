"""Ctrl-C, and SIGTERM, by which CI servers end what they no longer want."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def interruptions() -> Iterator[Callable[[], bool]]:
    """Raise KeyboardInterrupt on either signal; what is yielded says whether one came.

    Python drops an exception that is raised in the callback of a garbage collector, which hypothesis has: so ask.
    """
    came = threading.Event()

    def stop(*_: Any) -> None:
        came.set()
        raise KeyboardInterrupt

    in_charge = threading.current_thread() is threading.main_thread()  # no other may set handlers
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM) if in_charge}
    try:
        yield came.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
