"""One turn of a scripted agent, event by event."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, replace
from typing import Any

from .event_stream import error_message, stop_reason
from .inbox import Inbox, text_of
from .record import Event, Row, Run, StoredMessage
from .script import Script, reply_to
from .usage import Usage
from .world import World

PING_EVERY = 5.0
"""Seconds of silence after which a ping says that the turn goes on."""
_LOOK = 0.05
"""Seconds after which a sleeping turn looks whether it was cancelled."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How the client wants to be answered."""

    max_steps: int = 50
    stream_tokens: bool = False
    pings: bool = True
    types: frozenset[str] = frozenset()
    """The only message types to answer with; none is all."""
    client_tools: frozenset[str] = frozenset()
    """The tools that the client runs itself."""


class CancelledTurnError(Exception):
    """Someone cancelled the run, or deleted its conversation."""


class Turn:
    """Plays a script, and keeps what it says. `finish` must be called, whether or not the events were ever read."""

    def __init__(self, world: World, run: Run, script: Script, inbox: Inbox, manner: Manner) -> None:
        self.world = world
        self.run = run
        self.script = script
        self.inbox = inbox
        self.manner = manner
        self.usage = Usage()
        self.step_id = world.new_id("step")

    async def events(self) -> AsyncGenerator[Event]:
        """The stream of the turn, without its terminator."""
        if self.manner.pings:
            yield self._row(self.world.new_id("ping"), "ping")
        try:
            for event in self._returns():
                yield event
            async for event in self._steps():
                yield event
        except CancelledTurnError:
            self.run.status = "cancelled"
            yield stop_reason("cancelled")

    def finish(self) -> None:
        """Set the conversation free for the next turn; what the client did not wait for is cancelled."""
        if self.run.ended:
            return
        if self.run.status == "running":
            self.run.status = "cancelled"
        self.world.store.transact(self._finish)
        self.run.ended = True

    def log(self, event: Event) -> None:
        """Keep an event for those who follow the run."""

        def step() -> None:
            if self._stored() is not None:
                self.world.store.log(self.run.id, event)

        self.world.store.transact(step)

    def _finish(self) -> None:
        store = self.world.store
        if self._stored() is None:
            return
        conversation = store.conversation(self.run.conversation_id)
        if conversation is not None and conversation.active_run == self.run.id:
            conversation.active_run = None
            conversation.last_run_completion = self.world.clock.now()
            store.save_conversation(conversation)
        if self.run.background:
            store.save_run(replace(self.run, ended=True))
        else:
            store.delete_run(self.run.id)

    async def _steps(self) -> AsyncGenerator[Event]:
        script, stop = self.script, "end_turn"
        while True:
            if self.usage.steps >= self.manner.max_steps:
                stop = "max_steps"
                break
            self._look()
            if script.failure is not None:
                for event in self._failure(script.failure):
                    yield event
                return
            async for event in self._step(script):
                yield event
            if script.tool is None:
                break
            if script.tool[0] in self.manner.client_tools:
                stop = "requires_approval"
                break
            script, self.step_id = reply_to(self.inbox.text), self.world.new_id("step")
        self.run.status = "completed"
        yield stop_reason(stop)
        yield self.usage.event(self.run.id)

    async def _step(self, script: Script) -> AsyncGenerator[Event]:
        conversation = self.world.store.conversation(self.run.conversation_id)
        if conversation is None:
            raise CancelledTurnError
        self.usage.add_step(conversation)
        message = StoredMessage(self.world.new_id("message"), [])
        try:
            async for event in self._said(message, script):
                yield event
        finally:
            # What was said before a cancellation was said.
            if message.rows:
                self._keep(message)
        if script.tool is not None and script.tool[0] not in self.manner.client_tools:
            name = script.tool[0]
            for event in self._returned(_outcome(_call_id(message.id), f"mock result of {name}"), name):
                yield event

    async def _said(self, message: StoredMessage, script: Script) -> AsyncGenerator[Event]:
        """Put the rows of one step into a message."""
        if script.reasoning is not None:
            row = self._row(message.id, "reasoning_message", source="reasoner_model", signature=None)
            async for event in self._spoken(message, row, "reasoning", Script(script.reasoning)):
                yield event
        if script.tool is not None:
            message.rows.append(self._call(message.id, script.tool))
            for event in self._wanted(message.rows[-1:]):
                yield event
        elif script.text:
            row = self._row(message.id, "assistant_message")
            async for event in self._spoken(message, row, "content", script):
                yield event

    async def _spoken(self, message: StoredMessage, row: Row, field: str, script: Script) -> AsyncGenerator[Event]:
        """Speak one row: chunk by chunk as deltas, or whole once all of it is there."""
        said = ""
        message.rows.append(row | {field: said})
        for index, chunk in enumerate(script.chunks):
            if index and script.gap:
                async for ping in self._pause(script.gap):
                    yield ping
            said += chunk
            message.rows[-1] = row | {field: said}
            self.usage.add_text(chunk)
            if self.manner.stream_tokens:
                for event in self._wanted([row | {field: chunk}]):
                    yield event
        if not self.manner.stream_tokens:
            for event in self._wanted(message.rows[-1:]):
                yield event

    def _returns(self) -> Iterator[Event]:
        """What becomes of the calls that were decided on."""
        for decision in self.inbox.decided:
            call_id = decision["tool_call_id"]
            if decision["type"] == "tool":
                returned = decision["tool_return"]
                text = returned if isinstance(returned, str) else text_of(returned)
                outcome = _outcome(call_id, text, decision["status"])
                outcome |= {"stdout": decision.get("stdout"), "stderr": decision.get("stderr")}
            elif decision["approve"]:
                outcome = _outcome(call_id, "mock result of an approved call")
            else:
                reason = decision.get("reason") or "no reason given"
                outcome = _outcome(call_id, f"The call was denied: {reason}", "error")
            yield from self._returned(outcome)

    def _returned(self, outcome: dict[str, Any], name: str | None = None) -> list[Event]:
        message = StoredMessage(self.world.new_id("message"), [])
        row = self._row(message.id, "tool_return_message", **outcome, tool_returns=[{"type": "tool", **outcome}])
        message.rows = [row | {"name": name}]
        self._keep(message)
        return self._wanted(message.rows)

    def _call(self, message_id: str, tool: tuple[str, str]) -> Row:
        name, arguments = tool
        call = {"name": name, "arguments": arguments, "tool_call_id": _call_id(message_id)}
        self.usage.add_text(name + arguments)
        kind = "approval_request_message" if name in self.manner.client_tools else "tool_call_message"
        return self._row(message_id, kind, tool_call=call, tool_calls=[call])

    def _failure(self, status: int) -> list[Event]:
        self.run.status = "failed"
        message = "The model behind the mock server failed, as STUB:HTTP asked it to."
        return [stop_reason("llm_api_error"), error_message(self.run.id, message, f"The model answered {status}.")]

    def _row(self, message_id: str, message_type: str, **fields: Any) -> Row:
        row = self.world.row(message_id, message_type, **fields)
        return row | {"run_id": self.run.id, "step_id": None if message_type == "ping" else self.step_id}

    def _wanted(self, rows: list[Row]) -> list[Event]:
        types = self.manner.types
        return [row for row in rows if not types or row["message_type"] in types]

    async def _pause(self, seconds: float) -> AsyncGenerator[Event]:
        """Wait, and say from time to time that it is not over."""
        loop = asyncio.get_running_loop()
        ping_at, end = loop.time() + PING_EVERY, loop.time() + seconds
        while (left := end - loop.time()) > 0:
            await asyncio.sleep(min(left, _LOOK))
            self._look()
            if self.manner.pings and loop.time() >= ping_at:
                ping_at += PING_EVERY
                yield self._row(self.world.new_id("ping"), "ping")

    def _look(self) -> None:
        """Raises CancelledTurnError where someone has stopped this run."""
        run = self._stored()
        if run is None or run.status == "cancelled":
            raise CancelledTurnError

    def _stored(self) -> Run | None:
        """What the store knows of this run; nothing where its conversation is gone."""
        run = self.world.store.run(self.run.id)
        return run if run is not None and run.key == self.run.key else None

    def _keep(self, message: StoredMessage) -> None:
        def step() -> None:
            if self._stored() is not None:
                self.world.add_message(self.run.conversation_id, message)

        self.world.store.transact(step)


def _call_id(message_id: str) -> str:
    return f"call_{hashlib.sha256(message_id.encode()).hexdigest()[:20]}"


def _outcome(call_id: str, text: str, status: str = "success") -> dict[str, Any]:
    return {"tool_return": text, "status": status, "tool_call_id": call_id, "stdout": None, "stderr": None}
