"""Random lives beside a model of them: on a server of a few lines, with one thing broken at a time."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from letta_contract.contract_tests.model import live

_AGENT = "agent-1"


class _Server:
    """Conversations in a dictionary, behind what a life asks of a bench; `broken` names what is wrong with them."""

    def __init__(self, broken: str = "") -> None:
        self.broken = broken
        self.agent = SimpleNamespace(id=_AGENT)
        self.permission = None
        self.contract = SimpleNamespace(problems=lambda *_: [], expect=lambda *_: None)
        self.trail: list[Any] = []
        self.conversations: dict[str, dict[str, Any]] = {}
        self.messages: dict[str, list[str]] = {}

    def ok(self, operation_id: str, id_: str | None = None, *, query: Any = (), body: Any = None) -> Any:
        method = "GET" if operation_id.startswith(("list", "retrieve")) else "POST"
        self.trail.append(SimpleNamespace(request=SimpleNamespace(method=method), operation=operation_id))
        name = operation_id.split("_", maxsplit=1)[0]
        step: Callable[..., Any] = getattr(self, name if id_ else f"{name}s")
        return step(id_, dict(query), body) if id_ else step(dict(query), body)

    def call(self, operation_id: str, id_: str, **more: Any) -> Any:
        return SimpleNamespace(request=None, reply=self.ok(operation_id, id_, **more) or object())

    def clear(self) -> None:
        self.conversations.clear()
        self.messages.clear()

    def creates(self, query: dict[str, Any], body: dict[str, Any]) -> Any:
        return self._made({"agent_id": query["agent_id"], **body}, [])

    def lists(self, *_: Any) -> Any:
        shown = [one for one in self.conversations.values() if not one["archived"]]
        return [{**one, "summary": "?"} for one in shown] if self.broken == "lists another summary" else shown

    def retrieve(self, id_: str, *_: Any) -> Any:
        other = {"created_at": "2025-01-01T00:00:00Z"} if self.broken == "forgets its age" else {}
        return {**self.conversations[id_], **other}

    def update(self, id_: str, _: Any, body: dict[str, Any]) -> Any:
        one = self.conversations[id_]
        if self.broken == "update hits all":
            for other in self.conversations.values():
                other.update(body)
        one.update(body)
        one["updated_at"] = f"2026-01-01T00:00:{self._second():02}Z"
        if self.broken == "takes nothing for null":
            one["summary"] = one["summary"] or None
        return dict(one)

    def _second(self) -> int:
        return max(59 - len(self.trail), 0) if self.broken == "goes back" else 30

    def delete(self, id_: str, *_: Any) -> Any:
        if self.broken != "delete does nothing":
            del self.conversations[id_]
        return {}

    def fork(self, id_: str, *_: Any) -> Any:
        said = [] if self.broken == "fork forgets" else [*self.messages[id_]]
        made = self._made({**self.conversations[id_], "archived": False}, said)
        if self.broken == "fork shares":
            self.messages[made["id"]] = self.messages[id_]
        return made

    def send(self, id_: str, _: Any, body: dict[str, Any]) -> Any:
        self.messages[id_].append(body["input"])
        return {}

    def recompile(self, id_: str, *_: Any) -> Any:
        if self.broken == "recompile renames":
            self.conversations[id_]["summary"] = "recompiled"
        return ""

    def compact(self, id_: str, *_: Any) -> Any:
        self.messages[id_] = self.messages[id_][-1:]

    def listing(self, id_: str) -> Any:
        return [
            {"id": f"message-{number}", "date": f"at {number}", "message_type": "user_message", "content": text}
            for number, text in enumerate(self.messages[id_])
        ]

    def _made(self, fields: dict[str, Any], said: list[str]) -> Any:
        number = "same" if self.broken == "one id for all" else f"{len(self.trail)}"
        one = {"archived": False, "created_at": "2026-01-01T00:00:00Z", **fields, "id": f"conv-{number}"}
        self.conversations[one["id"]] = one
        self.messages[one["id"]] = said
        return dict(one)


class _Talking(_Server):
    def ok(self, operation_id: str, id_: str | None = None, **more: Any) -> Any:
        if operation_id == "list_conversation_messages" and id_ is not None:
            return self.listing(id_)
        return super().ok(operation_id, id_, **more)


def test_nothing_is_found_on_a_server_that_keeps_its_word() -> None:
    """A server that does what it says lives through any seed."""
    for seed in range(5):
        steps, found = live(_Talking(), seed)  # type: ignore[arg-type]  # all that a life asks of a bench
        assert steps > 30
        assert found is None, found


@pytest.mark.parametrize(
    ("broken", "rules"),
    [
        ("lists another summary", {"STATE-5"}),
        ("forgets its age", {"STATE-1"}),
        ("update hits all", {"STATE-5"}),
        ("delete does nothing", {"STATE-20"}),
        ("fork forgets", {"STATE-39"}),
        ("fork shares", {"STATE-39"}),
        ("recompile renames", {"STATE-1"}),
        ("goes back", {"STATE-17"}),
        ("takes nothing for null", {"STATE-15"}),
        ("one id for all", {"STATE-9", "STATE-20"}),
    ],
)
def test_what_is_broken_is_found_and_named(broken: str, rules: set[str]) -> None:
    """Some seed soon finds each thing that is broken, and tells the rule."""
    told = (live(_Talking(broken), seed)[1] for seed in range(20))  # type: ignore[arg-type]
    found = next((difference for difference in told if difference), None)
    assert found is not None
    assert found.problem.rule in rules


def test_what_is_told_is_short() -> None:
    """The life that is told has no more steps than it takes: a list that shows another summary takes one."""
    _, found = live(_Talking("lists another summary"), 0)  # type: ignore[arg-type]
    assert found is not None
    assert [exchange.operation for exchange in found.exchanges] == ["create_conversation", "list_conversations"]  # type: ignore[attr-defined]


def test_what_may_be_otherwise_is_not_told() -> None:
    """Messages of one date come in either order, and a list may have what is archived (LEVEL-2, STATE-32)."""

    class _Free(_Talking):
        def lists(self, *_: Any) -> Any:
            return list(self.conversations.values())

        def listing(self, id_: str) -> Any:
            return [{**row, "date": "today"} for row in reversed(super().listing(id_))]

    assert all(live(_Free(""), seed)[1] is None for seed in range(20))  # type: ignore[arg-type]
