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
        self._seed = seed(settings.world, settings.fixtures)

    def world(self, name: str = "") -> World:
        """The world of this name, which is begun where there is none yet."""
        return World(self.state.store(name), self._seed)
