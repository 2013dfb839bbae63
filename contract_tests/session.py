"""One run from its settings to its report: find the target, judge it, clear away, tell."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from . import agent, embedded, preflight
from .bench import Bench
from .case import Result
from .contract import Contract
from .coverage import coverage
from .errors import UsageError
from .interruption import Interruption, interruptions
from .latency import Latency, medians
from .latency import judged as latency_judged
from .permission import Permission
from .presentable import Presentable
from .report import Report, started_now
from .settings import Settings

if TYPE_CHECKING:
    from .generator import Generator

Judge = Callable[[Bench], Iterator[Result]]


class Session:
    """The target, the agent and the contract of one run, for as long as it lasts.

    Others judge the same target at the same time where it is `shared`.
    """

    def __init__(self, settings: Settings, contract: Contract, *, shared: bool = False) -> None:
        self.settings = settings
        self.contract = contract
        self.shared = shared

    def run(self, command: str, judge: Judge) -> Report:
        """The report of what `judge` found; an interruption is in it, and what the run made is gone.

        Raises TargetError, UsageError or MockError where there is nothing to judge.
        """
        started, clock = started_now(), time.perf_counter()
        results: list[Result] = []
        left: Sequence[str] = ()
        with interruptions() as interruption, self._bench(interruption) as bench:
            latency = Latency(bench)
            try:
                for result in judge(bench):
                    results.append(result)  # noqa: PERF402  # what came before an interruption is kept
            except KeyboardInterrupt:
                pass
            finally:
                left = bench.clear(everything=True)
        operations = self.contract.operations.values()
        if self.settings.max_response_time is not None:
            limit = self.settings.max_response_time
            results += latency_judged((operation.id for operation in operations), medians(latency.seconds), limit)
        return Report(
            command=command,
            target=self.settings.url or "the embedded mock server",
            agent=f"{bench.agent.id} ({bench.agent.origin})",
            contract=self.contract.document["info"]["version"],
            seed=self.settings.seed,
            started=started,
            seconds=time.perf_counter() - clock,
            requests=bench.answered,
            results=tuple(map(Presentable(self.settings.token, self.settings.headers).result, results)),
            sources={operation.id: operation.source for operation in operations},
            strict=self.settings.strict,
            interrupted=interruption.came,
            left=tuple(left),
            fail_flaky=self.settings.fail_flaky,
            coverage=coverage(operations, results),
            first_bytes={name: tuple(seconds) for name, seconds in latency.seconds.items()},
            max_response_time=self.settings.max_response_time,
            shard=self.settings.shard or "",
            waits=bench.target.pace.waits,
            waited=bench.target.pace.seconds,
        )

    @contextmanager
    def _bench(self, interruption: Interruption) -> Iterator[Bench]:
        with ExitStack() as stack:
            settings = self.settings
            if settings.url is None:
                mock = embedded.mock(stateless=settings.stateless, token=settings.token, meanwhile=self._get_ready)
                url = stack.enter_context(mock)
                settings = replace(settings, url=url, agent_id=embedded.AGENT_ID, allow_agent_writes=True)
            assert settings.url is not None
            target = stack.enter_context(preflight.connect(settings, settings.url, direct=self.settings.url is None))
            preflight.check(target, settings.wait)
            borrowed = agent.borrowed(
                target,
                given=settings.agent_id,
                writable=settings.allow_agent_writes,
                model=settings.model,
                embedding=settings.embedding,
                read_only=settings.read_only,
            )
            with interruption.postponed():
                own = stack.enter_context(borrowed)
            foreign = self.settings.url is not None and own.origin != agent.MADE
            if self.shared and foreign and own.writable:
                raise UsageError(
                    f"Processes that judge at once cannot all change {own.id}. Leave out -j or --allow-agent-writes."
                )
            bench = Bench(
                target,
                self.contract,
                own,
                seed=settings.seed,
                stateless=settings.stateless,
                prompts=settings.prompts,
                permission=Permission(read_only=settings.read_only, no_llm=settings.no_llm),
            )
            bench.interruption = interruption
            if self.settings.url is None:
                bench.generator = self._generator  # it is ready
            yield bench

    def _get_ready(self) -> None:
        """Load what draws requests: it takes no longer than a mock takes to start."""
        self._generator.ready()

    @cached_property
    def _generator(self) -> Generator:
        from .generator import Generator

        return Generator(self.contract.document, self.settings.seed)
