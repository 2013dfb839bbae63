"""The world of a stateful mock: its store, its ids and its clock, and how things in it are found."""

from __future__ import annotations

from functools import partial
from hashlib import sha256
from itertools import groupby
from typing import Any
from uuid import UUID

from .moment import Clock
from .prompt import compiled_prompt
from .record import Agent, Conversation, Row, StoredMessage
from .refusal import Refusal
from .store import Store

USER = "user-00000000-0000-4000-8000-000000000000"
_ROW = dict.fromkeys(("name", "otid", "sender_id", "step_id", "run_id", "is_err", "seq_id"))


class World:
    """Everything that the handlers of a stateful mock share."""

    def __init__(self, store: Store, seed: dict[str, Any]) -> None:
        """A world that is new begins with the seed, which is never changed."""
        self.store = store
        self.clock = Clock()
        self._seed = seed
        self.begin()

    def begin(self) -> bool:
        """Sow a world that is empty, a new one or one that its state has lost; whether it was."""
        return self.store.transact(self._begin)

    def reset(self) -> None:
        """Begin again with the seed."""

        def step() -> None:
            self.store.clear()
            self._begin()

        self.store.transact(step)

    def new_id(self, kind: str) -> str:
        """An id that was never given before: `kind-UUID4`, the same in each run of the server."""
        digest = sha256(f"{kind} {self.store.tick()}".encode()).digest()
        return f"{kind}-{UUID(bytes=digest[:16], version=4)}"

    def agent(self, agent_id: str) -> Agent:
        """Find an agent. Raises Refusal with 404."""
        agent = self.store.agent(agent_id)
        if agent is None and self.begin():
            agent = self.store.agent(agent_id)
        if agent is None:
            raise Refusal(404, f"There is no agent {_shown(agent_id)}. Name one that the server knows.")
        return agent

    def conversation(self, conversation_id: str, agent_id: str | None = None) -> Conversation:
        """Find a conversation by any form of its id (ID-12, ID-13, ID-16). Raises Refusal with 404."""
        if conversation_id == "default":
            if agent_id is None:
                raise Refusal(404, "`default` is no conversation without an agent. Give its id as `agent_id`.")
            conversation_id = self.agent(agent_id).id
        conversation = self.store.conversation(conversation_id)
        if conversation is None and self.begin():
            conversation = self.store.conversation(conversation_id)
        if conversation is None:
            raise Refusal(404, f"There is no conversation {_shown(conversation_id)}. List those that there are.")
        return conversation

    def new_conversation(self, agent: Agent, conversation_id: str | None = None) -> Conversation:
        """Make a conversation that holds nothing but its system message; it has still to be saved."""
        now = self.clock.now()
        id_ = conversation_id or self.new_id("conv")
        shown = dict.fromkeys(_FIELDS) | {
            "id": id_,
            "agent_id": agent.id,
            "archived": False,
            "created_at": now,
            "updated_at": now,
            "created_by_id": USER,
            "last_updated_by_id": USER,
            "isolated_block_ids": [],
        }
        return Conversation(id_, self.store.tick(), shown)

    def add_system_message(self, conversation: Conversation) -> None:
        """Begin a conversation with the prompt that its agent gives it; the conversation has still to be saved."""
        prompt = compiled_prompt(self.agent(conversation.agent_id), conversation, messages=1)
        message = StoredMessage(self.new_id("message"), [])
        message.rows = [self.row(message.id, "system_message", content=prompt)]
        conversation.in_context.insert(0, message.id)
        self.store.save_message(conversation.id, message)

    def add_message(self, conversation_id: str, message: StoredMessage) -> None:
        """Add to what was said and to what the model sees; a conversation deleted meanwhile stays deleted."""
        self.store.transact(partial(self._add_message, conversation_id, message))

    def message(self, conversation: Conversation, message_id: str) -> StoredMessage:
        """One of the messages in context."""
        message = self.store.message(conversation.id, message_id)
        assert message is not None, f"{message_id} is in context and yet not stored"
        return message

    def row(self, message_id: str, message_type: str, **fields: Any) -> Row:
        """A message as the API shows it, dated now."""
        return {"id": message_id, "date": self.clock.now(), **_ROW, "message_type": message_type, **fields}

    def add_agent(self, agent: Agent, messages: list[Row] | None = None) -> None:
        """Let in someone to have conversations with, and give it its default one."""

        def step() -> None:
            self.store.save_agent(agent)
            conversation = self.new_conversation(agent, agent.id)
            self._sow_messages(conversation, messages or [])
            self.store.save_conversation(conversation)

        self.store.transact(step)

    def _begin(self) -> bool:
        is_new = self.store.claim()
        if is_new:
            self._sow(self._seed)
        return is_new

    def _add_message(self, conversation_id: str, message: StoredMessage) -> None:
        conversation = self.store.conversation(conversation_id)
        if conversation is not None:
            conversation.in_context.append(message.id)
            conversation.shown["last_message_at"] = self.clock.now()
            self.store.save_message(conversation_id, message)
            self.store.save_conversation(conversation)

    def _sow(self, seed: dict[str, Any]) -> None:
        messages: dict[str, list[Row]] = seed["messages"]
        for fields in seed["agents"]:
            self.add_agent(Agent(**fields), messages.get(fields["id"]))
        for fields in sorted(seed["conversations"], key=lambda fields: str(fields["created_at"])):
            shown = {name: value for name, value in fields.items() if name not in ("hidden", "in_context_message_ids")}
            conversation = Conversation(fields["id"], self.store.tick(), dict.fromkeys(_FIELDS) | shown)
            conversation.hidden = fields.get("hidden", False)
            self._sow_messages(conversation, messages.get(conversation.id, []))
            conversation.in_context = [*(fields.get("in_context_message_ids") or conversation.in_context)]
            self.store.save_conversation(conversation)

    def _sow_messages(self, conversation: Conversation, rows: list[Row]) -> None:
        for message_id, group in groupby(rows, key=lambda row: str(row["id"])):
            message = StoredMessage(message_id, [_ROW | row for row in group])
            self.store.save_message(conversation.id, message)
            conversation.in_context.append(message_id)
        if not rows:
            self.add_system_message(conversation)


_FIELDS = (
    *("id", "agent_id", "summary", "description", "archived", "archived_at", "created_at", "updated_at"),
    *("last_message_at", "created_by_id", "last_updated_by_id", "context_window_limit", "model", "model_settings"),
    "isolated_block_ids",
)


def _shown(id_: str) -> str:
    """An id in an error message, not longer than ids are."""
    return repr(id_ if len(id_) <= 42 else f"{id_[:41]}…")
