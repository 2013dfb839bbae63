"""What an error tells of the server's inside (CONTRACT.md, ERR-6)."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from .exchange import Reply
from .request import Request

_LEAK = re.compile(
    rb"Traceback \(most recent call last\)|File \\?\"/[^\"]+\\?\", line \d+|goroutine \d+ \[running\]"
    rb"|(?:\\n|\n)(?:\\t|\s)*at [^\n\\\"]{1,200}:\d+"  # JavaScript, Java
    rb"|(?:/[\w.-]+)+\.(?:py|[mc]?js|ts|rb|go|rs|java|php)\b"
    rb"|(?<![\w./-])/(?:home|usr|var|srv|opt|root|app|tmp|etc)/\w[\w./-]*"
)


def leaks(request: Request, reply: Reply) -> bool:
    """Whether an error shows a traceback or a path of the server; what the request said itself is no secret."""
    own = unquote_to_bytes(request.target) + (request.body or b"")
    return any(found.group() not in own for found in _LEAK.finditer(reply.content))
