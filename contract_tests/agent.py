"""The agent that the judge works with: given, made for the run and deleted after it, or found on the server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from .errors import TargetError, UsageError
from .exchange import Reply
from .request import Request, request
from .target import Target

MADE = "made for this run"
_PATH = "/v1/agents/"
_CONVERSATIONS = "/v1/conversations/"
_WAY_OUT = "Pass --agent-id (or LETTA_AGENT_ID) with an agent of that server."


@dataclass(frozen=True)
class Agent:
    """An agent's id, and whether the agent itself may be changed: it may when it is ours, or when the user says so."""

    id: str
    writable: bool
    origin: str


@contextmanager
def borrowed(
    target: Target,
    *,
    given: str | None,
    writable: bool,
    model: str | None,
    embedding: str | None,
    read_only: bool = False,
) -> Iterator[Agent]:
    """The agent of a run. One that had to be made is deleted at the end, whatever happens meanwhile.

    With `read_only` none is made, and a given one is taken as it is.
    Raises TargetError where there is none to be had, and UsageError for a given one that the server does not know.
    """
    if given:
        if not read_only:
            _check(target, given)
        yield Agent(given, writable, "given")
        return
    made = None if read_only else _make(target, model, embedding)
    if made:
        try:
            yield Agent(made, writable=True, origin=MADE)
        finally:
            target.send(Request("DELETE", f"{_PATH}{made}"))
        return
    found = _found(target)
    if not found:
        raise TargetError(f"{target.base_url} has no agent to work with, and none could be made. {_WAY_OUT}")
    yield Agent(found, writable, "that of the first listed conversation")


def _check(target: Target, agent_id: str) -> None:
    """A slip in an id would fail every case that needs a conversation. Raises UsageError."""
    reply = target.send(request("POST", _CONVERSATIONS, query={"agent_id": agent_id})).reply
    if reply is not None and reply.status == 404:
        raise UsageError(f"{target.base_url} knows no agent {agent_id!r} (404). Check --agent-id or LETTA_AGENT_ID.")
    made = _id(reply)
    if made:
        target.send(Request("DELETE", f"{_CONVERSATIONS}{quote(made, safe='')}"))


def _make(target: Target, model: str | None, embedding: str | None) -> str | None:
    """An agent made through the server's agents API, with the model of one that it lists, or its default.

    None where it has no such API. Raises TargetError where it names no model, and has no default.
    """
    asked = target.send(request("GET", _PATH, query={"limit": 1}))
    unlisted = asked.status == 405  # agents may be made there all the same
    listed = [] if unlisted else _json(asked.reply)
    if not isinstance(listed, list):
        return None
    first = listed[0] if listed and isinstance(listed[0], dict) else {}
    model = model or first.get("model") or _handle(first.get("llm_config"))
    embedding = embedding or first.get("embedding") or _handle(first.get("embedding_config"))
    wanted = {"name": "letta-contract", "model": model, "embedding": embedding, "include_base_tools": False}
    body = {key: value for key, value in wanted.items() if value is not None}
    made = _id(target.send(request("POST", _PATH, body=body)).reply)
    if made is None and not model and not unlisted:
        raise TargetError(
            f"{target.base_url} lists no agent whose model could be used for one of ours, and has no default. "
            "Pass --model and --embedding, or --agent-id."
        )
    return made


def _found(target: Target) -> str | None:
    listed = _json(target.send(request("GET", _CONVERSATIONS, query={"limit": 1})).reply)
    first = listed[0] if isinstance(listed, list) and listed and isinstance(listed[0], dict) else {}
    agent_id = first.get("agent_id")
    return agent_id if isinstance(agent_id, str) else None


def _handle(config: Any) -> str | None:
    return config.get("handle") if isinstance(config, dict) else None


def _id(reply: Reply | None) -> str | None:
    value = _json(reply)
    return value["id"] if isinstance(value, dict) and isinstance(value.get("id"), str) else None


def _json(reply: Reply | None) -> Any:
    """The JSON of a success; None for everything else."""
    if reply is None or reply.status >= 300:
        return None
    with suppress(ValueError):
        return reply.json
    return None
