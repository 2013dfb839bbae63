"""`--reload`: what changed on disk is served, once all of it can be."""

from __future__ import annotations

import sys
import threading
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from letta_contract import fixtures
from letta_contract.spec import LettaContractError, resolution
from starlette.types import ASGIApp

from .door import Door
from .news import News
from .settings import Settings

# Looking is cheap for the few files there are, and sees changes on any file system, mounted ones too.
_LOOK = 0.3
"""Seconds between two looks."""
_SUFFIXES = (".yaml", ".yml", ".json", ".sse")

Stamps = dict[Path, tuple[int, int]]


def reload_on_change(door: Door, make_app: Callable[[], ASGIApp], settings: Settings, news: News) -> None:
    """Replace what is behind a door when a file of the document or the fixtures changes, for as long as it is used."""
    watcher = _Watcher(weakref.ref(door), make_app, settings, news)
    threading.Thread(target=watcher.watch, name="reload", daemon=True).start()


class _Watcher:
    def __init__(
        self, door: weakref.ref[Door], make_app: Callable[[], ASGIApp], settings: Settings, news: News
    ) -> None:
        self._door = door
        self._make_app = make_app
        self._settings = settings
        self._news = news
        self._folders = self._used()
        self._known = self._stamps()

    def watch(self) -> None:
        """Look until nobody uses the door."""
        while self._door() is not None:
            time.sleep(_LOOK)
            stamps = self._stamps()
            if stamps != self._known:
                # Whoever saves several files at once is still at it.
                while (later := self._stamps()) != stamps:
                    stamps = later
                    time.sleep(_LOOK)
                changed = sorted({path.name for path, _ in stamps.items() ^ self._known.items()})
                self._known = stamps
                self._reload(", ".join(changed))

    def _reload(self, changed: str) -> None:
        door = self._door()
        if door is None:
            return
        try:
            app = self._make_app()
            self._folders = self._used()
        except LettaContractError as error:
            self._tell(str(error))
        except Exception as error:  # noqa: BLE001  # whatever is wrong with it, the last good one is served
            self._tell(f"{type(error).__name__}: {error}")
        else:
            door.app = app
            # What is watched for the first time has not changed.
            self._known = self._stamps() | self._known
            self._news.error = None
            self._news.reloads += 1
            self._say(f"Reload  {changed}")

    def _tell(self, error: str) -> None:
        self._news.error = error
        self._say(f"Reload  {error}\n        What was good before is still served. Mend it, and it is read again.")

    @staticmethod
    def _say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)  # noqa: T201  # the log

    def _used(self) -> set[Path]:
        """The folders of all files that were read; a file that is missing yet is awaited there."""
        folders = {path.parent for path in resolution.resolve(self._settings.spec).stamps}
        for root in (fixtures.ROOT, self._settings.fixtures):
            if root is not None:
                folders |= {root / "examples", root / "streams", root / "seeds"}
        return folders

    def _stamps(self) -> Stamps:
        stamps = {}
        for folder in self._folders:
            for path in folder.glob("*"):
                with suppress(OSError):  # gone already
                    if path.suffix in _SUFFIXES:
                        status = path.stat()
                        stamps[path] = status.st_mtime_ns, status.st_size
        return stamps
