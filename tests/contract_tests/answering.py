"""Exchanges that nothing sent, for what judges them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from letta_contract.contract_tests.exchange import Exchange, Reply
from letta_contract.contract_tests.request import Request


@dataclass
class Answering:
    """Makes them of a status and a body."""

    request: Request = field(default_factory=lambda: Request("GET", "/v1/conversations/"))

    def __call__(
        self, status: int, body: Any = None, *, media: str = "application/json", request: Request | None = None
    ) -> Exchange:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = (("content-type", media),) if media else ()
        return Exchange(request or self.request, Reply(status, headers, content), base_url="http://127.0.0.1:1")
