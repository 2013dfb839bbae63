"""Whose is what on the target: nothing is sent that would change what is not the run's own."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import unquote

from .agent import Agent
from .contract import Contract
from .exchange import Exchange
from .request import Request

DOCUMENTED = {
    "conversation_id": "conv-123e4567-e89b-42d3-8456-426614174000",
    "agent_id": "agent-123e4567-e89b-42d3-8456-426614174000",
}  # the ids of the documentation, which stand for the run's own
FOREIGN = "it would change {}, which is not ours: pass --allow-agent-writes"
_LEAVING = ("fork_conversation", "retrieve_conversation_stream")  # what they are asked of stays as it was


class Trespass(Exception):  # noqa: N818  # not an error of ours: the request is left out
    """A request would have changed something that is not the run's own, or done what the run may not; it says why."""


class Belongings:
    """The ids that are the run's own, and those that are known to be others'."""

    def __init__(self, agent: Agent, contract: Contract) -> None:
        self._contract = contract
        self._ours = {agent.id}
        self._foreign = set(DOCUMENTED.values()) - self._ours

    def add(self, id_: str, *, everybodys: bool = False) -> bool:
        """Take a new conversation for the run's own; False for one that was there before, which nobody made.

        Without memory a server answers one example each time, which is everybody's.
        """
        if id_ in self._foreign and not everybodys:
            return False
        self._ours.add(id_)
        self._foreign -= self._ours if everybodys else set()
        return True

    def see(self, exchange: Exchange) -> None:
        """Remember whose ids a list shows."""
        with suppress(ValueError, KeyError, TypeError):
            for item in exchange.reply.json if exchange.reply else ():
                if item["id"] not in self._ours:
                    self._foreign |= {item["id"], item["agent_id"]} - self._ours

    def trespass(self, request: Request, agent: Agent) -> bool:
        """Whether a request would change what is others', or an agent that may not be changed."""
        if request.method == "GET":
            return False
        text = unquote(request.target) + (request.body or b"").decode(errors="replace")
        if any(id_ in text for id_ in self._foreign):
            return True
        on_agent = agent.id in request.path or ("/default/" in request.path and agent.id in text)
        return on_agent and not agent.writable and not self._leaves_as_it_is(request)

    def _leaves_as_it_is(self, request: Request) -> bool:
        """Whether a request that is no GET changes nothing of what it is on (STATE-13, STATE-44)."""
        operation_id = self._contract.operation_of(request)
        dry_run = operation_id == "recompile_conversation" and request.query == "dry_run=true"
        return dry_run or operation_id in _LEAVING
