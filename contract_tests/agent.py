"""The agent that the judge works with: given, made for the run and deleted after it, or found on the server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from .errors import TargetError
from .exchange import Exchange
from .request import Request, request
from .target import Target

_PATH = "/v1/agents/"
_WAY_OUT = "Pass --agent-id (or LETTA_AGENT_ID) with an agent of that server."


@dataclass(frozen=True)
class Agent:
    """An agent's id, and whether the agent itself may be changed: it may when it is ours, or when the user says so."""

    id: str
    writable: bool
    origin: str


@contextmanager
def borrowed(
    target: Target, *, given: str | None, writable: bool, model: str | None, embedding: str | None
) -> Iterator[Agent]:
    """The agent of a run. One that had to be made is deleted at the end, whatever happens meanwhile.

    Raises TargetError where there is none to be had.
    """
    if given:
        yield Agent(given, writable, "given")
        return
    made = _make(target, model, embedding)
    if made:
        try:
            yield Agent(made, writable=True, origin="made for this run")
        finally:
            target.send(Request("DELETE", f"{_PATH}{made}"))
        return
    found = _found(target)
    if not found:
        raise TargetError(f"{target.base_url} has no agent to work with, and none could be made. {_WAY_OUT}")
    yield Agent(found, writable, "that of the first listed conversation")


def _make(target: Target, model: str | None, embedding: str | None) -> str | None:
    """An agent made through the server's agents API; None where it has none, or where no model is known to be cheap."""
    listed = _json(target.send(request("GET", _PATH, query={"limit": 1})))
    if not isinstance(listed, list):
        return None
    first = listed[0] if listed and isinstance(listed[0], dict) else {}
    model = model or first.get("model") or _handle(first.get("llm_config"))
    embedding = embedding or first.get("embedding") or _handle(first.get("embedding_config"))
    if not model:
        raise TargetError(
            f"{target.base_url} lists no agent whose model could be used for one of ours. "
            "Pass --model and --embedding, or --agent-id."
        )
    wanted = {"name": "letta-contract", "model": model, "embedding": embedding, "include_base_tools": False}
    body = {key: value for key, value in wanted.items() if value is not None}
    made = _json(target.send(request("POST", _PATH, body=body)))
    return made["id"] if isinstance(made, dict) and isinstance(made.get("id"), str) else None


def _found(target: Target) -> str | None:
    listed = _json(target.send(request("GET", "/v1/conversations/", query={"limit": 1})))
    first = listed[0] if isinstance(listed, list) and listed and isinstance(listed[0], dict) else {}
    agent_id = first.get("agent_id")
    return agent_id if isinstance(agent_id, str) else None


def _handle(config: Any) -> str | None:
    return config.get("handle") if isinstance(config, dict) else None


def _json(exchange: Exchange) -> Any:
    if exchange.reply is None or exchange.reply.status >= 300:
        return None
    try:
        return json.loads(exchange.reply.content)
    except ValueError:
        return None
