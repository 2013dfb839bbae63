"""`python -m tests.real_server`: install Letta, start it, judge it, stop it."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from letta_contract.contract_tests.verdict import ExitCode
from letta_contract.spec import LettaContractError

from . import known, page
from .gate import BASELINE, Gate
from .installation import installed
from .server import letta
from .tampering import CASES, tampered

TOKENS = {"open": None, "token": "a-token-of-the-real-server"}


@click.command()
@click.argument("modes", nargs=-1, type=click.Choice(list(TOKENS)))
@click.option("--seed", "seeds", type=int, multiple=True, default=(0,), help="Judge by this seed; repeatable.  [0]")
@click.option("--docs", is_flag=True, help=f"Bring {BASELINE.name} up to date, and write docs/{page.FILE.name}.")
@click.option("--keep", is_flag=True, help="Let the server run until Ctrl-C after it was judged.")
@click.option("--format", "format_", default="plain", help="How the verdict is printed.  [plain]")
@click.option("--out", type=click.Path(path_type=Path), default=page.REPORTS, help="Where reports and logs go.")
def main(modes: Sequence[str], seeds: Sequence[int], format_: str, out: Path, *, docs: bool, keep: bool) -> None:
    """Judge a real Letta server: open, asking for a token, or both, which is what is done when neither is named.

    The exit code is that of the worst run, and 1 where the gate overlooks what was broken on purpose. With --docs it is
    0 where every deviation is explained.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    modes = modes or list(TOKENS)
    if docs and not set(page.RUNS) <= set(modes):
        raise click.UsageError("--docs tells of both modes. Leave the modes out.")
    try:
        codes = {folder: code for mode in modes for folder, code in _judged(mode, seeds, format_, out, keep=keep)}
        if docs:
            _document(codes, out)
    except LettaContractError as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        sys.exit(ExitCode.INTERRUPTED)
    sys.exit(ExitCode.CONFORMS if docs else max(codes.values()))


def _judged(mode: str, seeds: Sequence[int], format_: str, out: Path, *, keep: bool) -> Iterator[tuple[Path, int]]:
    """The reports of one server's runs, and their exit codes."""
    gate = Gate(TOKENS[mode], format_)
    with _server(mode, out) as url:
        for seed in seeds:
            folder = out / (mode if seed == seeds[0] else f"{mode}-seed-{seed}")
            code = gate.judge(url, folder, seed=seed)
            if code == ExitCode.INTERRUPTED:
                raise KeyboardInterrupt
            yield folder, code
        with tampered(url) as worse:
            code = gate.judge(worse, out / f"{mode}-tampered", cases=CASES, quiet=True)
        if code != ExitCode.VIOLATED:
            raise click.ClickException(f"One more broken answer went unnoticed: exit code {code}. Narrow the baseline.")
        click.echo(f"Letta ({mode}): one more broken answer fails it, as it must", err=True)
        if keep:
            token = f" --token {TOKENS[mode]}" if TOKENS[mode] else ""
            click.echo(f"It runs on until Ctrl-C: letta-contract test {url}{token}", err=True)
            signal.pause()


def _document(codes: Mapping[Path, int], out: Path) -> None:
    wrong = [f"{folder}: {code}" for folder, code in codes.items() if code not in (0, ExitCode.VIOLATED)]
    if wrong:
        raise click.ClickException(f"Nothing is written, as runs went wrong: {', '.join(wrong)}. Mend that first.")
    unexplained = known.update(BASELINE, codes)
    page.write(out)
    click.echo(f"Wrote {BASELINE} and {page.FILE}", err=True)
    if unexplained:
        names = "".join(f"\n  {entry.case}: {entry.what}" for entry in unexplained)
        raise click.ClickException(
            f"{len(unexplained)} deviations are new. Give each its reason and owner in {BASELINE}, then run "
            f"`python -m tests.real_server.page`:{names}"
        )


@contextmanager
def _server(mode: str, out: Path) -> Iterator[str]:
    logs = out / f"{mode}-logs"
    logs.mkdir(parents=True, exist_ok=True)
    click.echo(f"Letta ({mode}): installing, where it is not there yet, and starting", err=True)
    with letta(installed(), logs, TOKENS[mode]) as url:
        click.echo(f"Letta ({mode}): up at {url}", err=True)
        yield url


if __name__ == "__main__":
    main()
