"""One media type of one documented response: its examples, and values drawn from its schema."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator
from functools import cached_property
from typing import Any

from letta_contract.spec import EventStream, Operation
from letta_contract.spec.when import properties_of

from .drawn_turn import drawn_turn
from .dynamic import Drawing
from .echo import Echo, Template, page
from .reply import EVENT_STREAM, Answer, Headers, Reply, Stream, encode
from .request import Handler, Request

_EVENT = re.compile(r".*?\n\n|.+", re.DOTALL)
_PAGED = ("after", "before", "limit")


class Medium:
    """Makes handlers that answer one of its values."""

    def __init__(self, operation: Operation, status: int, name: str, raw: dict[str, Any], headers: Headers) -> None:
        """`headers` go with every answer."""
        self.name = name
        self._headers = headers
        self._operation = operation
        self._status = status
        self._raw = raw
        self._schema = raw.get("schema", {})
        self._handlers: dict[str, Handler] = {}
        self.examples = _examples(raw)

    def first(self, seed: int) -> Handler:
        """Answers the first example; where there is none, what `seed` draws."""
        name = next(iter(self.examples), None)
        return self.drawn(seed) if name is None else self.example(name)

    def example(self, name: str) -> Handler:
        """Answers an example by its name."""
        if name not in self._handlers:
            self._handlers[name] = self._answering(self.examples[name])
        return self._handlers[name]

    def drawn(self, seed: int) -> Handler:
        """Answers a value drawn from the schema, the same for the same seed. Raises Refusal where there is none."""
        key = f"{self._operation.id} {self._status} {seed}"
        stream = EventStream.of(self._raw)
        return self._answering(drawn_turn(stream, key) if stream else self._drawing.drawn(key))

    @cached_property
    def _drawing(self) -> Drawing:
        return Drawing(self._schema)

    @cached_property
    def _echo(self) -> Echo:
        return Echo(self._operation, self._schema)

    def _answering(self, value: Any) -> Handler:
        if self.name == "text/event-stream":
            return self._streaming(str(value))
        is_json = self.name.partition(";")[0].endswith("json")
        content = encode(value) if is_json or not isinstance(value, str) else value.encode()
        reply = Reply(self._status, content, self._headers, self.name.encode())
        if is_json and self._status < 300:
            if isinstance(value, dict) and self._echo:
                return self._filling(Template(value), reply)
            if isinstance(value, list) and (self._echo or any(map(self._operation.parameters("query").get, _PAGED))):
                return self._listing(value, reply)

        async def answer(_request: Request) -> Answer:
            return reply

        return answer

    def _filling(self, template: Template, plain: Reply) -> Handler:
        async def answer(request: Request) -> Answer:
            given = self._echo.given(request)
            if not given:
                return plain
            return Reply(self._status, template.filled(given), self._headers, self.name.encode())

        return answer

    def _listing(self, items: list[Any], plain: Reply) -> Handler:
        async def answer(request: Request) -> Answer:
            given = self._echo.given(request)
            part = page(items, request.query)
            if not given and len(part) == len(items):
                return plain
            filled = [item | given if isinstance(item, dict) else item for item in part]
            return Reply(self._status, encode(filled), self._headers, self.name.encode())

        return answer

    def _streaming(self, text: str) -> Handler:
        if self._status != 200:
            reply = Reply(self._status, text.encode(), self._headers, EVENT_STREAM)

            async def whole(_request: Request) -> Answer:
                return reply

            return whole
        events = _numbered(_EVENT.findall(text.replace("\r\n", "\n").replace("\r", "\n")))
        resumes = any(properties_of(self._operation.body_schema, "starting_after"))

        async def answer(request: Request) -> Answer:
            pings = request.field("include_pings", default=True)
            after = request.field("starting_after", 0) if resumes else 0
            # What has no number ends the stream.
            chosen = [
                event for event, kind, number in events if (pings or kind != "ping") and (number or after + 1) > after
            ]
            return Stream(_each(chosen), headers=self._headers)

        return answer


def _numbered(events: list[str]) -> list[tuple[bytes, str, int | None]]:
    """Each event with its type, and with its number: its own, or its place among those that may have one."""
    found: list[tuple[bytes, str, int | None]] = []
    place = 0
    for event in events:
        fields = _fields(event)
        kind, number = fields.get("message_type", ""), None
        if "seq_id" in fields and kind != "error_message":
            number = place = fields["seq_id"] if isinstance(fields["seq_id"], int) else place + 1
        found.append((event.encode(), kind, number))
    return found


def _fields(event: str) -> dict[str, Any]:
    """The JSON object of an event; nothing where it has none."""
    data = "\n".join(line.removeprefix("data:") for line in event.splitlines() if line.startswith("data:"))
    try:
        value = json.loads(data)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _examples(raw: dict[str, Any]) -> dict[str, Any]:
    """The values of a Media Type Object by name; a single one, which has none, is called `example`."""
    examples = {name: one["value"] for name, one in raw.get("examples", {}).items() if "value" in one}
    for holder in (raw, raw.get("schema", {})):
        if not examples and "example" in holder:
            examples = {"example": holder["example"]}
    return examples


async def _each(events: list[bytes]) -> AsyncGenerator[bytes]:
    for event in events:
        yield event
