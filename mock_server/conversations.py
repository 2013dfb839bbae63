"""Conversations as such: create, list, retrieve, update, delete, fork (STATE-1 to STATE-31)."""

from __future__ import annotations

from functools import partial

from .moment import normalized
from .page import ConversationPage
from .record import Conversation, Shown
from .refusal import Refusal
from .reply import Reply
from .request import Request
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
        return Reply.json(self.store.transact(partial(self._create, request)))

    def _create(self, request: Request) -> Shown:
        agent = self.world.agent(request.query["agent_id"])
        conversation = self.world.new_conversation(agent)
        conversation.shown |= {name: request.field(name) for name in _COPIED}
        conversation.shown["isolated_block_ids"] = [
            self.world.new_id("block") for _label in request.field("isolated_block_labels", [])
        ]
        conversation.hidden = request.field("hidden", default=False)
        self.world.add_system_message(conversation)
        self.store.save_conversation(conversation)
        return _shown(conversation)

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
        if not found and self.world.begin():
            found = self.store.conversations(page)
        return Reply.json([{**shown, "in_context_message_ids": None} for shown in found])

    async def retrieve(self, request: Request) -> Reply:
        """retrieve_conversation."""
        return Reply.json(_shown(self._named(request)))

    async def update(self, request: Request) -> Reply:
        """update_conversation. Null leaves a field as it is, as the 0.16 server has it."""
        return Reply.json(self.store.transact(partial(self._update, request)))

    def _update(self, request: Request) -> Shown:
        conversation = self._named(request)
        # The clock of another machine may be ahead (STATE-17).
        now = max(self.world.clock.now(), conversation.shown["updated_at"] or "")
        given = {name: value for name in (*_COPIED, "archived") if (value := request.field(name)) is not None}
        if "archived" in given and given["archived"] != conversation.shown["archived"]:
            given["archived_at"] = now if given["archived"] else None
        last_message_at = request.field("last_message_at")
        if last_message_at is not None:
            given["last_message_at"] = normalized(last_message_at)
        conversation.shown |= {**given, "updated_at": now, "last_updated_by_id": USER}
        self.store.save_conversation(conversation)
        return _shown(conversation)

    async def delete(self, request: Request) -> Reply:
        """delete_conversation."""
        self.store.transact(lambda: self.store.delete_conversation(self._named(request).id))
        return Reply.json(None)

    async def fork(self, request: Request) -> Reply:
        """fork_conversation: a copy with a system message of its own (STATE-10 to STATE-13)."""
        return Reply.json(self.store.transact(partial(self._fork, request)))

    def _fork(self, request: Request) -> Shown:
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
        fork.in_context = [*taken]
        self.world.add_system_message(fork)
        for message_id in taken:
            self.store.save_message(fork.id, self.world.message(source, message_id))
        self.store.save_conversation(fork)
        return _shown(fork)

    def _named(self, request: Request) -> Conversation:
        return self.world.conversation(request.path["conversation_id"])


def _shown(conversation: Conversation) -> Shown:
    return {**conversation.shown, "in_context_message_ids": conversation.in_context}
