"""Judges with several processes at once: each has every N-th case, and their reports are joined to that of one run."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from queue import SimpleQueue
from threading import Thread
from typing import Any

from letta_contract.spec import LettaContractError

from .case import Case, Result
from .errors import PartError, TargetError, UsageError
from .interruption import handled
from .merge import joined
from .report import Report
from .reports.recorded import from_json
from .selection import shard
from .settings import Settings
from .verdict import ExitCode, Verdict

_KINDS: dict[str, type[LettaContractError]] = {"UsageError": UsageError, "TargetError": TargetError}
_Message = tuple["_Part", dict[str, Any] | None]


def judged(settings: Settings, cases: Sequence[Case], starting: Callable[[Case], None]) -> Report:
    """The report of these cases, judged by as many processes as the settings say.

    The first Ctrl-C, or SIGTERM, lets each of them clear away; with -x, so does the first that has found a failure.
    Raises what kept them from judging, unless a failure was found that weighs more; PartError for one that died of
    itself; KeyboardInterrupt where there is nothing to tell yet.
    """
    return _Run(settings, cases).judged(starting)


class _Part:
    """A process that judges every N-th case, and what it has told."""

    def __init__(self, settings: Settings, name: str, cases: Sequence[Case], heard: SimpleQueue[_Message]) -> None:
        self.cases = cases
        self.report: Report | None = None
        self.error: LettaContractError | None = None
        self._heard = heard
        # In a group of its own, so that a Ctrl-C reaches it once, from here. The token is in no list of processes.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "letta_contract.contract_tests.part"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            process_group=0,
        )
        assert self._process.stdin is not None
        with suppress(BrokenPipeError), self._process.stdin as stdin:
            stdin.write(json.dumps({"settings": asdict(settings), "part": name}).encode() + b"\n")
        self._thread = Thread(target=self._listen, daemon=True)
        self._thread.start()

    def stop(self, signum: int = signal.SIGTERM) -> None:
        """Let it clear away and end."""
        self._process.send_signal(signum)

    def close(self) -> None:
        """End it, if it has not ended by itself."""
        self.stop()
        self._process.wait()
        self._thread.join()

    def take(self, message: dict[str, Any]) -> None:
        """Keep what it tells at its end."""
        if "report" in message:
            self.report = from_json(message["report"])
        else:
            kind = _KINDS.get(message["error"]["kind"], PartError)
            self.error = kind(message["error"]["text"])

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                with suppress(ValueError):  # one that was killed in the middle of a line
                    self._heard.put((self, json.loads(line)))
        self._process.wait()
        self._heard.put((self, None))


class _Run:
    """All the parts, from the first to the last that ends."""

    def __init__(self, settings: Settings, cases: Sequence[Case]) -> None:
        self._settings = settings
        self._cases = cases
        self._parts: list[_Part] = []
        self._interrupted = False
        self._stopped = False

    def judged(self, starting: Callable[[Case], None]) -> Report:
        clock = time.perf_counter()
        heard: SimpleQueue[_Message] = SimpleQueue()
        count = min(self._settings.jobs, len(self._cases))
        with handled(self._interrupt):
            try:
                for number in range(1, count + 1):
                    name = f"{number}/{count}"
                    self._parts.append(_Part(self._settings, name, shard(self._cases, name), heard))
                if self._interrupted:  # meanwhile
                    self._stop()
                self._listen(heard, starting)
            finally:
                for part in self._parts:
                    part.close()
        return replace(self._joined(), seconds=time.perf_counter() - clock)

    def _listen(self, heard: SimpleQueue[_Message], starting: Callable[[Case], None]) -> None:
        """Take in what the parts tell, until each has ended."""
        cases = {case.id: case for case in self._cases}
        running = len(self._parts)
        while running:
            part, message = heard.get()
            if message is None:
                running -= 1
            elif "starting" in message:
                starting(cases[message["starting"]])
            else:
                part.take(message)
                failed = part.report is not None and part.report.exit_code is ExitCode.VIOLATED
                if part.error is not None or (failed and self._settings.exitfirst):
                    self._stop()

    def _interrupt(self, *_: Any) -> None:
        self._interrupted = True
        self._stop()

    def _stop(self) -> None:
        self._stopped = True
        for part in self._parts:
            part.stop()

    def _joined(self) -> Report:
        """One report of all; what a part with an error did not judge is skipped, and says why."""
        reports = [part.report for part in self._parts if part.report is not None]
        if not self._stopped and len(reports) < len(self._parts):
            raise PartError("A process that judged was killed. If memory is short, pass a lower -j.")
        error = next((part.error for part in self._parts if part.error is not None), None)
        if not reports:
            raise error or KeyboardInterrupt
        told = joined([part.report or _skipped(reports[0], part) for part in self._parts])
        # What was stopped on our word is no interruption of the run.
        told = replace(told, interrupted=self._interrupted or (told.interrupted and not self._stopped))
        if error is not None and told.exit_code not in (ExitCode.INTERRUPTED, ExitCode.VIOLATED):
            raise error
        return told


def _skipped(report: Report, part: _Part) -> Report:
    """In place of the report of a part that has none."""
    reason = str(part.error) if part.error else ""
    results = [Result(case, (), reason=reason, without_rows=Verdict.SKIP) for case in part.cases] if reason else []
    return replace(report, results=tuple(results), requests=0, left=(), first_bytes={}, waits=0, waited=0.0)
