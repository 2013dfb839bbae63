"""Whether an answer is one that the document describes: its status, media type, headers and body."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from letta_contract.spec import Operation, media_type_for
from letta_contract.spec.rules import operation_rule

from . import turn
from .exchange import Exchange, Reply
from .expectation import HTTP_OWN, Expectation, Kind
from .json_schema import Reading, breaches, validator
from .leak import leaks
from .problem import Problem, short

EVENT_STREAM = "text/event-stream"
JSON = "application/json"
_LINGER = 5.0  # seconds that a stream may stay open behind its last event, on a machine that is busy


class Replies:
    """Knows one operation's answers, compiled once."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation

    def status(self, exchange: Exchange, expectation: Expectation) -> Iterator[Problem]:
        """What is wrong with the status; that there is no whole answer, where there is none.

        An error's text is looked at, too, whatever is judged of it: it may tell nothing of the server (ERR-6).
        """
        reply = exchange.reply
        if reply is None:
            what = exchange.fault.what if exchange.fault else "nothing came"
            yield Problem("TOL-1", "a whole answer", what, what)
        elif reply.status not in expectation.statuses and not self._behind(reply, expectation):
            rule = "STATE-48" if reply.status >= 500 else expectation.rule
            wanted = " or ".join(str(status) for status in sorted(expectation.statuses))
            if expectation.kind is Kind.FREE:
                wanted = "a documented status below 500"
            cause = f"{reply.status} where it should have been {expectation.kind.value}"
            if reply.status >= 500 and expectation.oddity:
                cause = f"{reply.status} for {expectation.oddity}"
            yield Problem(rule, f"{wanted}: {expectation.why}", f"{reply.status} {said(reply)}", cause)
        elif reply.status >= 400 and leaks(exchange.request, reply):
            yield Problem("ERR-6", "an error body without a traceback or a path of the server", said(reply))

    def _behind(self, reply: Reply, expectation: Expectation) -> bool:
        """Whether a model or a broker behind the server failed, and the server said so properly (STATUS-10)."""
        documented = reply.status >= 500 and reply.status in self.operation.statuses
        if reply.status == 500 and expectation.oddity:
            return False  # what it cannot read or keep: that is its own failure
        return documented and expectation.kind is not Kind.REFUSE and not any(self._error_body(reply))

    def body(self, exchange: Exchange) -> Iterator[Problem]:
        """What is wrong with the media type and the body of a documented status (STATUS-11, ERR-1 to ERR-5)."""
        reply = exchange.reply
        assert reply is not None
        if reply.status in HTTP_OWN or reply.status not in self.operation.statuses:
            return
        content = list(self.operation.statuses[reply.status].get("content", {}))
        if reply.status == 200 and len(content) > 1:
            content = self._asked_for(exchange, content)
        if reply.media_type not in content:
            wanted = " or ".join(content)
            yield Problem(
                "STATUS-11" if reply.status >= 400 else operation_rule(self.operation.id),
                f"{reply.status} as {wanted}",
                reply.media_type or "no Content-Type",
            )
            return
        if reply.media_type == EVENT_STREAM:
            yield from turn.problems(
                reply.content, self.events, pings=_asked(exchange).get("include_pings") is not False
            )
            yield from _lingering(reply)
        else:
            yield from self._json_body(reply)

    def _asked_for(self, exchange: Exchange, content: list[str]) -> list[str]:
        """The media type that the request's flag picks; any, where the flag is none that the contract judges."""
        body = _asked(exchange)
        flag = body.get("streaming", True)
        return [media_type_for(self.operation, body)] if isinstance(flag, bool) else content

    def _json_body(self, reply: Reply) -> Iterator[Problem]:
        rule = f"{self.operation.id} {reply.status}"
        try:
            value = reply.json
        except ValueError as error:
            yield Problem(
                "ERR-1" if reply.status >= 400 else operation_rule(self.operation.id),
                f"a JSON body for {rule}",
                f"{short(str(error), 120)}: {said(reply)}",
            )
            return
        for breach in breaches(self._schemas[reply.status], value):
            place = ".".join(str(step) for step in breach.instance_path) or "the body"
            rule = (
                "ERR-2"
                if reply.status == 422
                else "ERR-4"
                if reply.status >= 400
                else operation_rule(self.operation.id)
            )
            cause = f"{reply.status} body breaks {'/'.join(str(step) for step in breach.schema_path)}"
            yield Problem(rule, f"{reply.status} body as documented", f"{place}: {short(breach.message, 200)}", cause)
            return
        if reply.status == 200 and self.operation.id == "compact_conversation":
            yield from _counts(value)

    def _error_body(self, reply: Reply) -> Iterator[Problem]:
        if reply.media_type != JSON:
            yield Problem("ERR-1", JSON, reply.media_type)
        else:
            yield from self._json_body(reply)

    @cached_property
    def events(self) -> Any:
        """The validator of one event's JSON."""
        extension = self.operation.statuses[200]["content"][EVENT_STREAM]["x-event-stream"]
        return validator(extension["events"], Reading.REPLY)

    @cached_property
    def _schemas(self) -> dict[int, Any]:
        return {
            status: validator(response["content"][JSON].get("schema", {}), Reading.REPLY)
            for status, response in self.operation.statuses.items()
            if JSON in response.get("content", {})
        }


def _counts(compacted: dict[str, Any]) -> Iterator[Problem]:
    before, after = compacted["num_messages_before"], compacted["num_messages_after"]
    if after > before:
        yield Problem("STATE-42", f"num_messages_after of at most {before}", str(after), "more messages than before")


def _lingering(reply: Reply) -> Iterator[Problem]:
    """Whether a stream stays open behind its end, which clients wait for."""
    end = reply.content.find(turn.DONE.encode())
    told = next((at for at, length in reply.arrivals if 0 <= end < length), reply.seconds)
    if reply.seconds - told > _LINGER:
        yield Problem("SSE-6", f"the end of the body behind {turn.DONE}", f"it came {reply.seconds - told:.1f} s later")


def said(reply: Reply) -> str:
    """The beginning of a body, on one line."""
    return short(" ".join(reply.content[:600].decode(errors="replace").split()), 200)


def _asked(exchange: Exchange) -> dict[str, Any]:
    """The object that a request's body is; an empty one where it is none."""
    try:
        body = json.loads(exchange.request.body or b"{}")
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}
