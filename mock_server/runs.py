"""Turns from the outside: send, the stream of a background run, cancel."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from functools import partial
from itertools import count
from typing import Any
from uuid import uuid4
from weakref import WeakSet

from .event_stream import DONE, encoded, error_message, is_ping, stop_reason
from .inbox import Inbox, approval_message, opened, said_message, waiting_calls
from .record import Conversation, Event, Run
from .refusal import ModelFailure, Refusal, Unreachable
from .reply import Answer, LateReply, Reply, Stream
from .request import Request
from .script import Script, reply_to, script
from .store import LEASE
from .turn import Manner, Turn
from .world import World

_DOCUMENTED_FAILURES = (400, 402, 429, 500, 502, 503, 504)
_POLL = 0.02
"""Seconds between two looks for news of a background run."""
_LOOKS = 50
"""Looks for news between two looks whether there can still be any."""


class Runs:
    """The handlers of the operations that start, follow and stop a turn."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.store = world.store
        self._tasks: set[asyncio.Task[None]] = set()
        self._turns: WeakSet[Turn] = WeakSet()
        """Those under way here."""
        self._unfinished: list[Turn] = []
        """Those that came to their end while the state was out of reach."""
        self._worker = ""
        self._beating: asyncio.Task[None] | None = None

    async def send(self, request: Request) -> Answer:
        """send_conversation_message."""
        self._beat()
        turn = self.store.transact(partial(self._accept, request))
        self._turns.add(turn)
        if not request.field("streaming", default=True):
            whole = partial(self._whole, turn)
            return LateReply(whole) if turn.script.gap else await whole()
        if turn.run.background:
            self._detach(turn)
            return Stream(self._followed(turn.run.id, 0, pings=True))
        return Stream(self._streamed(turn), partial(self._end, turn))

    def _accept(self, request: Request) -> Turn:
        """Take in what was sent, and make the conversation busy. Raises Refusal."""
        conversation = self.world.conversation(request.path["conversation_id"], request.field("agent_id"))
        active = self._active_run(conversation)
        if active is not None and self.store.alive(active.worker):
            raise Refusal(409, f"{active.id} is still running here. Wait for its end, or cancel it.")
        inbox = opened(request, waiting_calls(self.world, conversation))
        played = request.script or (script(inbox.text) if inbox.said else reply_to("what was decided"))
        streaming = request.field("streaming", default=True)
        if played.failure is not None and not streaming:
            raise _model_failure(played.failure)
        if active is not None:
            # Its worker died with it.
            self._stop(conversation, active)
        background = streaming and request.field("background", default=False)
        return self._begin(conversation, inbox, played, _manner(request), background=background)

    async def stream(self, request: Request) -> Stream:
        """retrieve_conversation_stream: replays a background run, and follows it while it runs."""
        conversation = self.world.conversation(request.path["conversation_id"], request.field("agent_id"))
        run = self._background_run(conversation, request.field("run_id"), request.field("otid"))
        after = request.field("starting_after", 0)
        return Stream(self._followed(run.id, after, pings=request.field("include_pings", default=True)))

    async def cancel(self, request: Request) -> Reply:
        """cancel_conversation (STATE-45, STATE-46)."""

        def step() -> dict[str, str]:
            conversation = self.world.conversation(request.path["conversation_id"], request.query.get("agent_id"))
            run = self._active_run(conversation)
            if run is None:
                raise Refusal(409, "Nothing runs here. Cancel while a turn is under way.")
            self._stop(conversation, run)
            return {run.id: "cancelled"}

        return Reply.json(self.store.transact(step))

    def _active_run(self, conversation: Conversation) -> Run | None:
        return self.store.run(conversation.active_run) if conversation.active_run is not None else None

    def _stop(self, conversation: Conversation, run: Run) -> None:
        """Set a conversation free; its turn finds out by itself, and forgets the run that nobody can replay."""
        run.status = "cancelled"
        conversation.active_run = None
        self.store.save_conversation(conversation)
        if run.background or self.store.alive(run.worker):
            self.store.save_run(run)
        else:
            self.store.delete_run(run.id)

    def _begin(
        self, conversation: Conversation, inbox: Inbox, played: Script, manner: Manner, *, background: bool
    ) -> Turn:
        run = Run(self.world.new_id("run"), conversation.id, background, otids=inbox.otids)
        run.worker, run.key = self._worker, str(uuid4())
        conversation.active_run = run.id
        if background:
            if conversation.background_run is not None:
                self.store.delete_run(conversation.background_run)
            conversation.background_run = run.id
        self.store.save_run(run)
        self.store.save_conversation(conversation)
        turn = Turn(self.world, run, played, inbox, manner)
        messages = [approval_message(self.world, sent, inbox.decided) for sent in inbox.approvals[:1]]
        for message in (*messages, *(said_message(self.world, sent) for sent in inbox.said)):
            message.rows = [row | {"run_id": run.id, "step_id": turn.step_id} for row in message.rows]
            self.world.add_message(conversation.id, message)
        return turn

    def _beat(self) -> None:
        """Let other workers know, for as long as a turn is under way, that this one will end what it began."""
        if self._beating is None or self._beating.done():
            self._worker = self._worker or str(uuid4())
            self.store.beat(self._worker)
            self._beating = asyncio.ensure_future(self._keep_beating())

    async def _keep_beating(self) -> None:
        await asyncio.sleep(LEASE / 5)
        while any(not turn.run.ended for turn in self._turns):
            with suppress(Unreachable):
                self.store.beat(self._worker)
                while self._unfinished:
                    self._unfinished[-1].finish()
                    self._unfinished.pop()
            await asyncio.sleep(LEASE / 5)

    def _end(self, turn: Turn) -> None:
        """Finish a turn; where the state is out of reach, as soon as it is back."""
        try:
            turn.finish()
        except Unreachable:
            if turn not in self._unfinished:
                self._unfinished.append(turn)

    async def _whole(self, turn: Turn) -> Reply:
        """A turn as one answer."""
        try:
            return Reply.json(await _result(turn))
        except Unreachable as lost:
            return lost.reply
        finally:
            self._end(turn)

    async def _streamed(self, turn: Turn) -> AsyncGenerator[bytes]:
        """A turn event by event."""
        try:
            async with aclosing(turn.events()) as events:
                async for event in events:
                    yield encoded(event)
            # Whoever reads the end may send at once.
            self._end(turn)
        except Unreachable as lost:
            for event in _lost(turn.run.id, lost):
                yield encoded(event)
        yield DONE

    def _detach(self, turn: Turn) -> None:
        """Let a turn run whether or not anyone listens."""
        task = asyncio.ensure_future(self._logged(turn))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _logged(self, turn: Turn) -> None:
        number = 0
        try:
            async for event in turn.events():
                if "seq_id" in event and event["message_type"] != "error_message":
                    number += 1
                    event = event | {"seq_id": number}  # noqa: PLW2901  # the same event, numbered
                turn.log(event)
        except Unreachable:
            turn.run.status = "failed"
        finally:
            self._end(turn)

    async def _followed(self, run_id: str, after: int, *, pings: bool) -> AsyncGenerator[bytes]:
        """The stream of a background run behind event number `after`; its end is always told."""
        told = False
        try:
            async with aclosing(self._kept(run_id, after)) as events:
                async for event in events:
                    told = told or event["message_type"] == "stop_reason"
                    if pings or not is_ping(event):
                        yield encoded(event)
            ending = [stop_reason("cancelled")]
        except Unreachable as lost:
            ending = _lost(run_id, lost)
        for event in [] if told else ending:
            yield encoded(event)
        yield DONE

    async def _kept(self, run_id: str, after: int) -> AsyncGenerator[Event]:
        """What is kept of a run, and what comes to it for as long as someone plays it."""
        place = 0
        for look in count():
            alone = look % _LOOKS == 0 and not self._is_played(run_id)
            run = self.store.run(run_id)
            ended = run is not None and run.ended  # looked at first: what has ended by now has no more events to come
            events = self.store.events(run_id, place)
            place += len(events)
            for event in events:
                # What has no number ends the stream.
                if (event.get("seq_id") or after + 1) > after:
                    yield event
            if run is None or ended or alone:
                return
            await asyncio.sleep(_POLL)

    def _is_played(self, run_id: str) -> bool:
        """Whether there is someone who will end a run."""
        run = self.store.run(run_id)
        return run is not None and self.store.alive(run.worker)

    def _background_run(self, conversation: Conversation, run_id: str | None, otid: str | None) -> Run:
        known = conversation.background_run
        run = self.store.run(known) if known is not None else None
        if run is not None and run_id in (None, run.id) and (otid is None or otid in run.otids):
            return run
        if run_id is not None or otid is not None:
            raise Refusal(404, "No stream of such a run is kept. Leave `run_id` and `otid` out for the latest.")
        raise Refusal(400, "No run of this conversation has a stream to replay. Send with `background` first.")


def _manner(request: Request) -> Manner:
    return Manner(
        max_steps=request.field("max_steps", 50),
        stream_tokens=request.field("streaming", default=True) and request.field("stream_tokens", default=False),
        pings=request.field("include_pings", default=True),
        types=frozenset(request.field("include_return_message_types", ())),
        client_tools=frozenset(tool["name"] for tool in request.field("client_tools", ())),
    )


def _model_failure(status: int) -> Refusal:
    answered = status if status in _DOCUMENTED_FAILURES else 502 if status >= 500 else 400
    if answered == 400:
        return Refusal(400, f"The model behind the mock server answered {status}, as STUB:HTTP asked it to.")
    kinds = {402: "insufficient_credits", 429: "llm_rate_limit", 504: "llm_timeout"}
    message = "The model behind the mock server failed, as STUB:HTTP asked it to."
    return ModelFailure(answered, kinds.get(answered, "llm_error"), message, f"The model answered {status}.")


async def _result(turn: Turn) -> dict[str, Any]:
    """A whole turn as one MessagesResult."""
    messages: list[Event] = []
    stop = stop_reason("end_turn")
    async with aclosing(turn.events()) as events:
        async for event in events:
            if event["message_type"] == "stop_reason":
                stop = event
            elif event["message_type"] not in ("ping", "usage_statistics"):
                messages.append(event)
    usage = turn.usage.event(turn.run.id)
    return {"messages": messages, "stop_reason": stop, "usage": usage, "logprobs": None, "turns": None}


def _lost(run_id: str, lost: Unreachable) -> list[Event]:
    """How a stream ends whose state is out of reach (SSE-10)."""
    detail = "The state was lost while the stream was under way."
    return [stop_reason("error"), error_message(run_id, str(lost), detail)]
