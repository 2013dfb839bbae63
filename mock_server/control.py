"""`/_mock/`: the mock server in the hands of tests and people. Everything here is about the session of the request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from jsonschema_rs import Draft202012Validator
from letta_contract.spec import Operation
from starlette.types import Receive, Scope, Send

from . import body
from .expectations import expectation
from .faults import KINDS
from .journal import VERDICTS
from .news import News
from .overview import overview
from .question import answer_to
from .record import Agent
from .refusal import Invalid, Refusal
from .reply import Reply
from .session import Session, Sessions
from .settings import Settings
from .violations import violations

_PAGE = Path(__file__).parent / "pages" / "index.html"
_POLICY = (
    b"default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; img-src data:;"
    b" base-uri 'none'; form-action 'none'"
)
_PAGE_HEADERS = [(b"content-security-policy", _POLICY), (b"cache-control", b"no-store")]
_OF_ONE_PROCESS = ("journal", "verify", "expectations", "latency")
_MOST_SHOWN = 50
_LONGEST_BODY = 1024 * 1024
_MILLISECONDS = {"type": "integer", "minimum": 0, "maximum": 600_000}
_LATENCY = Draft202012Validator(
    {
        "type": "object",
        "additionalProperties": False,
        "properties": {"delay": _MILLISECONDS, "chunk_delay": _MILLISECONDS},
    }
)
_AGENT = Draft202012Validator(
    {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "id": {
                "type": "string",
                "pattern": "^agent-[a-f0-9]{8}-[a-f0-9]{4}-4[a-f0-9]{3}-[89ab][a-f0-9]{3}-[a-f0-9]{12}$",
            },
            "name": {"type": "string"},
            "model": {"type": "string"},
            "system": {"type": "string"},
        },
    }
)

Call = Callable[[Session, Any], Any]


class Control:
    """Answers below `/_mock/`; needs no token."""

    def __init__(self, settings: Settings, operations: list[Operation], sessions: Sessions, news: News) -> None:
        self.settings = settings
        self.operations = {operation.id: operation for operation in operations}
        self.sessions = sessions
        self.news = news
        self._calls: dict[str, dict[str, Call]] = {
            "state": {"GET": self.state},
            "reset": {"POST": self.reset},
            "journal": {"GET": self.journal, "DELETE": self.clear},
            "verify": {"POST": self.verify},
            "expectations": {"GET": self.expectations, "POST": self.expect, "DELETE": self.forget_all},
            "latency": {"GET": self.latency, "PUT": self.be_late},
            "agents": {"POST": self.add_agent},
        }
        self._expectation: dict[str, Call] = {"DELETE": self.forget}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request to `/_mock` or below."""
        try:
            reply = await self._answer(scope, receive)
        except Refusal as refusal:
            reply = refusal.reply
        except body.ClientLeftError:
            return
        await reply(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive) -> Reply:
        name, _, number = scope["path"].removeprefix("/_mock").strip("/").partition("/")
        methods = self._expectation if name == "expectations" and number else {} if number else self._calls.get(name)
        if not name:
            methods = {"GET": lambda _session, _content: page()}
        if not methods:
            raise Refusal(
                404, f"There is no such path. Take one of: {', '.join(f'/_mock/{one}' for one in self._calls)}."
            )
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        allowed = [
            (b"allow", ", ".join(sorted({*methods, "OPTIONS", *(["HEAD"] if "GET" in methods else [])})).encode())
        ]
        if name in _OF_ONE_PROCESS and self.settings.workers > 1:
            detail = f"Each of {self.settings.workers} workers would know its own part only. Start with --workers 1."
            raise Refusal(409, detail)
        if method == "OPTIONS":
            return Reply(200, b"", allowed)
        if method not in methods:
            raise Refusal(405, "That is not a method of this path. Use one that Allow names.", allowed)
        if method in ("POST", "PUT"):
            raw = await body.read(receive, _LONGEST_BODY)
            # Whatever it calls itself: `curl -d` takes no thought for it.
            content = body.decode(raw, None) if raw else {}
        else:
            content = number or dict(parse_qsl(scope["query_string"].decode("latin-1")))
        session = scope["session"]
        answer = methods[method](session, content)
        return answer if isinstance(answer, Reply) else Reply.json(answer, headers=[(b"cache-control", b"no-store")])

    def state(self, session: Session, _content: Any) -> dict[str, Any]:
        """What there is, and what was arranged."""
        return {
            "mode": "stateful" if session.world else "examples",
            "workers": self.settings.workers,
            "operations": list(self.operations),
            "faults": KINDS,
            "requests": session.journal.count,
            **self.latency(session, None),
            **self.expectations(session, None),
            "sessions": [name.decode("latin-1") for name in self.sessions.named],
            "reload": asdict(self.news) if self.settings.reload else None,
            **overview(session.world),
        }

    def reset(self, session: Session, _content: Any) -> dict[str, Any]:
        """A new world, an empty journal, nothing arranged."""
        session.reset()
        return {"reset": True}

    def journal(self, session: Session, content: dict[str, str]) -> dict[str, Any]:
        """The last requests, newest first."""
        unknown = set(content) - {"limit", "operationId", "verdict"}
        limit = content.get("limit", str(_MOST_SHOWN))
        if unknown or not (limit.isdecimal() and limit.isascii()):
            raise Refusal(422, "The query may have `limit` (a number), `operationId` and `verdict`. Mend it.")
        for name, known in (("operationId", self.operations), ("verdict", VERDICTS)):
            if content.get(name) not in (None, *known):
                raise Refusal(422, f"There is no such `{name}`. Take one of: {', '.join(known)}.")
        entries = [
            entry
            for entry in session.journal
            if content.get("operationId") in (None, entry.operation_id)
            and content.get("verdict") in (None, entry.verdict)
        ]
        shown = entries[::-1][: int(limit[:9])]
        return {"count": session.journal.count, "requests": [entry.shown for entry in shown]}

    def clear(self, session: Session, _content: Any) -> dict[str, Any]:
        """Forget the requests."""
        session.journal.clear()
        return {"count": 0}

    def verify(self, session: Session, content: Any) -> dict[str, Any]:
        """Whether there were such requests: as many as `times`, or once at least where no number is given."""
        return answer_to(content, session.journal, self.operations)

    def expectations(self, session: Session, _content: Any) -> dict[str, Any]:
        """What was arranged."""
        return {"expectations": [one.shown for one in session.expectations]}

    def expect(self, session: Session, content: Any) -> Reply:
        """Arrange one more."""
        arranged = session.expect(
            lambda number: expectation(number, content, self.operations, stateful=session.world is not None)
        )
        return Reply.json(arranged.shown, 201)

    def forget(self, session: Session, number: str) -> dict[str, Any]:
        """Take one back."""
        kept = [one for one in session.expectations if str(one.number) != number]
        if len(kept) == len(session.expectations):
            raise Refusal(
                404, "There is no such expectation; it may have been used up. GET /_mock/expectations lists them."
            )
        session.expectations = kept
        session.arranged()
        return self.expectations(session, None)

    def forget_all(self, session: Session, _content: Any) -> dict[str, Any]:
        """Take all of them back."""
        session.expectations = []
        session.arranged()
        return self.expectations(session, None)

    def latency(self, session: Session, _content: Any) -> dict[str, Any]:
        """How late answers and events are, in milliseconds."""
        return {"delay": session.delay, "chunk_delay": session.chunk_delay}

    def be_late(self, session: Session, content: Any) -> dict[str, Any]:
        """Make answers and events late."""
        _check(_LATENCY, content)
        session.delay = content.get("delay", session.delay)
        session.chunk_delay = content.get("chunk_delay", session.chunk_delay)
        session.arranged()
        return self.latency(session, None)

    def add_agent(self, session: Session, content: Any) -> Reply:
        """Add someone to have conversations with: the contract has no operation for it."""
        _check(_AGENT, content)
        world = session.world
        if world is None:
            raise Refusal(409, "In examples mode, every agent is known. Start with --stateful to have a world of them.")
        id_ = content.get("id") or world.new_id("agent")
        if world.store.agent(id_) is not None:
            raise Refusal(409, f"There is an agent {id_} already. Leave `id` out for a new one.")
        named = {"name": "Agent", "model": "openai/gpt-5-mini", "system": "You are an agent.", **content, "id": id_}
        agent = Agent(**named)
        world.add_agent(agent)
        return Reply.json(asdict(agent), 201)


@cache
def page() -> Reply:
    """The page for people."""
    return Reply(200, _PAGE.read_bytes(), _PAGE_HEADERS, b"text/html; charset=utf-8")


def _check(validator: Draft202012Validator, content: Any) -> None:
    wrong = violations(validator.iter_errors(content), "body")
    if wrong:
        raise Invalid(wrong)
