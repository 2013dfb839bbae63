"""`letta-contract drift`: the contract beside the document that a server publishes of itself."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .cli_test import connection_options

if TYPE_CHECKING:
    from .baseline import Baseline
    from .drift.document import Document
    from .drift.report import Report
    from .settings import Settings

FORMATS = ("text", "json", "sarif", "markdown")


@click.command()
@click.argument("place", required=False, metavar="URL|FILE")
@click.option("--fail-on", type=click.Choice(["breaking", "any"]), default="breaking", show_default=True)
@click.option("--baseline", metavar="FILE", help="Known differences, which do not fail until they expire.")
@click.option("--update-baseline", is_flag=True, help="Write what counts now into that file; reasons and owners stay.")
@connection_options
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Instead of stdout.")
@click.option("--format", "style", type=click.Choice(FORMATS), default="text", show_default=True)
def drift(place: str | None, fail_on: str, out: Path | None, style: str, **flags: Any) -> None:
    """Lay the contract beside the OpenAPI document of a server, and tell every difference.

    It is read from URL/openapi.json and the like, or from a FILE (JSON or YAML). URL may come from LETTA_BASE_URL.

    A difference is `breaking` where a client of the contract may fail, `notable` where the document says otherwise or
    does not say, and `info` where the contract leaves it open.
    """
    from .drift.comparison import compare
    from .drift.difference import Severity
    from .drift.report import presentable, report
    from .errors import TargetError
    from .presentable import Presentable
    from .settings import settings as read

    file = None if not place or "://" in place else Path(place)
    settings = read({**flags, "url": None if file else place or None})
    threshold = Severity.INFO if fail_on == "any" else Severity.BREAKING
    known = _baseline(settings)
    fit = Presentable(settings.token, settings.headers)
    try:
        found = presentable(compare(_document(file, settings)), fit)
    except TargetError as error:
        raise TargetError(fit.text(str(error))) from None
    result = report(found, threshold, known)
    if settings.baseline is not None and settings.update_baseline:
        result = _with_new_baseline(result, known, Path(settings.baseline))
    _show(result, style, out)
    sys.exit(result.exit_code)


def _document(file: Path | None, settings: Settings) -> Document:
    from .drift.reading import served, stored
    from .errors import UsageError
    from .preflight import connect

    if file is not None:
        return stored(file)
    if settings.url is None:
        raise UsageError("There is nothing to compare with. Give a URL or a FILE, or set LETTA_BASE_URL.")
    with connect(settings, settings.url) as target:
        return served(target, settings.wait)


def _baseline(settings: Settings) -> Baseline:
    from .baseline import Baseline, read

    if settings.baseline is None or (settings.update_baseline and not Path(settings.baseline).exists()):
        return Baseline()
    return read(Path(settings.baseline))


def _with_new_baseline(result: Report, known: Baseline, file: Path) -> Report:
    from .baseline import write
    from .drift.known import HEAD, updated
    from .drift.report import report

    new = updated(known, result.drift.differences, result.threshold)
    write(new, file, head=HEAD)
    return report(result.drift, result.threshold, new)


def _show(result: Report, style: str, out: Path | None) -> None:
    from .output import put

    if style == "text" and out is None:
        from rich.console import Console

        from .drift.terminal import lines

        console = Console()
        for line in lines(result):
            console.print(line, soft_wrap=True, highlight=False)
        return
    put(_text(result, style), out)
    if out is not None:
        click.echo(f"{result.sentence}   Report  {out}", err=True)


def _text(result: Report, style: str) -> str:
    from .drift import markdown, results, sarif, terminal

    if style == "text":
        return "".join(f"{line.plain}\n" for line in terminal.lines(result))
    return {"json": results.render, "sarif": sarif.render, "markdown": markdown.render}[style](result)
