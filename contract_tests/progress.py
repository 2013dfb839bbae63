"""What a run says while it goes on: a live line on a terminal, a plain line now and then anywhere else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from .case import Case


class Ticker:
    """Told of every case that begins.

    A log has a line for each tenth of them; where nobody knows how many there will be, for each operation.
    """

    def __init__(self, console: Console, total: int, progress: Progress | None) -> None:
        self._console = console
        self._total = total
        self._progress = progress
        self._task = progress.add_task("", total=total) if progress else None
        self._begun = 0
        self._operation = ""

    def starting(self, case: Case) -> None:
        """Show that a case begins."""
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, description=case.id, completed=self._begun)
        elif not self._total:
            if case.operation != self._operation:
                self._console.print(f"{case.operation} …", highlight=False)
        elif 10 * (self._begun + 1) // self._total > 10 * self._begun // self._total:
            self._console.print(f"{self._begun + 1} of {self._total} cases …", highlight=False)
        self._begun += 1
        self._operation = case.operation


@contextmanager
def ticker(total: int, console: Console) -> Iterator[Ticker]:
    """A ticker on standard error, which is the log; it leaves nothing on a terminal when the run is over."""
    if not console.is_terminal:
        yield Ticker(console, total, None)
        return
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, transient=True) as progress:
        yield Ticker(console, total, progress)
