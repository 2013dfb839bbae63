"""Load, by wrk: eight connections from one thread."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from servers import TOKEN

CONNECTIONS = 8
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}
_FOUND = re.compile(r"(50%|99%|Requests/sec:|Non-2xx or 3xx responses:|requests in)\s+([\d.]+)?(us|ms|s)?")


@dataclass(frozen=True)
class Load:
    """What came of a load: requests a second, and milliseconds that half and 99 of 100 took at most."""

    rate: float
    p50: float
    p99: float
    failed: int


def load(url: str, method: str, path: str, body: bytes | None, seconds: int) -> Load:
    """Ask the same for some seconds."""
    wrk = shutil.which("wrk")
    if wrk is None:
        raise SystemExit("wrk is not installed. Install it, with `apt-get install wrk` for instance.")
    lines = [f'wrk.method = "{method}"', *(f'wrk.headers["{name}"] = "{value}"' for name, value in TOKEN.items())]
    if body is not None:
        lines += ['wrk.headers["Content-Type"] = "application/json"', f"wrk.body = [[{body.decode()}]]"]
    with tempfile.NamedTemporaryFile("w", suffix=".lua", encoding="utf-8") as script:
        script.write("\n".join(lines))
        script.flush()
        command = [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-s", script.name, url + path]
        text = subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + 60).stdout
    found = {name: (value, unit) for name, value, unit in _FOUND.findall(text)}
    p50, p99 = (float(found[name][0]) * _UNITS[found[name][1]] for name in ("50%", "99%"))
    failed = int(found.get("Non-2xx or 3xx responses:", ("0", ""))[0])
    return Load(float(found["Requests/sec:"][0]), p50, p99, failed)


def cache_folder() -> Path:
    """Where Prism is kept between runs."""
    folder = Path.home() / ".cache" / "letta-contract-benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
