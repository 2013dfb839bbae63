"""What a comparison ends in; every format is a rendering of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.metadata import version

from letta_contract.contract_tests.baseline import NO_BASELINE, Baseline, Known
from letta_contract.contract_tests.presentable import Presentable
from letta_contract.contract_tests.verdict import ExitCode

from .comparison import Drift
from .difference import Difference, Quote, Severity
from .known import Judged, expired, judged, mended


@dataclass(frozen=True)
class Report:
    """A comparison, judged: differences of at least `threshold` count unless they are known."""

    drift: Drift
    judged: tuple[Judged, ...]
    threshold: Severity = Severity.BREAKING
    expired: tuple[Known, ...] = ()
    mended: tuple[Known, ...] = ()

    @property
    def tool(self) -> str:
        """Our own version."""
        return version("letta-contract")

    @property
    def counting(self) -> list[Difference]:
        """The differences for which the command fails."""
        return [one.difference for one in self.judged if not one.reason and one.difference.severity >= self.threshold]

    def count(self, severity: Severity) -> int:
        """How many differences of that severity are not known."""
        return sum(one.difference.severity is severity and not one.reason for one in self.judged)

    @property
    def known(self) -> int:
        """How many differences the baseline accepts."""
        return sum(bool(one.reason) for one in self.judged)

    @property
    def exit_code(self) -> ExitCode:
        """What the command tells the shell."""
        return ExitCode.VIOLATED if self.counting else ExitCode.CONFORMS

    @property
    def sentence(self) -> str:
        """The verdict in two words."""
        return "DRIFTED" if self.counting else "NO DRIFT THAT COUNTS" if self.judged else "NO DRIFT"


def report(drift: Drift, threshold: Severity, baseline: Baseline = NO_BASELINE) -> Report:
    """A comparison judged by a threshold and a baseline."""
    known = judged(baseline, drift.differences)
    gone = mended(baseline, drift.differences)
    return Report(drift, tuple(known), threshold, tuple(expired(baseline, drift.differences)), tuple(gone))


def presentable(drift: Drift, fit: Presentable) -> Drift:
    """The same comparison without secrets, and with nothing that a terminal would obey: a target wrote half of it."""

    def quote(one: Quote) -> Quote:
        return Quote(fit.text(one.text), fit.text(one.place))

    differences = tuple(
        replace(
            one,
            kind=fit.text(one.kind),
            subject=fit.text(one.subject),
            contract=quote(one.contract),
            target=quote(one.target),
            operations=tuple(map(fit.text, one.operations)),
        )
        for one in drift.differences
    )
    return replace(drift, target=fit.text(drift.target), described=fit.text(drift.described), differences=differences)
