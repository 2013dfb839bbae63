"""What to say to a model to make it slow, fail, or call a tool."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Prompts:
    """The text of each; the defaults work with scripted models that take such directives, as the mock server does.

    Where one has no effect, what needs it is unsupported.
    """

    slow: str = "STUB:SLOW 16 0.08"
    fail: str = "STUB:HTTP 500"
    tool: str = 'STUB:TOOL contract_probe {"city": "Lisbon"}'
    broke: str = "STUB:HTTP 402"
