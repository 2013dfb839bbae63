"""The one value that a run ends in; every report is a rendering of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from importlib.metadata import version

from letta_contract.spec import Level

from .baseline import Known
from .case import Case, Result
from .coverage import Covered
from .fingerprint import cause
from .latency import medians
from .verdict import ExitCode, Verdict, exit_code

_BROKEN = (Verdict.FAIL, Verdict.FLAKY)


@dataclass(frozen=True)
class Report:
    """A finished run: `started` is UTC, `seconds` how long it took, `left` the ids that could not be cleared away.

    `fixed` and `expired` are entries of the baseline: what no longer happens, and what happens but is accepted no more.
    `first_bytes` are the seconds until the first byte of each accepted request, by operation; `max_response_time` is
    the most that their median may be. `shard` is "I/N" of a run that was only a part.
    `waits` is how often a rate limit was waited for, `waited` how many seconds in all.
    """

    command: str
    target: str
    agent: str
    contract: str
    seed: int
    started: datetime
    seconds: float
    requests: int
    results: tuple[Result, ...]
    sources: dict[str, str]
    strict: bool = False
    interrupted: bool = False
    left: tuple[str, ...] = ()
    fail_flaky: bool = False
    fixed: tuple[Known, ...] = ()
    expired: tuple[Known, ...] = ()
    coverage: tuple[Covered, ...] = ()
    first_bytes: dict[str, tuple[float, ...]] = field(default_factory=dict)
    max_response_time: float | None = None
    shard: str = ""
    waits: int = 0
    waited: float = 0.0

    @property
    def tool(self) -> str:
        """Our own version."""
        return version("letta-contract")

    @cached_property
    def medians(self) -> dict[str, float]:
        """Seconds until the first byte, by operation."""
        return medians(self.first_bytes)

    @cached_property
    def verdicts(self) -> Counter[Verdict]:
        """How many cases came to each verdict."""
        return Counter(result.verdict for result in self.results)

    def count(self, verdict: Verdict, level: Level | None = None) -> int:
        """How many cases (of one level) came to a verdict."""
        return sum(r.verdict is verdict and level in (None, r.case.level) for r in self.results)

    @cached_property
    def operations(self) -> dict[str, tuple[Result, ...]]:
        """The results by operationId, in the order of the document."""
        found: dict[str, list[Result]] = {operation: [] for operation in self.sources}
        for result in self.results:
            found[result.case.operation].append(result)
        return {operation: tuple(results) for operation, results in found.items() if results}

    @cached_property
    def exit_code(self) -> ExitCode:
        """What the command tells the shell. What could not be cleared away is our fault, not the server's verdict."""
        also = [ExitCode.INTERRUPTED] if self.interrupted else []
        if self.left:
            also.append(ExitCode.OURS)
        return exit_code(self.verdicts, *also, fail_flaky=self.fail_flaky)

    @property
    def sentence(self) -> str:
        """The verdict in two words."""
        return {
            ExitCode.CONFORMS: "CONFORMANT",
            ExitCode.VIOLATED: "NOT CONFORMANT",
            ExitCode.INTERRUPTED: "INTERRUPTED",
        }.get(self.exit_code, "NOT JUDGED")

    @cached_property
    def alike(self) -> dict[str, list[str]]:
        """What failed, by the first case of several operations that fail in the same way: the ids of the others."""
        found: dict[tuple[object, ...], list[str]] = {}
        for result in self.failed():
            about = frozenset((row.rule, cause(row)) for row in result.rows if row.verdict in _BROKEN)
            ours = any(row.verdict is Verdict.ERROR for row in result.rows)
            key = (result.case.id,) if ours else (result.case.slug, result.verdict, about)
            found.setdefault(key, []).append(result.case.id)
        return {first: others for first, *others in found.values()}

    def also(self, case: Case) -> list[tuple[str, list[str]]]:
        """The cases whose drawn requests met what this case tells of: the id of each, and which requests."""
        found: dict[str, list[str]] = {}
        for result in self.results:
            for row in result.rows:
                if row.verdict is Verdict.FOLDED and row.reason == f"see {case.id}":
                    found.setdefault(result.case.id, []).append(row.name)
        return list(found.items())

    @property
    def patience(self) -> str:
        """What a rate limit cost, in words; empty where there was none."""
        if not self.waits:
            return ""
        times = "once" if self.waits == 1 else f"{self.waits} times"
        return f"the target's rate limit turned requests away {times}, and {self.waited:.1f} s went by waiting for it"

    def failed(self) -> list[Result]:
        """What failed, went wrong or may have failed, in the order of the run."""
        return [r for r in self.results if r.verdict in (Verdict.FAIL, Verdict.ERROR, Verdict.FLAKY)]


def started_now() -> datetime:
    """The time at which a run begins."""
    return datetime.now(UTC)


def command_of(case: Case) -> str:
    """The command that explains a case."""
    return f"letta-contract explain {case.id}"
