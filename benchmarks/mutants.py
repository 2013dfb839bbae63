"""The whole gate on every mutant: what it finds and misses, by section, and which cases find nothing.

python -m benchmarks.mutants [GLOB …] [-x] [-j N] [--shard I/N] [--sample N] [--seed S] [--out FILE]
python -m benchmarks.mutants --join FILE…

With --out, each mutant is a line of JSON in that file as soon as it is judged, and what has a line there already is not
judged again: a run that was interrupted goes on. --join tells of such files together, of all shards for instance.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

from letta_contract.contract_tests.case import Case
from letta_contract.contract_tests.verdict import Verdict

from tests.mutants import MISSED, MUTANTS, Mutant
from tests.mutants.serving import every, judged

_PATIENCE = 2.0  # seconds; with cases by the hundred, one that hangs is given up sooner than where it is named


@dataclass(frozen=True)
class Found:
    """What the gate found of one mutant: the cases that failed, twice each; `seconds` it took."""

    id: str
    cases: tuple[str, ...]
    seconds: float


def main() -> int:
    """Judge, and print what was found; 1 where something was missed that is not known to be."""
    options = _options()
    if options.join:
        found = [one for file in options.files for one in read(Path(file))]
        unjudged = set(MUTANTS) - {one.id for one in found}
        for id_ in sorted(unjudged):
            print(f"not judged: {id_}")
        return report(found, whole=True) or bool(unjudged)
    chosen = chose(MUTANTS.values(), options.files, options.sample, options.seed, options.shard)
    done = read(options.out) if options.out and options.out.exists() else []
    wanted = {mutant.id for mutant in chosen}
    found = [one for one in done if one.id in wanted]
    left = [mutant.id for mutant in chosen if mutant.id not in {one.id for one in done}]
    for one in judge_all(left, options.jobs, first=options.first):
        found.append(one)
        print(f"{len(one.cases):4} cases {one.seconds:6.1f} s  {one.id}", flush=True)
        if options.out:
            with options.out.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(asdict(one)) + "\n")
    return report(found, whole=len(found) == len(MUTANTS) and not options.first)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", metavar="GLOB", help="mutants by their ids; with --join, files")
    parser.add_argument("-x", dest="first", action="store_true", help="stop at a mutant's first failure")
    parser.add_argument("-j", dest="jobs", type=int, default=1, metavar="N", help="mutants at once")
    parser.add_argument("--shard", type=_shard, default=(1, 1), metavar="I/N", help="the I-th of N parts")
    parser.add_argument("--sample", type=int, metavar="N", help="N of them, from each section its share")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="of the sample")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to keep what was found")
    parser.add_argument("--join", action="store_true", help="judge nothing; tell of what FILEs hold")
    return parser.parse_args()


def _shard(text: str) -> tuple[int, int]:
    part, _, whole = text.partition("/")
    if not (part.isdigit() and whole.isdigit() and 1 <= int(part) <= int(whole)):
        raise argparse.ArgumentTypeError(f"{text!r} is no part of a whole. Give it as I/N, such as 2/4.")
    return int(part), int(whole)


def chose(
    mutants: Iterable[Mutant], globs: Sequence[str], sample: int | None, seed: int, shard: tuple[int, int] = (1, 1)
) -> list[Mutant]:
    """The mutants to judge; the same for the same arguments."""
    named = [mutant for mutant in mutants if not globs or any(fnmatchcase(mutant.id, glob) for glob in globs)]
    if sample is not None:
        # Every n-th of the shuffled sections, one after the other, so that each section has its share; drawn in the
        # order of their ids, which stays where a mutant moves to another module.
        draw = random.Random(seed)
        by_id = sorted(named, key=lambda mutant: mutant.id)
        mixed = sorted(by_id, key=lambda mutant: (mutant.section, draw.random()))
        named = [mixed[index * len(mixed) // sample] for index in range(min(sample, len(mixed)))]
    part, whole = shard
    return named[part - 1 :: whole]


def judge_all(ids: Sequence[str], jobs: int, *, first: bool) -> Iterator[Found]:
    """What the gate finds, as it comes."""
    if jobs == 1:
        yield from (judge(id_, first=first) for id_ in ids)
        return
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        for future in as_completed(pool.submit(partial(judge, first=first), id_) for id_ in ids):
            yield future.result()


def judge(id_: str, *, first: bool) -> Found:
    """What the gate finds of one mutant; of the first failure only, the cases that name it come before the others."""
    mutant = MUTANTS[id_]
    cases = sorted(every(), key=lambda case: not _names(mutant, case)) if first else every()
    started = time.perf_counter()
    results = judged(mutant, cases, first=first, repeats=True, patience=min(mutant.patience, _PATIENCE))
    failed = tuple(result.case.id for result in results if result.verdict is Verdict.FAIL)
    return Found(id_, failed, round(time.perf_counter() - started, 2))


def _names(mutant: Mutant, case: Case) -> bool:
    return any(fnmatchcase(case.id, glob) for glob in mutant.cases)


def read(file: Path) -> list[Found]:
    """What was found before; mutants that are no more are left out."""
    lines = (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines())
    return [Found(**{**line, "cases": tuple(line["cases"])}) for line in lines if line["id"] in MUTANTS]


def report(found: Sequence[Found], *, whole: bool) -> int:
    """Print a table by section, and what was missed; of a whole run, also the cases that find nothing."""
    print("\nsection        found   of  missed        s")
    for section in dict.fromkeys(mutant.section for mutant in MUTANTS.values()):
        of_section = [one for one in found if MUTANTS[one.id].section == section]
        if of_section:
            _row(section, of_section)
    _row("all", found)
    missed = [MUTANTS[one.id] for one in found if not one.cases]
    for mutant in missed:
        known = f"; known: {MISSED[mutant.id]}" if mutant.id in MISSED else ""
        print(f"missed: {mutant.id}: {mutant.what} ({mutant.rule}){known}")
    if whole:
        biting = Counter(case for one in found for case in one.cases)
        for case in every():
            if case.id not in biting:
                print(f"finds nothing: {case.id}")
    return any(mutant.id not in MISSED for mutant in missed)


def _row(name: str, found: Sequence[Found]) -> None:
    caught, seconds = sum(bool(one.cases) for one in found), sum(one.seconds for one in found)
    print(f"{name:14}{caught:6}{len(found):5}{len(found) - caught:8}{seconds:9.1f}")


if __name__ == "__main__":
    sys.exit(main())
