"""How JSON is written, and what of it is optional (DOC-4, BODY-10, MSG-1)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.mutants.mock import DELETE, MESSAGES, SEND, Mock, is_a, json_of

from .freedom import Theme
from .wire import Whole, answers, bodies, chunks, objects, of_messages, values
from .world import SHOWING, rows_of

freedom = Theme("bodies")
_NULLABLE = ("name", "otid", "sender_id", "step_id", "run_id", "is_err", "seq_id")
_KEPT = (
    "id",
    "agent_id",
    "summary",
    "model",
    "model_settings",
    "last_message_at",
    "archived",
    "archived_at",
    "in_context_message_ids",
)
_MODEL = {"parallel_tool_calls": True, "temperature": 1.0, "max_output_tokens": 4096}


def _dumped(slug: str, what: str, rule: str, dump: Callable[[Any], str]) -> None:
    """Write the JSON of whole answers otherwise."""

    @freedom(slug, what, rule)
    def _(mock: Mock) -> None:
        def changed(whole: Whole) -> None:
            if whole.is_json:
                whole.body = dump(json.loads(whole.body)).encode()

        answers(mock, changed)


def _reordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _reordered(value[name]) for name in reversed(value)}
    return [_reordered(item) for item in value] if isinstance(value, list) else value


_dumped(
    "pretty", "Answers are indented, over several lines.", "DOC-4", lambda value: json.dumps(value, indent=4) + "\n"
)
_dumped("escaped", "Answers are ASCII, with escapes.", "DOC-4", lambda value: json.dumps(value).replace("/", r"\/"))
_dumped("spaced", "Blanks and line ends stand around answers.", "DOC-4", lambda value: f"\r\n\t {json.dumps(value)} \n")


@freedom("escaped-events", "Events are ASCII, with escapes and blanks.", "SSE-2")
def _(mock: Mock) -> None:
    def changed(chunk: bytes) -> list[bytes]:
        value = json_of(chunk)
        data = chunk if value is None else b"data: " + json.dumps(value).encode() + b"\n\n"
        return [b"event: error\n" + data if is_a(chunk, "error_message") else data]

    chunks(mock, changed)


@freedom("keys-reordered", "Keys stand in another order.", "DOC-4")
def _(mock: Mock) -> None:
    values(mock, _reordered)


@freedom("more-fields", "Objects have fields that the document does not know.", "DOC-4")
def _(mock: Mock) -> None:
    def changed(value: Any) -> Any:
        for one in list(objects(value)):
            if {"id", "message_type", "loc", "detail", "error", "stop_reason", "summary"} & set(one):
                one |= {"organization_id": "org-1", "metadata": {"tags": ["a", None, 1.5]}, "Url": None}
        return value

    values(mock, changed)


@freedom("no-nulls", "Fields that are null are left out.", "BODY-10")
def _(mock: Mock) -> None:
    def changed(value: Any) -> Any:
        for one in list(objects(value)):
            for name in [name for name, held in one.items() if held is None]:
                del one[name]
        return value

    values(mock, changed)


@freedom("bare-messages", "Messages have none of the optional fields that all share.", "MSG-1")
def _(mock: Mock) -> None:
    def changed(one: dict[str, Any]) -> None:
        for name in _NULLABLE:
            if one["message_type"] != "error_message":
                one.pop(name, None)

    values(mock, of_messages(changed))


@freedom(
    "bare-conversations",
    "Conversations show what was given, but not when it was made, and by whom.",
    "BODY-10",
)
def _(mock: Mock) -> None:
    mock.values(SHOWING, lambda value, _: _each(value, lambda one: {name: one[name] for name in _KEPT if name in one}))


def _each(value: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    return [change(one) for one in value] if isinstance(value, list) else change(value)


def _lacks(name: str) -> None:
    @freedom(f"no-{name}", f"Conversations show no {name}.", "BODY-10")
    def _(mock: Mock) -> None:
        mock.without(SHOWING, name)

    @freedom(f"null-{name}", f"Conversations show null as {name}.", "BODY-10")
    def _(mock: Mock) -> None:
        mock.fields(SHOWING, **{name: None})


for _name in ("created_at", "updated_at"):
    _lacks(_name)


@freedom("delete-object", "delete answers an object.", "OP-5")
def _(mock: Mock) -> None:
    mock.values(DELETE, lambda _value, request: {"deleted": True, "id": request.path["conversation_id"]})


@freedom("delete-true", "delete answers true.", "OP-5")
def _(mock: Mock) -> None:
    mock.values(DELETE, lambda _value, _request: True)


@freedom("defaults-in-settings", "model_settings are shown with defaults that were not given.", "STATE-8")
def _(mock: Mock) -> None:
    def changed(value: Any, _request: Any) -> Any:
        for one in rows_of(value):
            if one.get("model_settings"):
                one["model_settings"] = _MODEL | one["model_settings"]
        return value

    mock.values(SHOWING, changed)


@freedom("default-model", "A conversation without a model shows that of its agent.", "STATE-8")
def _(mock: Mock) -> None:
    def changed(value: Any, _request: Any) -> Any:
        for one in rows_of(value):
            one["model"] = one["model"] if one["model"] is not None else "mock/echo"
        return value

    mock.values(SHOWING, changed)


@freedom("content-parts", "What was said is shown as a list of text parts.", "MSG-4")
def _(mock: Mock) -> None:
    def changed(one: dict[str, Any]) -> None:
        if one["message_type"] in ("user_message", "assistant_message") and isinstance(one["content"], str):
            one["content"] = [{"type": "text", "text": one["content"]}]

    values(mock, of_messages(changed))


@freedom("logprobs", "Results have empty logprobs and turns, though nobody asked for them.", "BODY-11")
def _(mock: Mock) -> None:
    def changed(value: Any, whole: Whole) -> Any:
        told = {"logprobs": {"content": [], "refusal": []}, "turns": []}
        return value | told if isinstance(value, dict) and "usage" in value else value

    bodies(mock, changed)


@freedom("no-logprobs", "Results have neither logprobs nor turns.", "BODY-11")
def _(mock: Mock) -> None:
    mock.without(SEND, "logprobs")
    mock.without(SEND, "turns")


@freedom("ids-of-users", "Who made and changed a conversation is not told.", "BODY-10")
def _(mock: Mock) -> None:
    mock.without(SHOWING, "created_by_id")
    mock.fields(SHOWING, last_updated_by_id=None)


@freedom("messages-of-another", "Messages have the names of who said them.", "MSG-1")
def _(mock: Mock) -> None:
    mock.fields(MESSAGES, name="someone", sender_id="user-1")


@freedom("floats-in-settings", "Numbers of model_settings that need not be whole are fractions.", "STATE-8")
def _(mock: Mock) -> None:
    def changed(value: Any, _request: Any) -> Any:
        for one in rows_of(value):
            settings = one.get("model_settings") or {}
            if isinstance(settings.get("temperature"), int):
                settings["temperature"] = float(settings["temperature"])
        return value

    mock.values(SHOWING, changed)


@freedom(
    "empty-lists", "Lists of nothing are empty where the mock has null, and null where it has them empty.", "MSG-10"
)
def _(mock: Mock) -> None:
    def changed(one: dict[str, Any]) -> None:
        if one["message_type"] == "tool_return_message":
            one |= {"stdout": one["stdout"] or [], "stderr": one["stderr"] or [], "tool_returns": None}

    mock.fields(SHOWING, isolated_block_ids=None)
    values(mock, of_messages(changed))
