"""A model that says what it is told to, free of charge and the same each time: as much of OpenAI's API as Letta asks.

It obeys the directives of the mock server (`STUB:SLOW 6 0.25` and so on) in the last message of a user.
It stands by itself, so that a container can run it: `python scripted_model.py --host 0.0.0.0 --port 8399`.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import click
from letta_contract.mock_server.script import Script, reply_to, script
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

MODEL = "gpt-4o-mini"  # a name that Letta takes for OpenAI's, with the context window of it
DIMENSIONS = 1536  # of an embedding, as text-embedding-3-small has them
_USAGE = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}


async def models(_request: Request) -> Response:
    """What there is to choose from."""
    model = {"id": MODEL, "object": "model", "created": 0, "owned_by": "letta-contract"}
    return JSONResponse({"object": "list", "data": [model]})


async def embeddings(request: Request) -> Response:
    """A vector for each text, which is the same for the same text."""
    asked = await request.json()
    texts = asked["input"] if isinstance(asked["input"], list) else [asked["input"]]
    vectors = [
        {"object": "embedding", "index": index, "embedding": _vector(str(text))} for index, text in enumerate(texts)
    ]
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    return JSONResponse({"object": "list", "model": asked.get("model"), "data": vectors, "usage": usage})


async def completions(request: Request) -> Response:
    """One answer to a chat, whole or in chunks."""
    asked = await request.json()
    turn = _turn(asked["messages"])
    if turn.failure is not None:
        error = {"message": "The model fails, as it was told to.", "type": "scripted", "code": "scripted"}
        return JSONResponse({"error": error}, turn.failure)
    head = {"id": "chatcmpl-scripted", "created": 0, "model": asked.get("model", MODEL)}
    if asked.get("stream"):
        return StreamingResponse(_streamed(head, turn, asked), media_type="text/event-stream")
    await asyncio.sleep(turn.gap * len(turn.chunks))
    message: dict[str, Any] = {"role": "assistant", "content": None if turn.tool else turn.text}
    if turn.reasoning:
        message["reasoning_content"] = turn.reasoning
    if turn.tool:
        message["tool_calls"] = [_tool_call(turn.tool, asked)]
    choice = {"index": 0, "message": message, "finish_reason": _finish(turn)}
    return JSONResponse({**head, "object": "chat.completion", "choices": [choice], "usage": _USAGE})


async def _streamed(head: dict[str, Any], turn: Script, asked: dict[str, Any]) -> AsyncIterator[str]:
    chunk = {**head, "object": "chat.completion.chunk"}
    for delta in _deltas(turn, asked):
        yield _event({**chunk, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
        if delta.get("content"):
            await asyncio.sleep(turn.gap)
    yield _event({**chunk, "choices": [{"index": 0, "delta": {}, "finish_reason": _finish(turn)}]})
    yield _event({**chunk, "choices": [], "usage": _USAGE})
    yield "data: [DONE]\n\n"


def _deltas(turn: Script, asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield {"role": "assistant", "content": None if turn.tool else ""}
    if turn.reasoning:
        yield {"reasoning_content": turn.reasoning}
    if turn.tool:
        yield {"tool_calls": [{"index": 0, **_tool_call(turn.tool, asked)}]}
    yield from ({"content": word} for word in turn.chunks)


def _turn(messages: list[dict[str, Any]]) -> Script:
    """What the last user message asks for; what a tool has answered is followed by plain text, else it never ended."""
    said = next((_text(each.get("content")) for each in reversed(messages) if each.get("role") == "user"), "")
    answered = bool(messages) and messages[-1].get("role") == "tool"
    return reply_to(said) if answered else script(said)


def _text(content: Any) -> str:
    """The text of a message; Letta puts that of its users into a JSON object."""
    if isinstance(content, list):
        content = "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    try:
        packed = json.loads(content or "null")
    except ValueError:
        return str(content)
    return str(packed["message"]) if isinstance(packed, dict) and "message" in packed else str(content)


def _tool_call(tool: tuple[str, str], asked: dict[str, Any]) -> dict[str, Any]:
    """A call whose id is the same for the same chat, and another for each call in it."""
    name, arguments = tool
    id_ = "call_" + hashlib.sha256(json.dumps(asked["messages"]).encode()).hexdigest()[:20]
    return {"id": id_, "type": "function", "function": {"name": name, "arguments": arguments}}


def _finish(turn: Script) -> str:
    return "tool_calls" if turn.tool else "stop"


def _event(value: dict[str, Any]) -> str:
    return f"data: {json.dumps(value)}\n\n"


def _vector(text: str) -> list[float]:
    digest = hashlib.sha256(text.encode()).digest()
    return [(byte - 128) / 128 for byte in digest * (DIMENSIONS // len(digest))]


app = Starlette(
    routes=[
        Route("/v1/models", models),
        Route("/v1/embeddings", embeddings, methods=["POST"]),
        Route("/v1/chat/completions", completions, methods=["POST"]),
    ]
)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8399, show_default=True)
def main(host: str, port: int) -> None:
    """Answer until interrupted."""
    import uvicorn

    uvicorn.run(app, host=host, port=port, log_level="warning")


if __name__ == "__main__":
    main()
