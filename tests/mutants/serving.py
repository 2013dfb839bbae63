"""A mutant on a loopback port, and the gate's own judge in front of it."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache

import uvicorn
from letta_contract.contract_tests.agent import Agent
from letta_contract.contract_tests.bench import Bench
from letta_contract.contract_tests.case import Case, Result, Row
from letta_contract.contract_tests.cases import every_case
from letta_contract.contract_tests.contract import Contract
from letta_contract.contract_tests.generator import Generator
from letta_contract.contract_tests.runner import run
from letta_contract.contract_tests.target import Limits, Target
from letta_contract.contract_tests.verdict import Verdict
from starlette.types import ASGIApp

from .mock import AGENT, Mock
from .mutant import Mutant

_TICK = 0.01  # seconds


def judged(
    mutant: Mutant,
    cases: Iterable[Case],
    *,
    first: bool = False,
    repeats: bool = False,
    patience: float | None = None,
) -> list[Result]:
    """What the cases say of a mutant: each no more after its first failure, and with `first` none after that."""
    mock = Mock(mutant.token)
    mutant.breaks(mock)
    patience = patience or mutant.patience
    limits = Limits(silence=patience, stream=2 * patience)
    chosen = [replace(case, run=_until_failure(case)) for case in cases]
    with serving(mock.app) as url, Target(url, token=mutant.token, limits=limits) as target:
        return list(run(chosen, bench(target), first_failure=first, repeats=repeats))


def unbroken(cases: Iterable[Case], token: str | None = None) -> list[Result]:
    """What the cases say of the mock as it is."""
    with serving(Mock(token).app) as url, Target(url, token=token) as target:
        return list(run(list(cases), bench(target)))


@cache
def contract() -> Contract:
    """The contract, loaded once."""
    return Contract()


@cache
def every() -> tuple[Case, ...]:
    """Every case of the gate."""
    return tuple(every_case(contract().operations.values()))


@cache
def _generator(seed: int) -> Generator:
    return Generator(contract().document, seed)


def bench(target: Target, seed: int = 0) -> Bench:
    """The workplace of one run."""
    new = Bench(target, contract(), Agent(AGENT, writable=True, origin="given"), seed=seed)
    new.__dict__["generator"] = _generator(seed)  # it takes a second to make, and is the same for all
    return new


def _until_failure(case: Case) -> Callable[[Bench], Iterator[Row]]:
    def run(bench: Bench) -> Iterator[Row]:
        for row in case.run(bench):
            yield row
            if row.verdict is Verdict.FAIL:
                return

    return run


class _Server(uvicorn.Server):
    """uvicorn, which ends at once when it is told to."""

    async def main_loop(self) -> None:
        while not self.should_exit:  # noqa: ASYNC110  # set by another thread, which no event of asyncio's is for
            await asyncio.sleep(_TICK)
        self.force_exit = True


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """The base URL of an application that this process serves on a free loopback port."""
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL + 1)
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, interface="asgi3", lifespan="off", log_config=None, access_log=False, server_header=False
    )
    server = _Server(config)
    thread = threading.Thread(target=lambda: server.run(sockets=[listener]), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=5)
        listener.close()
