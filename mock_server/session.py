"""One world for each name that clients give in `X-Mock-Session`, so that parallel tests do not meet."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace

from starlette.types import ASGIApp, Scope

from .expectations import Expectation
from .faults import spoiled
from .journal import Entry, Journal
from .refusal import Refusal
from .reply import Answer, Stream
from .request import Handler, Request
from .settings import Settings
from .stateful import stateful_handlers
from .world import World

HEADER = b"x-mock-session"
MOST = 64
"""How many named sessions there are at once; the one that was not used for longest goes first."""
MOST_EXPECTED = 1_000

Handlers = dict[str, Handler]
WorldMaker = Callable[[str], World]
"""Makes the world of a name, or finds it in a state that others share."""


class Session:
    """A world, what was asked of it, and what a test arranged for it. Latencies are in milliseconds."""

    def __init__(self, world: World | None, settings: Settings) -> None:
        self.world = world
        self.handlers: Handlers = stateful_handlers(world) if world is not None else {}
        self._settings = settings
        self.journal = Journal()
        self._begin()

    def reset(self) -> None:
        """Begin again, with a new world and nothing arranged; turns of the old one end where nobody sees."""
        if self.world is not None:
            self.world.reset()
        self.journal.clear()
        self._begin()

    def _begin(self) -> None:
        self.expectations: list[Expectation] = []
        self._expected_ever = 0
        self.delay, self.chunk_delay = self._settings.delay, self._settings.chunk_delay
        self.arranged()

    def arranged(self) -> None:
        """Take note that something was arranged, or taken back."""
        self.plain = not (self.expectations or self.delay or self.chunk_delay)
        """Whether every request is answered as it would be without all this; looked at for each."""

    def expect(self, read: Callable[[int], Expectation]) -> Expectation:
        """Arrange what `read` makes for a number. Raises what that raises, and Refusal past MOST_EXPECTED."""
        if len(self.expectations) >= MOST_EXPECTED:
            raise Refusal(
                409, f"{MOST_EXPECTED} expectations wait already. DELETE /_mock/expectations, or POST /_mock/reset."
            )
        arranged = read(self._expected_ever + 1)
        self._expected_ever += 1
        self.expectations.append(arranged)
        self.arranged()
        return arranged

    async def answer(self, handler: Handler, request: Request, entry: Entry) -> ASGIApp:
        """The answer of a session that is not plain, refusals by what there is among them."""
        expected = self._expected(request, entry)
        await self.wait()
        answer: Answer
        try:
            answer = await (expected.answer(handler, request) if expected else handler(request))
        except Refusal as refusal:
            entry.refused(refusal)
            answer = refusal.reply
        if self.chunk_delay and isinstance(answer, Stream):
            answer = replace(answer, chunks=_paced(answer.chunks, self.chunk_delay / 1000))
        return spoiled(answer, expected.fault) if expected and expected.fault else answer

    async def wait(self) -> None:
        """Be as late as was arranged."""
        if self.delay:
            await asyncio.sleep(self.delay / 1000)

    def _expected(self, request: Request, entry: Entry) -> Expectation | None:
        """The arrangement for a request: the first that holds a number of times, else the last of all."""
        fitting = [
            one
            for one in self.expectations
            if one.pattern.fits(entry.operation_id, request.path, request.query, request.body)
        ]
        found = next((one for one in fitting if one.left is not None), fitting[-1] if fitting else None)
        if found is not None:
            entry.expectation = found.number
            if found.left is not None:
                found.left -= 1
                if not found.left:
                    self.expectations.remove(found)
                    self.arranged()
        return found


class Sessions:
    """The session of those who name none, and those with names."""

    def __init__(self, make_world: WorldMaker | None, settings: Settings) -> None:
        self._make_world = make_world
        self._settings = settings
        self.unnamed = self._new("")
        self.named: OrderedDict[bytes, Session] = OrderedDict()

    def of(self, headers: list[tuple[bytes, bytes]]) -> Session:
        """The session that a request belongs to; a new one for a new name."""
        for name, value in headers:
            if name == HEADER:
                return self._named(value)
        return self.unnamed

    def _new(self, name: str) -> Session:
        return Session(self._make_world(name) if self._make_world is not None else None, self._settings)

    def _named(self, name: bytes) -> Session:
        session = self.named.get(name)
        if session is None:
            session = self.named[name] = self._new(name.decode("latin-1"))
            if len(self.named) > MOST:
                _, gone = self.named.popitem(last=False)
                # Another worker may have use for a world that this one has none for.
                if gone.world is not None and self._settings.workers == 1:
                    gone.world.store.clear()
        else:
            self.named.move_to_end(name)
        return session


async def wait(scope: Scope) -> None:
    """Be as late as the session of a request has it, with an answer that no operation gives."""
    session: Session | None = scope.get("session")
    if session is not None:
        await session.wait()


async def _paced(chunks: AsyncGenerator[bytes], seconds: float) -> AsyncGenerator[bytes]:
    """The same chunks, each so many seconds behind the one before."""
    async with aclosing(chunks):
        first = True
        async for chunk in chunks:
            if not first:
                await asyncio.sleep(seconds)
            first = False
            yield chunk
