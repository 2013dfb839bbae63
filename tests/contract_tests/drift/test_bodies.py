from __future__ import annotations

from typing import Any

import pytest

CONVERSATION = "/v1/conversations/{conversation_id}"
JSON = "application/json"


def told(found: Any) -> list[tuple[str, str, str, str]]:
    return [(one.id, one.side, one.direction, one.severity.word) for one in found]


def stock(entry: Any) -> Any:
    """The 422 of FastAPI, with such entries."""
    detail = {"type": "array", "items": {"type": "object", "properties": {key: {"type": "string"} for key in entry}}}
    schema = {"title": "HTTPValidationError", "type": "object", "properties": {"detail": detail}}
    return {"description": "", "content": {JSON: {"schema": schema}}}


@pytest.mark.parametrize(
    ("media", "subject"), [({}, "body"), ({"schema": {}}, "UpdateConversation")], ids=["no schema", "empty schema"]
)
def test_body_of_which_nothing_is_said(broken: Any, media: Any, subject: str) -> None:
    """A request body without a schema is told, as one with an empty schema is."""
    found = broken(CONVERSATION, "patch", lambda op: op["requestBody"]["content"].update({JSON: media}))
    assert told(found) == [(f"{subject}/says-nothing", "request", "wider", "notable")]


def test_any_media_type_takes_json(broken: Any) -> None:
    """A body and an answer of any media type are compared as JSON ones."""

    def change(operation: Any) -> None:
        for holder in (operation["requestBody"], operation["responses"]["200"]):
            holder["content"] = {"*/*": holder["content"][JSON]}
        operation["requestBody"]["content"]["*/*"]["schema"]["properties"]["summary"]["maxLength"] = 9

    assert told(broken(CONVERSATION, "patch", change)) == [
        ("UpdateConversation.summary/maxLength", "request", "stricter", "breaking")
    ]


@pytest.mark.parametrize(
    ("entry", "differs"), [(("loc", "msg", "type", "input"), False), (("field", "message"), True)], ids=str
)
def test_stock_422_is_known_by_its_entries(broken: Any, entry: Any, *, differs: bool) -> None:
    """FastAPI's own 422 need not require its detail; what only has its name is compared like any other."""
    found = broken(CONVERSATION, "get", lambda op: op["responses"].update({"422": stock(entry)}))
    assert bool(found) is differs


def test_stock_422_is_no_other_error(broken: Any) -> None:
    """The body of a 422 under 404 is another one than the contract's."""
    found = broken(CONVERSATION, "get", lambda op: op["responses"].update({"404": stock(("loc", "msg", "type"))}))
    assert ("Error.detail/type", "response", "other", "breaking") in told(found)


@pytest.mark.parametrize("status", ["4XX", "default"])
def test_range_of_statuses_stands_for_each(broken: Any, status: str) -> None:
    """An error that is documented for a whole range is documented."""
    found = broken(CONVERSATION, "get", lambda op: op["responses"].update({status: op["responses"].pop("404")}))
    assert "status 404/status-missing" not in [one.id for one in found]
