"""What can be said of a case, and the one place where verdicts become an exit code."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum


class Verdict(IntEnum):
    """Ordered, so that a parent is its worst child.

    FAIL is the server's fault; ERROR is ours, the network's or the configuration's. KNOWN is a failure that a baseline
    accepts, FLAKY one that did not happen again, FOLDED one that another case names already.
    """

    SKIP = 0
    PASS = 1
    UNSUPPORTED = 2
    FOLDED = 3
    KNOWN = 4
    FLAKY = 5
    ERROR = 6
    FAIL = 7

    @property
    def word(self) -> str:
        """Its name, as reports have it."""
        return self.name.lower()


class ExitCode(IntEnum):
    """What the command tells the shell."""

    CONFORMS = 0
    VIOLATED = 1
    USAGE = 2
    TARGET = 3
    OURS = 4
    INTERRUPTED = 130


_BY_VERDICT = {Verdict.FAIL: ExitCode.VIOLATED, Verdict.ERROR: ExitCode.OURS}
_PRECEDENCE = (
    ExitCode.INTERRUPTED,
    ExitCode.VIOLATED,
    ExitCode.OURS,
    ExitCode.TARGET,
    ExitCode.USAGE,
)


def exit_code(verdicts: Iterable[Verdict], *also: ExitCode, fail_flaky: bool = False) -> ExitCode:
    """The exit code of a run; `also` holds what happened to the run itself.

    A run in which nothing was judged is never green: no case that passed or failed is a usage error.
    """
    seen = set(verdicts)
    if fail_flaky and Verdict.FLAKY in seen:
        seen.add(Verdict.FAIL)
    codes = {*also, *(_BY_VERDICT[verdict] for verdict in seen if verdict in _BY_VERDICT)}
    if not seen - {Verdict.SKIP, Verdict.UNSUPPORTED}:
        codes.add(ExitCode.USAGE)
    return next((code for code in _PRECEDENCE if code in codes), ExitCode.CONFORMS)
