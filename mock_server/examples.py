"""The documented answers of one operation: one to give by default, and all of them to pick from."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Any

from letta_contract.spec import LettaContractError, Operation, media_type_for

from .header import documented
from .medium import Medium
from .prefer import Preferences
from .refusal import Refusal
from .reply import Answer, Headers, Reply
from .request import Handler, Request


class NoExampleError(LettaContractError):
    """The document says of an operation nothing that it could be answered with."""


@dataclass(frozen=True, slots=True)
class Pick:
    """What preferences have chosen: a status, its media types, an answer, and which of the preferences it honours."""

    status: int
    media_types: list[str]
    handler: Handler
    honoured: dict[str, Any]


class Examples:
    """What one operation may answer by its document. Raises NoExampleError where no status of success is documented."""

    def __init__(self, operation: Operation, seed: int = 0) -> None:
        self._operation = operation
        self._seed = seed
        self._seeds = count(seed)
        responses = _statuses(operation)
        self._headers = {status: documented(response) for status, response in responses.items()}
        self._media = {
            status: {
                name: Medium(operation, status, name, raw, self._headers[status])
                for name, raw in response.get("content", {}).items()
            }
            for status, response in responses.items()
        }
        self.success = next((status for status in sorted(self._media) if status // 100 == 2), 0)
        if not self.success:
            raise NoExampleError(
                f"{operation.source}: {operation.id} documents no status of success. Add one below `responses`."
            )

    @property
    def media_types(self) -> list[str]:
        """Those of the success."""
        return list(self._media[self.success])

    @property
    def handler(self) -> Handler:
        """Answers the first example of the success, in the media type that the request asks for."""
        replies = {name: medium.first(self._seed) for name, medium in self._media[self.success].items()}
        if not replies:
            return _nothing(self.success, self._headers[self.success])
        if len(replies) == 1:
            (only,) = replies.values()
            return only

        async def answer(request: Request) -> Answer:
            return await replies[self._name(self.success, request)](request)

        return answer

    def pick(self, asked: Preferences, request: Request) -> Pick:
        """What was asked for. Raises Refusal, with all that there is, for a status or an example that is not."""
        status = self.success if asked.code is None else self._status(asked.code)
        honoured: dict[str, Any] = {"code": asked.code}
        if asked.example is not None:
            status, handler = self._example(asked.example, [status] if asked.code else [status, *self._media], request)
            honoured["example"] = asked.example
        elif not self._media[status]:
            handler = _nothing(status, self._headers[status])
        elif asked.dynamic:
            seed = next(self._seeds) if asked.seed is None else asked.seed
            handler = self._media[status][self._name(status, request)].drawn(seed)
            honoured |= {"dynamic": True, "seed": seed}
        else:
            handler = self._media[status][self._name(status, request)].first(self._seed)
        return Pick(status, list(self._media[status]), handler, honoured)

    def _example(self, name: str, statuses: list[int], request: Request) -> tuple[int, Handler]:
        """The first of these statuses that has an example of this name, and what answers it."""
        there = {}
        for status in dict.fromkeys(statuses):
            medium = self._media[status].get(self._name(status, request))
            if medium is not None and name in medium.examples:
                return status, medium.example(name)
            there[status] = ", ".join(medium.examples if medium else ()) or "none"
        listed = "; ".join(f"{status}: {names}" for status, names in there.items())
        raise Refusal(400, f"{self._operation.id} has no such example here. Ask for one of these: {listed}.")

    def _status(self, code: str) -> int:
        if not code.isascii() or not code.isdigit() or int(code[:4]) not in self._media:
            listed = ", ".join(map(str, sorted(self._media)))
            raise Refusal(400, f"{self._operation.id} documents no such status. Ask for one of these: {listed}.")
        return int(code)

    def _name(self, status: int, request: Request) -> str:
        """The media type that a request gets with this status; empty where there is none."""
        if status == 200 and len(self._media[status]) > 1:
            return media_type_for(self._operation, request.body)
        return next(iter(self._media[status]), "")


def _statuses(operation: Operation) -> dict[int, dict[str, Any]]:
    """The documented responses; a range stands for its first status, and `default` for whatever is missing."""
    statuses = dict(operation.statuses)
    for key, response in sorted(operation.raw["responses"].items()):
        if not key.isdigit():
            is_range, succeeds = key[0].isdigit(), any(status // 100 == 2 for status in statuses)
            statuses.setdefault(int(key[0]) * 100 if is_range else 500 if succeeds else 200, response)
    return statuses


def _nothing(status: int, headers: Headers) -> Handler:
    """Answers without a body."""
    reply = Reply(status, b"", headers)

    async def answer(_request: Request) -> Answer:
        return reply

    return answer
