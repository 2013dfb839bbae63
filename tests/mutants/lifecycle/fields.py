"""Fields that are kept otherwise than they were given (STATE-8, STATE-15)."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from letta_contract.mock_server.request import Request

from ..mock import CREATE, RETRIEVE, UPDATE, Mock
from ..mutant import subtle

_KEEPS = "create_conversation/keeps-what-was-given"


def _summary(slug: str, what: str, change: Callable[[str], str | None]) -> None:
    @subtle(slug, what, "STATE-8", _KEEPS)
    def _(mock: Mock) -> None:
        def changed(request: Request) -> Request:
            summary = request.field("summary")
            return request if summary is None else replace(request, body={**request.body, "summary": change(summary)})

        mock.requests((CREATE, UPDATE), changed)


_summary("summary-cut", "A summary is cut to 100 characters.", lambda text: text[:100])
_summary("summary-ascii", "A summary loses what is not ASCII.", lambda text: text.encode("ascii", "replace").decode())
_summary(
    "summary-bmp",
    "A summary loses what is beyond U+FFFF.",
    lambda text: "".join("?" if c > "\uffff" else c for c in text),
)
_summary("summary-escaped", "A summary is kept as HTML.", html.escape)
_summary("summary-stripped", "A summary loses the space around it.", str.strip)
_summary("summary-empty-null", "A summary of no characters is taken for none.", lambda text: text or None)
_summary("summary-folded", "A summary is kept on one line.", lambda text: " ".join(text.split("\n")))
_summary("summary-normal", "A summary is normalized.", lambda text: unicodedata.normalize("NFKC", text))


def _settings(slug: str, what: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    @subtle(slug, what, "STATE-8", _KEEPS)
    def _(mock: Mock) -> None:
        def changed(request: Request) -> Request:
            settings = request.field("model_settings")
            if settings is None:
                return request
            return replace(request, body={**request.body, "model_settings": change(settings)})

        mock.requests((CREATE, UPDATE), changed)


_settings(
    "settings-truthy", "model_settings lose what is false or 0.", lambda given: {k: v for k, v in given.items() if v}
)
_settings(
    "settings-format",
    "model_settings lose response_format.",
    lambda given: {k: v for k, v in given.items() if k != "response_format"},
)
_settings(
    "settings-reasoning",
    "model_settings lose their objects.",
    lambda given: {k: v for k, v in given.items() if not isinstance(v, dict)},
)


@subtle("settings-shared", "All settings of one provider are one object, which each create changes.", "STATE-1", _KEEPS)
def _(mock: Mock) -> None:
    shared: dict[str, dict[str, Any]] = {}

    def changed(request: Request) -> Request:
        settings = request.field("model_settings")
        if settings is not None:
            shared.setdefault(settings["provider_type"], {}).update(settings)
        return request

    def shown(value: Any, _request: Request) -> Any:
        settings = value["model_settings"]
        return {**value, "model_settings": settings and shared.get(settings["provider_type"], settings)}

    mock.requests(CREATE, changed)
    mock.values((CREATE, RETRIEVE), shown)


@subtle("settings-left", "What create is not told of the settings, it takes from the one before.", "STATE-8", _KEEPS)
def _(mock: Mock) -> None:
    left: dict[str, Any] = {}

    def filled(settings: dict[str, Any]) -> dict[str, Any]:
        left.update(settings)
        return dict(left)

    def changed(request: Request) -> Request:
        settings = request.field("model_settings")
        return (
            request if settings is None else replace(request, body={**request.body, "model_settings": filled(settings)})
        )

    mock.requests(CREATE, changed)


@subtle("create-one-field", "create keeps one field of several.", "STATE-8", _KEEPS)
def _(mock: Mock) -> None:
    _one_field(mock, CREATE)


@subtle(
    "update-one-field",
    "update changes one field of several.",
    "STATE-15",
    "retrieve_conversation/shows-what-was-updated",
)
def _(mock: Mock) -> None:
    _one_field(mock, UPDATE)


def _one_field(mock: Mock, operation_id: str) -> None:
    def first(request: Request) -> Request:
        given = {name: value for name, value in (request.body or {}).items() if value is not None}
        return replace(request, body=dict(list(given.items())[:1]))

    mock.requests(operation_id, first)
