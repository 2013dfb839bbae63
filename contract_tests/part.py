"""One of several processes that judge at once: `python -m letta_contract.contract_tests.part`.

It reads one JSON line, the settings and which part of the cases it is, and writes JSON lines: each case that it begins,
then its report, or the error that kept it from judging.
"""

from __future__ import annotations

import json
import signal
import sys
from typing import Any


def main() -> None:
    """Judge the part that standard input names; what else is printed goes to the log."""
    out, sys.stdout = sys.stdout, sys.stderr

    def tell(**message: Any) -> None:
        print(json.dumps(message), file=out, flush=True)

    try:
        tell(report=_judged(json.loads(sys.stdin.readline()), tell))
    except KeyboardInterrupt:  # before there was anything to tell
        pass
    except Exception as error:  # noqa: BLE001  # whoever started this one says it
        tell(error=_error(error))


def _judged(order: dict[str, Any], tell: Any) -> dict[str, Any]:
    from .contract import Contract
    from .gate import chosen, judged, known
    from .reports.results_json import as_json
    from .selection import shard
    from .settings import Settings

    given: dict[str, Any] = order["settings"]
    settings = Settings(**{name: _value(value) for name, value in given.items()})
    contract = Contract()
    cases = shard(chosen(settings, contract), order["part"])
    report = judged(settings, contract, cases, known(settings, contract), lambda case: tell(starting=case.id))
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it is over; what is left is to tell
    return as_json(report)


def _value(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value  # JSON has no tuples


def _error(error: Exception) -> dict[str, str]:
    from letta_contract.spec import LettaContractError

    known = isinstance(error, LettaContractError)
    fault = f"{type(error).__name__}: {error}. Please report it, with the command that you ran."
    return {"kind": type(error).__name__, "text": str(error) if known else fault}


if __name__ == "__main__":
    main()
