"""A slow turn, while it goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from letta_contract.contract_tests.bench import Bench
from letta_contract.contract_tests.cases.turns import SEND
from letta_contract.contract_tests.exchange import Exchange
from letta_contract.contract_tests.request import Request

HEAD_START = 0.4  # seconds that a slow turn is given to begin, where its stream does not show that it did
_BEGUN = b'_message"'  # the type of what the model says, not of a ping


@contextmanager
def begun(
    bench: Bench, conversation_id: str, fields: dict[str, Any]
) -> Iterator[tuple[Callable[[], bool], list[Exchange]]]:
    """A slow turn, begun: whether it still runs, and (once it is left, which waits for it) what it answered."""
    request = bench.request(SEND, conversation_id, body={"input": bench.prompts.slow, **fields})
    with under_way(bench, request) as turn:
        yield turn


@contextmanager
def under_way(bench: Bench, request: Request) -> Iterator[tuple[Callable[[], bool], list[Exchange]]]:
    """The same of any request whose answer takes as long as the turn."""
    answered: list[Exchange] = []
    shows = threading.Event()

    def watch(content: bytearray) -> None:
        if _BEGUN in content:
            shows.set()

    turn = threading.Thread(target=lambda: answered.append(bench.target.send(request, watch)), daemon=True)
    turn.start()
    shows.wait(HEAD_START)
    try:
        yield turn.is_alive, answered
    finally:
        turn.join()
