"""Worlds in Redis, which the workers of several machines share.

A step watches what it reads and writes all at once; where someone else wrote meanwhile, it is done anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from itertools import islice
from typing import Any
from urllib.parse import quote

from .page import ConversationPage, MessagePage
from .record import Agent, Conversation, Event, Run, Shown, StoredMessage
from .redis_catalogue import Catalogue, at_once, members_in
from .redis_client import WatchError, connect, reaching
from .redis_step import Fields, Step
from .store import LEASE, Result

_ADD_MESSAGE = """
redis.call('ZADD', KEYS[1], 'NX', redis.call('ZCARD', KEYS[1]), ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
"""
"""A message keeps the place that it has; a new one gets the next."""
_dump = partial(json.dumps, separators=(",", ":"))


class RedisState:
    """One database. Raises StateError where it cannot be reached."""

    def __init__(self, url: str) -> None:
        self._stores: dict[str, RedisStore] = {}
        self.client = connect(url)

    def store(self, world: str) -> RedisStore:
        """Where the world of this name is kept."""
        return self._stores.setdefault(world, RedisStore(self.client, world))

    def close(self) -> None:
        """Close the connections."""
        self.client.close()


class RedisStore:
    """One world: a hash for each conversation, and sorted sets by which lists find their way."""

    def __init__(self, client: Any, world: str) -> None:
        self.client = client
        self._prefix = f"letta-contract:{quote(world, safe='')}:"
        self._step: Step | None = None
        self._catalogue = Catalogue(client, self._key)

    @reaching()
    def transact(self, step: Callable[[], Result]) -> Result:
        """Do a step that reads and writes, as often as it takes until nobody came in between."""
        if self._step is not None:
            return step()
        while True:
            with self.client.pipeline() as pipeline:
                self._step = Step(pipeline)
                try:
                    result = step()
                    self._step.commit()
                except WatchError:
                    continue
                finally:
                    self._step = None
                return result

    def claim(self) -> bool:
        """Whether nobody has claimed this world yet."""

        def step(writing: Step) -> bool:
            key = self._key("claimed")
            if writing.read(key):
                return False
            writing.replace(key, {"by": "us"})
            return True

        return self._write(step)

    @reaching()
    def clear(self) -> None:
        """Forget everything; not at one stroke, for Redis answers nobody else meanwhile."""
        keys = self.client.scan_iter(f"{self._prefix}*", count=_AT_ONCE)
        while some := list(islice(keys, _AT_ONCE)):
            self.client.unlink(*some)
        if self._step is not None:
            self._step.forget()

    @reaching()
    def tick(self) -> int:
        """A number greater than any it has given before."""
        return int(self.client.incr(self._key("ticks")))

    def agent(self, agent_id: str) -> Agent | None:
        """The agent of this id."""
        fields = self._read(self._key("agent", agent_id))
        return Agent(**fields) if fields else None

    @reaching()
    def agents(self) -> list[Agent]:
        """All agents, by their ids."""
        found = (self.agent(id_) for id_ in sorted(self.client.smembers(self._key("agents"))))
        return [agent for agent in found if agent is not None]

    def save_agent(self, agent: Agent) -> None:
        """Keep a new agent, or replace it."""

        def step(writing: Step) -> None:
            writing.replace(self._key("agent", agent.id), asdict(agent))
            writing.later("sadd", self._key("agents"), agent.id)

        self._write(step)

    def conversation(self, conversation_id: str) -> Conversation | None:
        """The conversation of this id; an agent's id names its default one."""
        fields = self._read(self._key("conversation", conversation_id))
        if not fields:
            return None
        about = json.loads(fields["about"])
        shown, in_context = json.loads(fields["shown"]), json.loads(fields["in_context"])
        return Conversation(conversation_id, shown=shown, in_context=in_context, **about)

    def save_conversation(self, conversation: Conversation) -> None:
        """Keep a new conversation, or replace it."""
        about = {name: getattr(conversation, name) for name in _ABOUT}
        members = self._catalogue.members(conversation)
        fields = {
            "about": _dump(about),
            "shown": _dump(conversation.shown),
            "in_context": _dump(conversation.in_context),
            "members": _dump(members),
        }

        def step(writing: Step) -> None:
            key = self._key("conversation", conversation.id)
            self._catalogue.move(writing, members_in(writing.read(key)), members)
            writing.replace(key, fields)

        self._write(step)

    def delete_conversation(self, conversation_id: str) -> None:
        """Forget a conversation, its messages and its runs. Raises KeyError where there is none."""

        def step(writing: Step) -> None:
            conversation = self.conversation(conversation_id)
            if conversation is None:
                raise KeyError(conversation_id)
            key = self._key("conversation", conversation_id)
            self._catalogue.move(writing, members_in(writing.read(key)), [])
            writing.replace(key, {})
            writing.later("delete", self._key("order", conversation_id), self._key("messages", conversation_id))
            for run_id in (conversation.active_run, conversation.background_run):
                if run_id is not None:
                    self.delete_run(run_id)

        self._write(step)

    @reaching()
    def conversations(self, page: ConversationPage) -> list[Shown]:
        """A page of conversations. Raises KeyError for an unknown cursor."""
        cursor = None if page.after is None else self.conversation(page.after)
        if cursor is None and page.after is not None:
            raise KeyError(page.after)
        found = filter(page.matches, self._shown(self._catalogue.ids(page, cursor), at_once(page)))
        return list(islice(found, page.count))

    @reaching()
    def message(self, conversation_id: str, message_id: str) -> StoredMessage | None:
        """One message of a conversation."""
        if self._step is not None and (conversation_id, message_id) in self._step.messages:
            return self._step.messages[conversation_id, message_id]
        found = self.client.hget(self._key("messages", conversation_id), message_id)
        return _message(found) if found else None

    def save_message(self, conversation_id: str, message: StoredMessage) -> None:
        """Add a message at the end, or replace the one of its id where it is."""
        keys = self._key("order", conversation_id), self._key("messages", conversation_id)

        def step(writing: Step) -> None:
            writing.messages[conversation_id, message.id] = message
            writing.later("eval", _ADD_MESSAGE, 2, *keys, message.id, _dump(asdict(message)))

        self._write(step)

    @reaching()
    def messages(self, conversation_id: str, page: MessagePage) -> list[StoredMessage]:
        """A page of messages, of those that are kept already. Raises KeyError for an unknown cursor."""
        order, messages = self._key("order", conversation_id), self._key("messages", conversation_id)

        def place_of(message_id: str) -> int:
            score = self.client.zscore(order, message_id)
            if score is None:
                raise KeyError(message_id)
            return int(score)

        def read(places: range) -> list[StoredMessage]:
            ids = self.client.zrange(order, min(places), max(places))
            found = self.client.hmget(messages, ids if places.step > 0 else ids[::-1])
            return [_message(text) for text in found if text]

        return page.find(self.client.zcard(order), place_of, read)

    def run(self, run_id: str) -> Run | None:
        """The run of this id."""
        fields = self._read(self._key("run", run_id))
        return Run(**json.loads(fields["run"])) if fields else None

    def save_run(self, run: Run) -> None:
        """Keep a new run, or replace it."""
        self._write(lambda writing: writing.replace(self._key("run", run.id), {"run": _dump(asdict(run))}))

    def delete_run(self, run_id: str) -> None:
        """Forget a run and its stream."""

        def step(writing: Step) -> None:
            writing.replace(self._key("run", run_id), {})
            writing.later("delete", self._key("events", run_id))

        self._write(step)

    def log(self, run_id: str, event: Event) -> None:
        """Add to the stream of a run."""

        def step(writing: Step) -> None:
            if writing.read(self._key("run", run_id)):
                writing.later("rpush", self._key("events", run_id), _dump(event))

        self._write(step)

    @reaching()
    def events(self, run_id: str, start: int) -> list[Event]:
        """The stream of a run from a place on; nothing for a run that is forgotten."""
        return [json.loads(event) for event in self.client.lrange(self._key("events", run_id), start, -1)]

    @reaching()
    def beat(self, worker: str) -> None:
        """Let others know that a worker is alive; Redis forgets it by itself."""
        self.client.set(self._key("worker", worker), "alive", ex=LEASE)

    @reaching()
    def alive(self, worker: str) -> bool:
        """Whether a worker is still there."""
        return bool(self.client.exists(self._key("worker", worker)))

    def _key(self, kind: str, id_: str = "") -> str:
        return f"{self._prefix}{kind}:{id_}"

    @reaching()
    def _read(self, key: str) -> Fields:
        fields: Fields = self._step.read(key) if self._step else self.client.hgetall(key)
        return fields

    def _write(self, step: Callable[[Step], Result]) -> Result:
        def inside() -> Result:
            assert self._step is not None, "a step is under way"
            return step(self._step)

        return self.transact(inside)

    def _shown(self, ids: Iterator[str], size: int) -> Iterator[Shown]:
        while some := list(islice(ids, size)):
            with self.client.pipeline(transaction=False) as pipeline:
                for id_ in some:
                    pipeline.hget(self._key("conversation", id_), "shown")
                yield from (json.loads(shown) for shown in pipeline.execute() if shown)


_AT_ONCE = 1_000
_ABOUT = ("seq", "hidden", "active_run", "background_run", "last_run_completion")


def _message(text: str) -> StoredMessage:
    return StoredMessage(**json.loads(text))
