"""The whole gate on every mutant: what it finds and misses, by section, and which cases find nothing.

python -m benchmarks.mutants [GLOB …]      mutants whose id matches any GLOB; all of them, where none is given
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from fnmatch import fnmatchcase

from letta_contract.contract_tests.verdict import Verdict

from tests.mutants import MUTANTS, Mutant
from tests.mutants.serving import every, judged


def main(globs: list[str]) -> int:
    """Print what was found; 1 where something was missed."""
    chosen = [mutant for mutant in MUTANTS.values() if not globs or any(fnmatchcase(mutant.id, g) for g in globs)]
    found: dict[str, int] = defaultdict(int)
    missed: list[Mutant] = []
    biting: dict[str, int] = defaultdict(int)
    seconds: dict[str, float] = defaultdict(float)
    for mutant in chosen:
        started = time.perf_counter()
        failed = [result.case.id for result in judged(mutant, every()) if result.verdict is Verdict.FAIL]
        seconds[mutant.section] += time.perf_counter() - started
        found[mutant.section] += bool(failed)
        for case in failed:
            biting[case] += 1
        if not failed:
            missed.append(mutant)
        print(f"{len(failed):4} cases  {mutant.id}", flush=True)
    _report(chosen, found, missed, biting, seconds)
    return bool(missed)


def _report(
    chosen: list[Mutant],
    found: dict[str, int],
    missed: list[Mutant],
    biting: dict[str, int],
    seconds: dict[str, float],
) -> None:
    print("\nsection        found   of      s")
    for section in dict.fromkeys(mutant.section for mutant in chosen):
        count = sum(mutant.section == section for mutant in chosen)
        print(f"{section:14}{found[section]:6}{count:5}{seconds[section]:7.1f}")
    print(f"{'all':14}{sum(found.values()):6}{len(chosen):5}{sum(seconds.values()):7.1f}")
    for mutant in missed:
        print(f"missed: {mutant.id}: {mutant.what} ({mutant.rule})")
    for case in every():
        if case.id not in biting:
            print(f"finds nothing: {case.id}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
