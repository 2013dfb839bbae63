"""A server's document in a file, and what the `drift` command says of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.contract_tests.outcome import Outcome

    Command = Callable[..., Outcome]

ONE = "/v1/conversations/{conversation_id}"


def drift(command: Command, document: Any, *arguments: object) -> Outcome:
    """What the command says of a document in a file."""
    Path("server.json").write_text(json.dumps(document), "utf-8")
    return command("drift", "server.json", *arguments)


def shorter(document: Any) -> Any:
    """The document of a server that takes no long ids of conversations to cancel."""
    document["paths"][f"{ONE}/cancel"]["parameters"][0]["schema"]["maxLength"] = 40
    return document


def normal(text: str) -> str:
    return re.sub(r"(spec/[\w/]+\.yaml):\d+", r"\1:N", text)
