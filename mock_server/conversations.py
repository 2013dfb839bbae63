"""Conversations as such: create, list, retrieve, update, delete, fork (STATE-1 to STATE-31)."""

from __future__ import annotations

from typing import Any

from .moment import normalized
from .record import Conversation
from .refusal import Refusal
from .reply import Reply
from .request import Request
from .store import ConversationPage, MessagePage
from .world import USER, World

_ARCHIVED = {"unarchived": False, "archived": True, "all": None}
_COPIED = ("summary", "description", "model", "model_settings", "context_window_limit")


class Conversations:
    """The handlers of the operations on conversations."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.store = world.store

    async def create(self, request: Request) -> Reply:
        """create_conversation."""
        agent = self.world.agent(request.query["agent_id"])
        conversation = self.world.new_conversation(agent)
        conversation.shown |= {name: request.field(name) for name in _COPIED}
        conversation.shown["isolated_block_ids"] = [
            self.world.new_id("block") for _label in request.field("isolated_block_labels", [])
        ]
        conversation.hidden = request.field("hidden", default=False)
        self.store.save_conversation(conversation)
        self.world.add_system_message(conversation)
        self.store.save_conversation(conversation)
        return Reply.json(_shown(conversation))

    async def list(self, request: Request) -> Reply:
        """list_conversations."""
        query = request.query
        page = ConversationPage(
            limit=query["limit"],
            order_by=query["order_by"],
            descending=query["order"] == "desc",
            after=query.get("after"),
            agent_id=query.get("agent_id"),
            summary_search=query.get("summary_search"),
            archived=_ARCHIVED[query.get("archive_status", "unarchived")],
        )
        try:
            found = self.store.conversations(page)
        except KeyError as error:
            raise Refusal(404, "There is no such conversation. Give `after` the last one of a page.") from error
        return Reply.json([{**conversation.shown, "in_context_message_ids": None} for conversation in found])

    async def retrieve(self, request: Request) -> Reply:
        """retrieve_conversation."""
        return Reply.json(_shown(self._named(request)))

    async def update(self, request: Request) -> Reply:
        """update_conversation. Null leaves a field as it is, as the 0.16 server has it."""
        conversation = self._named(request)
        now = self.world.clock.now()
        given = {name: value for name in (*_COPIED, "archived") if (value := request.field(name)) is not None}
        if "archived" in given and given["archived"] != conversation.shown["archived"]:
            given["archived_at"] = now if given["archived"] else None
        last_message_at = request.field("last_message_at")
        if last_message_at is not None:
            given["last_message_at"] = normalized(last_message_at)
        conversation.shown |= {**given, "updated_at": now, "last_updated_by_id": USER}
        self.store.save_conversation(conversation)
        return Reply.json(_shown(conversation))

    async def delete(self, request: Request) -> Reply:
        """delete_conversation."""
        self.store.delete_conversation(self._named(request).id)
        return Reply.json(None)

    async def fork(self, request: Request) -> Reply:
        """fork_conversation: a copy with a system message of its own (STATE-10 to STATE-13)."""
        source = self.world.conversation(request.path["conversation_id"], request.query.get("agent_id"))
        taken = source.in_context[1:]
        last = request.query.get("message_id")
        if last is not None:
            if last not in taken:
                raise Refusal(404, "There is no such message in context. Give `message_id` one that is.")
            taken = taken[: taken.index(last) + 1]
        fork = self.world.new_conversation(self.world.agent(source.agent_id))
        fork.shown |= {name: source.shown[name] for name in _COPIED}
        fork.shown["last_message_at"] = source.shown["last_message_at"]
        fork.hidden = request.query.get("hidden", False)
        fork.in_context = taken
        self.store.save_conversation(fork)
        self.world.add_system_message(fork)
        wanted = frozenset(taken)
        page = MessagePage(limit=len(wanted), descending=False, wanted=lambda message: message.id in wanted)
        for message in self.store.messages(source.id, page):
            self.store.save_message(fork.id, message)
        self.store.save_conversation(fork)
        return Reply.json(_shown(fork))

    def _named(self, request: Request) -> Conversation:
        return self.world.conversation(request.path["conversation_id"])


def _shown(conversation: Conversation) -> dict[str, Any]:
    return {**conversation.shown, "in_context_message_ids": conversation.in_context}
