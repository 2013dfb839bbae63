"""The gate beside `schemathesis run` at its defaults, on the same broken servers.

python -m benchmarks.gate [--sample 16] [--seed S] [GLOB …]

Each mutant is served by this process, with a token, and judged by one command after the other. schemathesis is given
the joined document, whose examples and links name what the server has, the token, and a seed. What it reports of the
unbroken server is no finding; what is new on a mutant is one.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from benchmarks.mutants import chose
from tests.mutants import MUTANTS, Mutant
from tests.mutants.mock import AGENT, Mock
from tests.mutants.serving import serving

TOKEN = "a-good-token"
_LIMIT = 600  # seconds; a judge that takes longer on one server is given up, and has found nothing
_LETTA_CONTRACT = [sys.executable, "-m", "letta_contract.contract_tests"]
_COLUMNS = ("judge", "caught", "false alarms", "requests", "CPU s", "wall s", "caught/CPU s", "caught/wall s")


@dataclass(frozen=True)
class Judge:
    """A command under a name; `reported` reads what it found in the folder that it was run in."""

    name: str
    command: Callable[[str], list[str]]
    reported: Callable[[Path], set[str]]


@dataclass(frozen=True)
class Judged:
    """What one judge reported of one server, and what that took: requests, seconds of its own CPU, seconds."""

    reported: set[str]
    requests: int
    cpu: float
    wall: float


def main() -> None:
    """Judge, and print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("globs", nargs="*", metavar="GLOB", help="mutants by their ids")
    parser.add_argument("--sample", type=int, default=16, metavar="N", help="mutants, from each section its share")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="of the sample, and of both judges")
    options = parser.parse_args()
    mutants = chose(MUTANTS.values(), options.globs, options.sample, options.seed)
    with tempfile.TemporaryDirectory() as folder:
        judges = _judges(Path(folder), options.seed)
        alarms = {judge.name: judged(judge, None) for judge in judges}
        found: dict[str, list[Judged]] = {judge.name: [] for judge in judges}
        print("| mutant | " + " | ".join(found) + " |\n|---|" + "---|" * len(found), flush=True)
        for mutant in mutants:
            for judge in judges:
                found[judge.name].append(judged(judge, mutant))
            cells = (_cell(runs[-1], alarms[name]) for name, runs in found.items())
            print(f"| {mutant.id} | " + " | ".join(cells) + " |", flush=True)
    _totals(found, alarms)


def _judges(folder: Path, seed: int) -> tuple[Judge, Judge]:
    document = folder / "openapi.json"
    bundle = [*_LETTA_CONTRACT, "spec", "bundle", "--format", "json"]
    document.write_bytes(subprocess.run(bundle, check=True, capture_output=True).stdout)
    ours = [*("--token", TOKEN, "--agent-id", AGENT, "--allow-agent-writes", "--seed", str(seed)), "--format", "json"]
    theirs = ["-H", f"Authorization: Bearer {TOKEN}", "--seed", str(seed), "--report-json-path", "report.json"]
    return (
        Judge("letta-contract test", lambda url: [*_LETTA_CONTRACT, "test", url, *ours], _our_report),
        Judge(
            "schemathesis run",
            lambda url: ["schemathesis", "run", str(document), "--url", url, *theirs],
            _their_report,
        ),
    )


def judged(judge: Judge, mutant: Mutant | None) -> Judged:
    """What a judge reports of a mutant, or of the unbroken mock."""
    mock = Mock(mutant.token or TOKEN if mutant else TOKEN)
    if mutant:
        mutant.breaks(mock)
    counted = _Counting(mock.app)
    with serving(counted) as url, tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        with (Path(folder) / "printed").open("w") as printed:
            process = subprocess.Popen(judge.command(url), cwd=folder, stdout=printed, stderr=subprocess.DEVNULL)
            cpu = _waited(process, started + _LIMIT)
        wall = time.perf_counter() - started
        return Judged(judge.reported(Path(folder)), counted.requests, cpu, wall)


def _waited(process: subprocess.Popen[bytes], until: float) -> float:
    """Wait for a process, which is ended where it takes too long; the seconds of CPU that it took."""
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return usage.ru_utime + usage.ru_stime
        if time.perf_counter() > until:
            process.kill()
        time.sleep(0.02)


class _Counting:
    """An application that counts what it is asked."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.requests = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        self.requests += 1
        await self._app(scope, receive, send)


def _our_report(folder: Path) -> set[str]:
    text = (folder / "printed").read_text(encoding="utf-8")
    results = json.loads(text)["cases"] if text else []
    return {result["id"] for result in results if result["verdict"] == "fail"}


def _their_report(folder: Path) -> set[str]:
    report = folder / "report.json"
    text = report.read_text(encoding="utf-8") if report.exists() else ""
    failures = json.loads(text)["failures"] if text else []
    return {f"{failure['title']}: {operation}" for failure in failures for operation in failure["operations"]}


def _cell(run: Judged, unbroken: Judged) -> str:
    new = sorted(run.reported - unbroken.reported)
    return f"{new[0]}{f' and {len(new) - 1} more' if new[1:] else ''}" if new else "–"


def _totals(found: dict[str, list[Judged]], alarms: dict[str, Judged]) -> None:
    print("\n| " + " | ".join(_COLUMNS) + " |\n|---|" + "---:|" * (len(_COLUMNS) - 1))
    for name, runs in found.items():
        caught = sum(bool(run.reported - alarms[name].reported) for run in runs)
        cpu, wall = (sum(getattr(run, part) for run in runs) for part in ("cpu", "wall"))
        each: Sequence[float] = (sum(run.requests for run in runs) / len(runs), cpu / len(runs), wall / len(runs))
        print(
            f"| {name} | {caught} of {len(runs)} | {len(alarms[name].reported)} | {each[0]:.0f} | {each[1]:.1f} "
            f"| {each[2]:.1f} | {caught / cpu:.3f} | {caught / wall:.3f} |"
        )


if __name__ == "__main__":
    main()
