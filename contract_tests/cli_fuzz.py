"""`letta-contract fuzz`: schemathesis on a server until the time is up."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from .cli_test import finish, log, target_options

_TIME = re.compile(r"(\d+(?:\.\d+)?)(s|m|h)?")
_SECONDS = {None: 1, "s": 1, "m": 60, "h": 3600}


class _Duration(click.ParamType[float]):
    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        match = _TIME.fullmatch(str(value))
        if match is None or float(match[1]) <= 0:
            self.fail(f"{value!r} is no time. Give it as 90s, 5m or 2h.", param, ctx)
        return float(match[1]) * _SECONDS[match[2]]


@click.command()
@click.argument("url", required=False)
@target_options
@click.option("--time", "seconds", type=_Duration(), default="5m", show_default=True, help="How long: 90s, 5m, 2h.")
def fuzz(seconds: float, **flags: Any) -> None:
    """Hunt for bugs in the server at URL until the time is up; without one, in our own mock server.

    Every round draws other requests, from the next seed; each failure is reported once.
    """
    from .contract import Contract
    from .fuzzing import hunt
    from .progress import ticker
    from .reports import folder
    from .session import Session
    from .settings import settings as read

    settings = read(flags)
    folder.prepare(Path(settings.out))
    with ticker(0, log(settings)) as show:
        report = Session(settings, Contract()).run("fuzz", lambda bench: hunt(bench, seconds, show.starting))
    finish(report, settings)
