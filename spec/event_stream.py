"""What a `text/event-stream` carries and in which order: the `x-event-stream` extension, as its readers need it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from .errors import SpecError
from .operation import Operation, Schema

MEDIA_TYPE = "text/event-stream"
Occurs = Literal["once", "any", "optional"]
_QUANTIFIER = {"once": "", "any": "*", "optional": "?"}


@dataclass(frozen=True)
class Group:
    """One step of a turn: events of these message types, `occurs` times; `event` is their SSE event name, if any."""

    of: tuple[str, ...]
    occurs: Occurs
    event: str | None = None


@dataclass(frozen=True)
class EventStream:
    """The JSON of each event, the text that ends the stream, the types that may come anywhere, and turns by name."""

    events: Schema
    terminator: str
    anywhere: tuple[str, ...]
    turns: dict[str, tuple[Group, ...]]

    @classmethod
    def of(cls, media_type: dict[str, Any]) -> EventStream | None:
        """The stream that a Media Type Object describes; None where it describes none.

        Raises SpecError for an `x-event-stream` that cannot be read.
        """
        raw = media_type.get("x-event-stream")
        if raw is None:
            return None
        try:
            return cls(
                events=raw["events"],
                terminator=raw["terminator"],
                anywhere=tuple(raw.get("anywhere", ())),
                turns={
                    name: tuple(Group(tuple(group["of"]), group["occurs"], group.get("event")) for group in groups)
                    for name, groups in raw["turns"].items()
                },
            )
        except (AttributeError, LookupError, TypeError) as error:
            raise SpecError(
                "x-event-stream cannot be read. See what is wrong with `letta-contract spec lint`."
            ) from error

    @classmethod
    def of_operation(cls, operation: Operation) -> EventStream | None:
        """The stream that an operation answers with status 200; None where it streams nothing."""
        content = operation.statuses.get(200, {}).get("content", {})
        return cls.of(content.get(MEDIA_TYPE, {}))

    @property
    def tag(self) -> str:
        """The property that says which event it is."""
        return str(self.events["discriminator"]["propertyName"])

    def event_name(self, type_: str) -> str | None:
        """The SSE event name that events of a message type bear; None for none."""
        groups = (group for turn in self.turns.values() for group in turn)
        return next((group.event for group in groups if type_ in group.of), None)

    def turn(self, types: Sequence[str]) -> str | None:
        """The name of the first turn that allows this sequence of message types, terminator left out; None for none."""
        sequence = "".join(f"<{name}>" for name in types if name not in self.anywhere)
        for name, groups in self.turns.items():
            pattern = "".join(
                f"(?:{'|'.join(re.escape(f'<{one}>') for one in group.of)}){_QUANTIFIER[group.occurs]}"
                for group in groups
            )
            if re.fullmatch(pattern, sequence):
                return name
        return None


def for_schemathesis(document: dict[str, Any]) -> dict[str, Any]:
    """A copy whose event streams have a schema that schemathesis checks each event by.

    In OpenAPI 3.0 it takes the schema of `text/event-stream` for that of one event, `{data, event, id, retry}`, and
    reads JSON inside `data` where `contentMediaType` says so. Order and terminator are beyond it.
    """
    document = json.loads(json.dumps(document))
    for media_type in _media_types(document):
        stream = EventStream.of(media_type)
        if stream is not None:
            media_type["schema"] = _event_schema(stream)
    copied: dict[str, Any] = json.loads(json.dumps(document))
    return copied


def _event_schema(stream: EventStream) -> Schema:
    # anyOf, since Draft 4, by which 3.0 documents are read, has no `if`.
    payload = {"contentMediaType": "application/json", "contentSchema": stream.events}
    return {
        "type": "object",
        "required": ["data"],
        "properties": {"data": {"type": "string", "anyOf": [{"enum": [stream.terminator]}, payload]}},
    }


def _media_types(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in document["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict) and "responses" in operation:
                for response in operation["responses"].values():
                    if isinstance(response, dict):
                        yield from response.get("content", {}).values()
