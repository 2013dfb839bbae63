"""`--reload`: what changed on disk is served, once all of it can be."""

from __future__ import annotations

import sys
import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path

from letta_contract import fixtures
from letta_contract.spec import LettaContractError
from starlette.types import ASGIApp

from .door import Door
from .news import News

# Looking is cheap for the few files there are, and sees changes on any file system, mounted ones too.
_LOOK = 0.3
"""Seconds between two looks."""
_SUFFIXES = (".yaml", ".yml", ".json", ".sse")

Stamps = dict[Path, tuple[int, int]]


def reload_on_change(door: Door, make_app: Callable[[], ASGIApp], document: Path, news: News) -> None:
    """Replace what is behind a door when a file of the document or the fixtures has changed, as long as it is used."""
    watcher = _Watcher(weakref.ref(door), make_app, (document.resolve().parent, fixtures.ROOT), news)
    threading.Thread(target=watcher.watch, name="reload", daemon=True).start()


class _Watcher:
    def __init__(
        self, door: weakref.ref[Door], make_app: Callable[[], ASGIApp], folders: tuple[Path, ...], news: News
    ) -> None:
        self._door = door
        self._make_app = make_app
        self._folders = folders
        self._news = news
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
                changed = sorted(path.name for path, _ in stamps.items() ^ self._known.items())
                self._known = stamps
                self._reload(", ".join(dict.fromkeys(changed)))

    def _reload(self, changed: str) -> None:
        door = self._door()
        if door is None:
            return
        try:
            app = self._make_app()
        except LettaContractError as error:
            self._tell(str(error))
        except Exception as error:  # noqa: BLE001  # whatever is wrong with it, the last good one is served
            self._tell(f"{type(error).__name__}: {error}")
        else:
            door.app = app
            self._news.error = None
            self._news.reloads += 1
            self._say(f"Reload  {changed}")

    def _tell(self, error: str) -> None:
        self._news.error = error
        self._say(f"Reload  {error}\n        What was good before is still served. Mend it, and it is read again.")

    @staticmethod
    def _say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)  # noqa: T201  # the log

    def _stamps(self) -> Stamps:
        return {
            path: (status.st_mtime_ns, status.st_size)
            for folder in self._folders
            for path in folder.rglob("*")
            if path.suffix in _SUFFIXES and (status := path.stat())
        }
