"""Makes docs/terminal.svg: runs the command that it is given, with colours, and draws what it printed."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

WIDTH = 132  # characters
OUT = Path(__file__).with_name("terminal.svg")


def main(command: list[str]) -> None:
    """Run the command, and draw its standard output under a prompt."""
    environment = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(WIDTH)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)  # noqa: S603
    console = Console(record=True, width=WIDTH, file=Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
    console.print(Text(f"$ {shlex.join(command)}", style="bold"))
    console.print(Text.from_ansi(done.stdout.rstrip()))
    console.print(Text(f"$ echo $?\n{done.returncode}", style="bold"))
    svg = console.export_svg(title="letta-contract")
    # The fonts that rich points to lie on another host: a picture fetches nothing.
    OUT.write_text(re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
