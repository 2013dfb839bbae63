"""What was made, and shows in no list, or otherwise (STATE-5)."""

from __future__ import annotations

from typing import Any

from letta_contract.mock_server.request import Request

from ..mock import CREATE, LIST, UPDATE, Mock, sources
from ..mutant import Section, subtle

mutant = Section("lifecycle")
_LISTED = "list_conversations/shows-what-was-made"


@mutant("list-without-forks", "Lists leave out forks.", "STATE-5", _LISTED, "retrieve_conversation/random-lives")
def _(mock: Mock) -> None:
    origins = sources(mock)
    mock.values(LIST, lambda items, _: [item for item in items if item["id"] not in origins])


@mutant("list-of-old-names", "Lists show the summary that a conversation was made with.", "STATE-5", _LISTED)
def _(mock: Mock) -> None:
    names: dict[str, Any] = {}
    mock.values(CREATE, lambda value, _: (names.setdefault(value["id"], value["summary"]) and value) or value)
    mock.values(LIST, lambda items, _: [{**item, "summary": names.get(item["id"], item["summary"])} for item in items])


@subtle("list-of-old-settings", "Lists show the first settings that a conversation had.", "STATE-5", _LISTED)
def _(mock: Mock) -> None:
    first: dict[str, Any] = {}

    def note(value: Any, _request: Request) -> Any:
        if value["model_settings"]:
            first.setdefault(value["id"], value["model_settings"])
        return value

    mock.values((CREATE, UPDATE), note)
    mock.values(
        LIST,
        lambda items, _: [{**item, "model_settings": first.get(item["id"], item["model_settings"])} for item in items],
    )


@subtle("list-summary-cut", "Lists show the first 60 characters of a summary.", "STATE-5", _LISTED)
def _(mock: Mock) -> None:
    mock.values(LIST, lambda items, _: [{**item, "summary": (item["summary"] or "")[:60] or None} for item in items])


def _list_field(name: str, value: Any) -> None:
    @mutant(f"list-without-{name}", f"Lists show no {name}.", "STATE-5", _LISTED)
    def _(mock: Mock) -> None:
        mock.fields(LIST, **{name: value})


for _name in ("model", "model_settings", "created_at", "updated_at"):
    _list_field(_name, None)
