"""`python -m letta_contract.mock_server`: the mock server alone, without the rest of the command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from letta_contract.spec import LettaContractError

from . import Settings, serve


def main(arguments: list[str] | None = None) -> int:
    """Serve as the arguments say, those of the process where none are given; returns the exit code."""
    defaults = Settings()
    parser = argparse.ArgumentParser(prog="python -m letta_contract.mock_server", description="Serve the contract.")
    parser.add_argument("--host", default=defaults.host)
    parser.add_argument("--port", type=int, default=defaults.port, help="0 takes a free one")
    parser.add_argument("--stateful", action="store_true", help="keep conversations in memory")
    parser.add_argument("--state", help="keep them in this SQLite file, or at redis://HOST:PORT/0")
    parser.add_argument("--world", default=defaults.world, help="default, empty, long, or a seed of --fixtures")
    parser.add_argument("--workers", type=int, default=defaults.workers, help="processes that answer")
    parser.add_argument("--token", help="the bearer token to require")
    parser.add_argument("--spec", type=Path, default=defaults.spec, help="an OpenAPI document of your own")
    parser.add_argument("--fixtures", type=Path, help="a folder of examples, streams and seeds of your own")
    parser.add_argument("--seed", type=int, default=defaults.seed, help="what `Prefer: dynamic` draws from")
    parser.add_argument("--delay", type=int, default=defaults.delay, help="milliseconds before each answer")
    parser.add_argument("--chunk-delay", type=int, default=defaults.chunk_delay, help="milliseconds between two events")
    parser.add_argument("--max-body", type=int, default=defaults.max_body, help="bytes; a longer body is 413")
    parser.add_argument("--cors", default=defaults.cors, help="the origin whose pages may call; * for all")
    parser.add_argument("--no-cors", action="store_const", dest="cors", const=None, help="pages of no other origin may")
    parser.add_argument("--reload", action="store_true", help="read documents and fixtures again when they change")
    parser.add_argument("--quiet", action="store_true", help="print the address and nothing else")
    options = vars(parser.parse_args(arguments))
    quiet = options.pop("quiet")
    try:
        serve(Settings(**options), quiet=quiet)
    except LettaContractError as error:
        print(error, file=sys.stderr)  # noqa: T201  # the log
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
