"""Ten runs of one seed, which are to ask the same, and one run of each of ten seeds, which are to find nothing.

python -m benchmarks.seeds [-n 10] [-j N]
"""

from __future__ import annotations

import argparse
import difflib
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

_ROOT = Path(__file__).parent.parent
_SHOWN = 20  # lines of a difference
_SOUND = ("PASS", "SKIP")


def main() -> int:
    """Run them, and print what differs or fails; 1 where anything does."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", dest="runs", type=int, default=10, metavar="N", help="runs, and seeds")
    parser.add_argument("-j", dest="jobs", type=int, default=1, metavar="N", help="runs at once")
    options = parser.parse_args()
    seeds = [*[0] * options.runs, *range(1, options.runs)]
    told, unsound = [], 0
    with ThreadPoolExecutor(options.jobs) as pool:
        for seed, lines in zip(seeds, pool.map(asked, seeds), strict=True):
            told.append(lines)
            unsound += sound(seed, lines)
    unlike = differing(told[: options.runs])
    print(f"Of {options.runs} runs of seed 0, {options.runs - unlike} ask the same, and {unlike} other than the first.")
    return bool(unlike or unsound)


def asked(seed: int) -> list[str]:
    """What a run of its own process asks, and what comes of it: another order of hashes, and no cache, each time."""
    command = [sys.executable, "-m", "tests.mutants.asked", str(seed)]
    return subprocess.run(
        command, cwd=_ROOT, check=True, capture_output=True, text=True, timeout=600
    ).stdout.splitlines()


def sound(seed: int, lines: Sequence[str]) -> int:
    """How many cases of a run found something; prints them."""
    verdicts = Counter(line.split()[1] for line in lines if line.startswith("# "))
    requests = sum(not line.startswith("# ") for line in lines)
    shown = ", ".join(f"{number} {verdict}" for verdict, number in verdicts.items())
    print(f"seed {seed}: {requests} requests, {shown}", flush=True)
    wrong = [line for line in lines if line.startswith("# ") and line.split()[1] not in _SOUND]
    for line in wrong:
        print(f"  {line[:300]}", flush=True)
    return len(wrong)


def differing(runs: Sequence[Sequence[str]]) -> int:
    """How many runs ask other than the first; prints where."""
    unlike = [number for number, run in enumerate(runs) if run != runs[0]]
    for number in unlike:
        print(f"run {number + 1}:")
        for line in islice(difflib.unified_diff(runs[0], runs[number], "run 1", f"run {number + 1}", n=0), _SHOWN):
            print(f"  {line[:200]}")
    return len(unlike)


if __name__ == "__main__":
    sys.exit(main())
