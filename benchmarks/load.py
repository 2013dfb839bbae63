"""Load, by wrk: the same request again and again, or the steps of one life after another."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from servers import TOKEN

CONNECTIONS = 8
Step = tuple[str, str, bytes | None]
"""Method, path and body of a request; `{id}` in a path is the conversation that an answer last named."""

_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}
_FOUND = re.compile(r"(50%|99%|Requests/sec:|Non-2xx or 3xx responses:)\s+([\d.]+)(us|ms|s)?")
_COUNT = re.compile(r"(\d+) requests in")
# One connection to a thread: each step waits for the answer to the one before.
_LIFE = """
local id, at = "", 1
function request()
  local method, path, body = unpack(steps[at])
  return wrk.format(method, (path:gsub("{id}", id)), nil, body)
end
function response(status, headers, body)
  id = body:match('"id":"(conv%-[%x-]+)"') or id
  at = at % #steps + 1
end
"""


@dataclass(frozen=True)
class Load:
    """What came of a load: requests a second, and milliseconds that half and 99 of 100 took at most."""

    count: int
    rate: float
    p50: float
    p99: float
    failed: int


def load(url: str, steps: list[Step], seconds: int, connections: int = CONNECTIONS) -> Load:
    """Ask for some seconds: one step by one thread for all connections, several by one thread for each."""
    wrk = shutil.which("wrk")
    if wrk is None:
        raise SystemExit("wrk is not installed. Install it, with `apt-get install wrk` for instance.")
    threads = 1 if len(steps) == 1 else connections
    with tempfile.NamedTemporaryFile("w", suffix=".lua", encoding="utf-8") as script:
        script.write(_script(steps))
        script.flush()
        command = [wrk, f"-t{threads}", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", script.name]
        command.append(url + steps[0][1])
        text = subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + 60).stdout
    found = {name: (value, unit) for name, value, unit in _FOUND.findall(text)}
    p50, p99 = (float(found[name][0]) * _UNITS[found[name][1]] for name in ("50%", "99%"))
    failed = int(found.get("Non-2xx or 3xx responses:", ("0", ""))[0])
    count = _COUNT.search(text)
    assert count is not None, text
    return Load(int(count[1]), float(found["Requests/sec:"][0]), p50, p99, failed)


def _script(steps: list[Step]) -> str:
    lines = [f'wrk.headers["{name}"] = "{value}"' for name, value in TOKEN.items()]
    if any(body is not None for _, _, body in steps):
        lines.append('wrk.headers["Content-Type"] = "application/json"')
    if len(steps) == 1:
        ((method, _, body),) = steps
        lines += [f'wrk.method = "{method}"', f"wrk.body = {_text(body)}"]
    else:
        rows = (f"{{'{method}', '{path}', {_text(body)}}}" for method, path, body in steps)
        lines += [f"local steps = {{{', '.join(rows)}}}", _LIFE]
    return "\n".join(lines)


def _text(body: bytes | None) -> str:
    return "nil" if body is None else f"[[{body.decode()}]]"


def cache_folder() -> Path:
    """Where Prism is kept between runs."""
    folder = Path.home() / ".cache" / "letta-contract-benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
