"""What the model gets to see: compact, summarize, recompile (STATE-42 to STATE-44)."""

from __future__ import annotations

from functools import partial
from typing import Any

from .inbox import text_of
from .prompt import compiled_prompt
from .record import Conversation, StoredMessage
from .refusal import Refusal
from .reply import Reply
from .request import Request
from .usage import context_tokens
from .world import World

_CONTEXT_WINDOW = 128_000
_KEPT_SHARE = 0.3
_CLIP = 50_000
_TOLD = {"user_message": "content", "assistant_message": "content", "summary_message": "summary"}
"""The messages that a summary tells of, and the field that it tells."""


class Compaction:
    """The handlers of the operations on the context."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.store = world.store

    async def compact(self, request: Request) -> Reply:
        """compact_conversation."""
        return self._compact(request, request.path["conversation_id"], request.field("agent_id"))

    async def summarize(self, request: Request) -> Reply:
        """summarize_messages: compacts the agent's default conversation."""
        return self._compact(request, "default", request.path["agent_id"])

    async def recompile(self, request: Request) -> Reply:
        """recompile_conversation."""
        return Reply.json(self.store.transact(partial(self._recompile, request)))

    def _recompile(self, request: Request) -> str:
        conversation = self.world.conversation(request.path["conversation_id"], request.field("agent_id"))
        agent = self.world.agent(conversation.agent_id)
        prompt = compiled_prompt(agent, conversation, len(conversation.in_context))
        if not request.query["dry_run"]:
            message = self.world.message(conversation, conversation.in_context[0])
            rows = [row | {"content": prompt} for row in message.rows]
            self.store.save_message(conversation.id, StoredMessage(message.id, rows))
        return prompt

    def _compact(self, request: Request, conversation_id: str, agent_id: str | None) -> Reply:
        settings = request.field("compaction_settings", {})

        def step() -> dict[str, Any]:
            return self._shorten(self.world.conversation(conversation_id, agent_id), settings)

        return Reply.json(self.store.transact(step))

    def _shorten(self, conversation: Conversation, settings: dict[str, Any]) -> dict[str, Any]:
        """Put a summary in the place of the oldest messages; the message list still shows them."""
        system, *seen = conversation.in_context
        kept = _how_many_to_keep(len(seen), settings)
        replaced = seen[: len(seen) - kept]
        if len(replaced) < 2:
            raise Refusal(400, "There is nothing to compact: a summary would be no shorter. Send some messages first.")
        summary = self._summary(conversation, replaced)
        clip = settings.get("clip_chars", _CLIP)
        summary = summary if clip is None else summary[: max(int(clip), 0)]
        before, tokens_before = len(conversation.in_context), context_tokens(conversation)
        message = StoredMessage(self.world.new_id("message"), [])
        conversation.in_context = [system, message.id, *seen[len(replaced) :]]
        after = len(conversation.in_context)
        stats = {
            "trigger": "api_request",
            "context_window": conversation.shown["context_window_limit"] or _CONTEXT_WINDOW,
            "messages_count_before": before,
            "messages_count_after": after,
            "context_tokens_before": tokens_before,
            "context_tokens_after": context_tokens(conversation),
        }
        message.rows = [self.world.row(message.id, "summary_message", summary=summary, compaction_stats=stats)]
        self.store.save_message(conversation.id, message)
        self.store.save_conversation(conversation)
        return {"summary": summary, "num_messages_before": before, "num_messages_after": after}

    def _summary(self, conversation: Conversation, replaced: list[str]) -> str:
        rows = [row for id_ in replaced for row in self.world.message(conversation, id_).rows]
        told = (
            f"{row['message_type'].removesuffix('_message')}: {text_of(row[field])[:200]}"
            for row in rows
            if (field := _TOLD.get(row["message_type"])) is not None
        )
        return "\n".join((f"Summary of {len(replaced)} messages.", *told))


def _how_many_to_keep(seen: int, settings: dict[str, Any]) -> int:
    """How many of the newest messages stay; at least two go, so that the context gets shorter."""
    if settings.get("mode") in ("all", "self_compact_all"):
        return 0
    share: float = settings.get("sliding_window_percentage", _KEPT_SHARE)
    return max(0, min(round(seen * min(max(share, 0.0), 1.0)), seen - 2))
