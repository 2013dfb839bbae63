"""`letta-contract test`: the conformance gate."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from .baseline import Baseline
    from .report import Report
    from .settings import Settings

_HOST = re.compile(r"[\w.-]+:\d|\[|localhost\b")  # an address without its http://
_CONNECTION = (
    click.option("--token", metavar="T", help="Bearer token; else LETTA_API_KEY."),
    click.option("--wait", type=float, metavar="S", help="Seconds to wait for it to come up, or to let us in.  [0]"),
    click.option("--timeout", type=float, metavar="S", help="Seconds of silence that are a hang.  [30]"),
    click.option("--header", multiple=True, metavar="'N: V'", help="An extra header of every request; repeatable."),
    click.option("--ca", metavar="FILE", help="Certificate of a private authority."),
    click.option("--cert", metavar="FILE", help="Client certificate."),
    click.option("--key", metavar="FILE", help="Its key."),
)
_TARGET = (
    click.option(
        "--agent-id", metavar="ID", help="The agent to work with; else LETTA_AGENT_ID, else one made for the run."
    ),
    click.option("--allow-agent-writes", is_flag=True, help="Let cases change an agent that is not the run's own."),
    click.option("--model", metavar="HANDLE", help="Model of the agent that is made for the run."),
    click.option("--embedding", metavar="HANDLE", help="Embedding model of that agent."),
    click.option("--stateless", is_flag=True, help="Leave out what asks for memory."),
    click.option("--stream-timeout", type=float, metavar="S", help="Seconds that a whole answer may take.  [60]"),
    click.option("--seed", type=int, metavar="N", help="What is drawn is drawn by it.  [0]"),
    click.option("--out", metavar="DIR", help="Where the reports go.  [contract-report]"),
    click.option("--format", type=click.Choice(["rich", "plain", "json", "github"]), help="What is printed.  [rich]"),
)


def connection_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that every command with an address takes."""
    return _with(_CONNECTION, command)


def target_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that every command that judges a target takes."""
    return connection_options(_with(_TARGET, command))


def _with(options: Iterable[Callable[..., Any]], command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(tuple(options)):
        command = option(command)
    return command


@click.command()
@click.argument("url", required=False)
@click.argument("cases", nargs=-1, metavar="[CASE]...")
@target_options
@click.option("--skip", multiple=True, metavar="CASE", help="Leave these cases out; repeatable.")
@click.option("--strict", is_flag=True, help="A SHOULD that is lacking fails the run.")
@click.option("-x", "--exitfirst", is_flag=True, help="Stop at the first failure.")
@click.option("--baseline", metavar="FILE", help="Known deviations, which do not fail the run until they expire.")
@click.option("--update-baseline", is_flag=True, help="Write what fails now into that file; reasons and owners stay.")
@click.option("--no-llm", is_flag=True, help="Leave out every case that makes the server call a model.")
@click.option("--read-only", is_flag=True, help="Send nothing but GETs and requests that are refused.")
@click.option("-j", "--jobs", type=int, metavar="N", help="Judge with N processes at once.  [1]")
@click.option("--shard", metavar="I/N", help="Run the I-th of N parts; `merge` joins their reports.")
@click.option("--max-response-time", type=float, metavar="S", help="Most seconds that an operation's median may be.")
@click.option("--fail-flaky", is_flag=True, help="What failed once and not again in two repeats fails the run, too.")
def test(**flags: Any) -> None:
    """Judge the server at URL; without one, judge our own mock server.

    URL may come from LETTA_BASE_URL. CASE is an operationId, operationId/slug, or a glob of either.
    """
    from . import gate, parallel
    from .contract import Contract
    from .progress import ticker
    from .reports import folder
    from .settings import settings as read

    settings = read(_first_case(flags))
    contract = Contract()
    cases = gate.chosen(settings, contract)
    known = gate.known(settings, contract)
    folder.prepare(Path(settings.out))
    with ticker(len(cases), log(settings)) as show:
        if settings.jobs > 1:
            report = parallel.judged(settings, cases, show.starting)
        else:
            report = gate.judged(settings, contract, cases, known, show.starting)
    finish(_with_baseline(report, known, settings), settings)


def _with_baseline(report: Report, known: Baseline, settings: Settings) -> Report:
    """The report with what became of the baseline's entries; the file written anew where that was asked for."""
    from .baseline import write

    fixed = tuple(known.fixed(report.results))
    if settings.baseline is not None and settings.update_baseline and not report.interrupted:
        known = known.updated(report.results)
        write(known, Path(settings.baseline))
    expired = tuple(known.expired(report.results))
    return replace(report, results=tuple(map(known.applied, report.results)), fixed=fixed, expired=expired)


def _first_case(flags: dict[str, Any]) -> dict[str, Any]:
    """The flags with the first argument among the cases, where it is no address."""
    first = flags["url"]
    if not first or "://" in first or _HOST.match(first):
        return flags
    return {**flags, "cases": (first, *flags["cases"]), "url": None}


def log(settings: Settings) -> Any:
    """The console of the log, which is standard error."""
    from rich.console import Console

    return Console(
        stderr=True,
        no_color=settings.format != "rich" or None,
        force_terminal=False if settings.format != "rich" else None,
    )


def finish(report: Report, settings: Settings) -> None:
    """Write the report's files, print it, and leave with its exit code."""
    from .reports import folder

    printed(report, settings.format, folder.write(report, Path(settings.out)))
    sys.exit(report.exit_code)


def printed(report: Report, style: str, written: str) -> None:
    """Print the report as --format says; `written` says where the files of it are."""
    from rich.console import Console

    from .reports import github
    from .reports.results_json import as_json
    from .reports.terminal import print_report

    if style == "json":
        click.echo(json.dumps(as_json(report), ensure_ascii=False))
    elif style == "github":
        for line in github.lines(report):
            click.echo(line)
        github.append_summary(report)
    else:
        plain = style == "plain"
        print_report(report, Console(no_color=plain or None, force_terminal=False if plain else None), written=written)
