"""What a scripted agent does when it is spoken to: plain text, or what a `STUB:` directive in it asks for."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

_DIRECTIVE = re.compile(r"STUB:(\w+)\s*(.*)", re.DOTALL)
_WORDS = re.compile(r"\s*\S+\s*")
_MOST_CHUNKS = 10_000
_LONGEST_GAP = 60.0


@dataclass(frozen=True, slots=True)
class Script:
    """One turn: `gap` is the seconds between two chunks of `text`, `failure` the status the model fails with."""

    text: str = ""
    reasoning: str | None = None
    tool: tuple[str, str] | None = None
    """The name of the tool to call, and its arguments as JSON."""
    gap: float = 0.0
    failure: int | None = None

    @property
    def chunks(self) -> list[str]:
        """The text as a token stream cuts it: in words, each with the space behind it."""
        return _WORDS.findall(self.text)


def script(said: str) -> Script:
    """What the agent does when `said` is the last that a user said.

    `STUB:SLOW n s` says n words, s seconds apart. `STUB:TOOL name {json}` calls a tool. `STUB:REASON` thinks first.
    `STUB:HTTP code` fails. `STUB:EMPTY` says nothing. A directive that cannot be read is plain text.
    """
    found = _DIRECTIVE.search(said)
    kind, rest = found.groups() if found else ("", "")
    match kind:
        case "SLOW" if numbers := re.findall(r"\d+(?:\.\d+)?", rest)[:2]:
            count = min(int(float(numbers[0])), _MOST_CHUNKS)
            gap = min(float(numbers[1]), _LONGEST_GAP) if len(numbers) > 1 else 0.0
            return Script(" ".join(f"w{index}" for index in range(count)), gap=gap)
        case "TOOL" if name := re.match(r"[\w.-]+", rest):
            return Script(tool=(name.group(), _arguments(rest)))
        case "REASON":
            return Script("mock answer", reasoning="mock reasoning")
        case "HTTP" if code := re.match(r"[1-9]\d\d", rest):
            return Script(failure=int(code.group()))
        case "EMPTY":
            return Script()
    return reply_to(said)


def reply_to(said: str) -> Script:
    """The plain answer, which tells the end of what was said."""
    return Script("mock reply to: " + said[-60:].replace("\n", " "))


def _arguments(rest: str) -> str:
    """The JSON object behind a tool's name, as text; an empty one where there is none."""
    start = rest.find("{")
    try:
        return json.dumps(json.JSONDecoder().raw_decode(rest[start:])[0]) if start >= 0 else "{}"
    except (ValueError, RecursionError):
        return "{}"
