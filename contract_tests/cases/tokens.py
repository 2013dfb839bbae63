"""Who may ask: the token comes before everything else (CONTRACT.md, ORDER-1, STATE-49)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from letta_contract.contract_tests.bench import Bench, failed
from letta_contract.contract_tests.case import Case, Need, Row
from letta_contract.contract_tests.cases.identifiers import UNKNOWN_AGENT, UNKNOWN_CONVERSATION
from letta_contract.contract_tests.cases.path_id import request_with
from letta_contract.contract_tests.problem import Problem
from letta_contract.contract_tests.reply import said
from letta_contract.contract_tests.request import Request
from letta_contract.contract_tests.verdict import Verdict
from letta_contract.spec import Operation

_MALFORMED = b'{"agent_id": "a'
_LONG = 8  # characters
_NONE = "no token"
_ANOTHER = "another token, as long"
_SCHEME = "wrong scheme"
_ABSENT = "an id that does not"
_DEFAULT = "default"
_BAD = "a bad request"
_OFF = "an id off its pattern"
_TRIED: dict[str, tuple[str, ...]] = {  # of what is wrong in another way, too; of what only the token refuses, all
    _ABSENT: (_NONE, _ANOTHER, _SCHEME),
    _DEFAULT: (_NONE,),
    _BAD: (_NONE, _ANOTHER),
    _OFF: (_NONE, _ANOTHER),
}


def cases(operations: Iterable[Operation]) -> Iterator[Case]:
    """One case for every operation."""
    for operation in operations:
        yield Case(
            operation.id,
            "asks-for-the-token",
            "Without the right bearer token the answer is 401, whatever else is right or wrong with the request.",
            "STATE-49",
            partial(_tokens, operation),
            needs=Need.TOKEN,
        )


def _tokens(operation: Operation, bench: Bench) -> Iterator[Row]:
    token = bench.target.token or ""
    wrong = _wrong(token)
    for what, request in _requests(operation, bench):
        for name in _TRIED.get(what, wrong):
            authorization = tuple(("Authorization", value) for value in wrong[name])
            exchange = bench.send(replace(request, authorized=False, headers=(*request.headers, *authorization)))
            reply = exchange.reply
            problems = []
            if reply is None or reply.status != 401:
                problems.append(Problem("STATE-49", "401", f"{reply.status} {said(reply)}" if reply else "no answer"))
            else:
                problems += bench.contract.body_problems(operation.id, exchange)
                if _is_telling(token) and token.encode() in reply.content:
                    problems.append(Problem("ERR-6", "a 401 without a secret in it", "it tells the right token"))
            yield from failed(f"{what}, {name}", problems, exchange) or [Row(f"{what}, {name}", Verdict.PASS)]
    if operation.path.endswith("/"):  # a server may know the path without it, too, but not without a token
        bare = bench.request(operation.id, query={"agent_id": bench.agent.id})
        exchange = bench.send(replace(bare, path=bare.path.rstrip("/"), authorized=False))
        let_in = exchange.reply is not None and exchange.reply.status < 300
        yield bench.check("without the last slash", not let_in, "STATE-49", "no answer to it", exchange.status)
    if operation.id == "delete_conversation":
        kept = bench.call("retrieve_conversation", bench.shared("a conversation", bench.conversation))
        there = "what was not to be deleted is still there"
        yield bench.check("afterwards", kept.status == 200, "ORDER-1", there, kept.status or "no answer")


def _wrong(token: str) -> dict[str, tuple[str, ...]]:
    """What Authorization may say that is not the right token: its values, under a name."""
    return {
        _NONE: (),
        _ANOTHER: (f"Bearer {''.join('y' if letter == 'x' else 'x' for letter in token)}",),
        "in another case": (f"Bearer {_other_case(token)}",),
        "empty token": ("Bearer",),
        _SCHEME: (f"Basic {token}",),
        "no scheme": (token,),
        "cut short": (f"Bearer {token[:-1] or token * 2}",),
        "one character more": (f"Bearer {token}x",),
    }


def _requests(operation: Operation, bench: Bench) -> Iterator[tuple[str, Request]]:
    parameters = operation.parameters("path")
    if not parameters:
        query = {"agent_id": bench.agent.id}
        good = bench.request(operation.id, query=query)
        yield "a good request", good
        yield _BAD, bench.request(operation.id, query={"limit": "abc"})
        return
    agent = "agent_id" in parameters
    existing = bench.agent.id if agent else bench.shared("a conversation", bench.conversation)
    yield "an id that exists", request_with(bench, operation, existing)
    yield _ABSENT, request_with(bench, operation, UNKNOWN_AGENT if agent else UNKNOWN_CONVERSATION)
    if not agent and "default" in parameters["conversation_id"]["schema"]["pattern"]:
        yield _DEFAULT, request_with(bench, operation, "default", UNKNOWN_AGENT)
    off = request_with(bench, operation, "x" * 50)
    yield _OFF, off if operation.body_schema is None else off.with_body(_MALFORMED)


def _is_telling(token: str) -> bool:
    """Whether a text that has the token tells it: a short or common word may stand there by itself."""
    return len(token) >= _LONG and not token.isalpha()


def _other_case(token: str) -> str:
    """The token in upper case or in lower; one without letters, in no case at all."""
    return next((text for text in (token.upper(), token.lower()) if text != token), f"{token}-")
