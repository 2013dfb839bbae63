"""What the gate asks of the unbroken mock, a line a request, and what came of each case.

python -m tests.mutants.asked SEED

Ids that the server made are numbered in the order in which they are used: runs of one seed print the same.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from letta_contract.contract_tests.exchange import Exchange
from letta_contract.contract_tests.request import Request
from letta_contract.contract_tests.runner import run
from letta_contract.contract_tests.target import Target, Watch

from .mock import Mock
from .serving import bench, every, serving

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Recorder(Target):
    """Writes down what it sends."""

    def __init__(self, base_url: str) -> None:
        super().__init__(base_url)
        self.lines: list[str] = []
        self._made: set[str] = set()
        self._numbers: dict[str, str] = {}

    def send(self, request: Request, watch: Watch = lambda _: None) -> Exchange:
        """One round trip."""
        body = (request.body or b"").decode("latin-1")
        headers = "".join(f" {name}:{value}" for name, value in request.headers)
        line = f"{request.method} {request.target}{headers} {body!r}"
        self.lines.append(_UUID.sub(self._numbered, line))
        exchange = super().send(request, watch)
        # What the request itself names, an answer may repeat; it is no less the request's own.
        shown = exchange.reply.content.decode("latin-1") if exchange.reply else ""
        self._made.update(set(_UUID.findall(shown)) - set(_UUID.findall(line)))
        return exchange

    def _numbered(self, found: re.Match[str]) -> str:
        if found[0] not in self._made:
            return found[0]
        return self._numbers.setdefault(found[0], f"<{len(self._numbers) + 1}>")


def asked(seed: int) -> Iterator[str]:
    """Each request, and each case with its verdict."""
    with serving(Mock().app) as url, Recorder(url) as target:
        told = 0
        for result in run(every(), bench(target, seed), repeats=True):
            yield from target.lines[told:]
            told = len(target.lines)
            verdicts = " ".join(f"{row.name!r}:{row.verdict.name}" for row in result.rows)
            yield f"# {result.verdict.name} {result.case.id} {_UUID.sub('<id>', verdicts)}"


if __name__ == "__main__":
    for told in asked(int(sys.argv[1])):
        print(told)  # noqa: T201
