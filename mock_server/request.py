"""What a handler is given: a request that has passed validation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from .reply import Answer
from .script import Script


@dataclass(slots=True)
class Request:
    """Parameters by name, coerced, with the document's defaults filled in; `body` is None where none was sent."""

    path: dict[str, str]
    query: dict[str, Any]
    body: Any = None
    script: Script | None = None
    """What the agent is to say, where a test arranged it."""

    def field(self, name: str, default: Any = None) -> Any:
        """A field of the body; `default` where it is absent, or null, which the contract takes for absent."""
        value = self.body.get(name) if isinstance(self.body, dict) else None
        return default if value is None else value


Handler = Callable[[Request], Awaitable[Answer]]
