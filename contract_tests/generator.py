"""schemathesis, in-process: requests drawn from the document, and sequences along its links.

It generates; what is right is judged by the contract itself. Nothing is learned from a target and kept: no cache, no
example database. The same seed draws the same requests, up to the ids that the server makes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import hypothesis
import requests
import schemathesis
from hypothesis import strategies as st
from letta_contract.spec import operations
from letta_contract.spec.event_stream import for_schemathesis
from schemathesis.generation import GenerationMode

from .request import Request
from .seeded import ignore_our_constants

_OWN_HEADERS = frozenset(
    [
        "accept",
        "accept-encoding",
        "authorization",
        "connection",
        "content-length",
        "host",
        "user-agent",
        "x-schemathesis-testcaseid",
    ]
)
_PREPARED = ("method", "url", "headers", "params", "json", "data", "files", "cookies")
_MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


class Generator:
    """The document as schemathesis sees it; `seed` fixes what it draws."""

    def __init__(self, document: dict[str, Any], seed: int) -> None:
        ignore_our_constants()
        self._document = document
        self.seed = seed

    def ready(self) -> None:
        """Do now what takes long the first time that something is drawn."""
        _ = self._operations

    def examples(self, operation_id: str) -> list[Request]:
        """The requests that the document's own examples make."""
        found: list[Request] = []
        strategies = self._operations[operation_id].get_strategies_from_examples()
        if strategies:  # all in one draw: to begin one takes longer than what it draws
            self._draw(st.tuples(*strategies), 1, lambda cases: found.extend(map(wire, cases)))
        return found

    def requests(
        self, operation_id: str, count: int, visit: Callable[[Request], None], path: dict[str, str] | None = None
    ) -> None:
        """Show `visit` up to `count` requests, valid and broken; half of them on `path`, where it is given."""
        operation = self._operations[operation_id]
        pinned = [operation.as_strategy(generation_mode=mode, path_parameters=path) for mode in _MODES] if path else []
        strategies = [*pinned, *(operation.as_strategy(generation_mode=mode) for mode in _MODES)]
        self._draw(st.one_of(strategies), count, lambda case: visit(wire(case)))

    def machine(self) -> Any:
        """A state machine class that follows the document's links."""
        return self.schema.as_state_machine()

    def settings(self, count: int, **more: Any) -> hypothesis.settings:
        """Hypothesis' settings for `count` examples that are only generated: failures are recorded, not shrunk."""
        return hypothesis.settings(
            max_examples=count,
            database=None,
            deadline=None,
            phases=[hypothesis.Phase.generate],
            suppress_health_check=list(hypothesis.HealthCheck),
            **more,
        )

    @cached_property
    def schema(self) -> Any:
        """The document, loaded by schemathesis with a configuration of ours, never one lying about."""
        config = schemathesis.Config.from_dict({"cache": {"enabled": False}})
        document = for_schemathesis(self._document)
        # The token is the target's business. As a parameter that no link gives, it would also keep schemathesis from
        # asking whether what was made is there.
        document.pop("security", None)
        for operation in operations(document):
            _choose_form(operation.body_schema or {})
        return schemathesis.openapi.from_dict(document, config=config)

    @cached_property
    def _operations(self) -> dict[str, Any]:
        found = (result.ok() for result in self.schema.get_all_operations())
        return {operation.definition.raw["operationId"]: operation for operation in found}

    def _draw(self, strategy: Any, count: int, visit: Callable[[Any], None]) -> None:
        @hypothesis.seed(self.seed)
        @self.settings(count)
        @hypothesis.given(case=strategy)
        def draw(case: Any) -> None:
            visit(case)

        draw()


def _choose_form(schema: dict[str, Any]) -> None:
    """Of an object with two forms that exclude each other, keep the second, in place.

    What the first may hold is tried field by field in cases of its own; to draw both forms takes ten times as long.
    """
    forms = [form for form in schema.get("anyOf", ()) if "required" in form and "properties" in schema]
    if forms:
        del schema["anyOf"]
        schema["required"] = forms[-1]["required"]
        for name, part in forms[-1]["properties"].items():
            if part.get("enum") == [None]:
                del schema["properties"][name]


def wire(case: Any) -> Request:
    """A schemathesis case as it would go over the wire; the token is the target's business."""
    kwargs = case.as_transport_kwargs(base_url="http://target.invalid")
    prepared = requests.Request(**{key: value for key, value in kwargs.items() if key in _PREPARED}).prepare()
    url = urlsplit(prepared.url or "")
    body: Any = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body
    return Request(
        prepared.method or case.method,
        url.path,
        url.query,
        tuple(_headers(prepared.headers)),
        body or None,
    )


def _headers(headers: Any) -> Iterator[tuple[str, str]]:
    for name, value in headers.items():
        text = value.decode("latin-1") if isinstance(value, bytes) else value
        if name.lower() not in _OWN_HEADERS:
            yield name, text
