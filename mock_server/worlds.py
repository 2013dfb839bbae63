"""The worlds of all sessions: in one state, each begun with the same seed."""

from __future__ import annotations

from .seeds import seed
from .settings import Settings
from .state import open_state
from .world import World


class Worlds:
    """Finds or makes the world of a name. Raises StateError and SeedError."""

    def __init__(self, settings: Settings) -> None:
        self.state = open_state(settings.state)
        self._settings = settings
        self._seed = seed(settings.world, settings.fixtures)

    def world(self, name: str = "") -> World:
        """The world of this name, which is begun where there is none yet."""
        return World(self.state.store(name), self._seed)

    def reread(self) -> None:
        """Read the seed again, for worlds that begin from now on. Raises SeedError, and changes nothing."""
        # At one stroke: all worlds share it.
        self._seed |= seed(self._settings.world, self._settings.fixtures)
