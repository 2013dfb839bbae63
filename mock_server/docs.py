"""`/docs`: the document in Swagger UI, whose files come with a package, so that nothing is fetched from elsewhere."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from starlette.types import Receive, Scope, Send

from .refusal import Refusal
from .reply import Reply

_FILES = {"swagger-ui.css": b"text/css", "swagger-ui-bundle.js": b"text/javascript", "favicon-32x32.png": b"image/png"}
_PAGE = b"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Letta conversations API (mock)</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script>
SwaggerUIBundle({url: "/openapi.json", dom_id: "#ui", deepLinking: true, validatorUrl: null, persistAuthorization: true,
                 docExpansion: "list", defaultModelsExpandDepth: 0, tryItOutEnabled: true});
</script>
</body>
</html>
"""
_POLICY = (
    b"default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; connect-src 'self';"
    b" img-src 'self' data:"
)


async def docs(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request to `/docs` or below; needs no token."""
    name = scope["path"].removeprefix("/docs").strip("/")
    reply = _page() if not name else _file(name) if name in _FILES else None
    if reply is None:
        reply = Refusal(404, "There is no such path. The document is shown at /docs.").reply
    elif scope["method"] == "OPTIONS":
        reply = Reply(200, b"", _ALLOW)
    elif scope["method"] not in ("GET", "HEAD"):
        reply = Refusal(405, "That is not a method of this path. Use one that Allow names.", _ALLOW).reply
    await reply(scope, receive, send)


_ALLOW = [(b"allow", b"GET, HEAD, OPTIONS")]


def _page() -> Reply:
    return Reply(200, _PAGE, [(b"content-security-policy", _POLICY)], b"text/html; charset=utf-8")


@cache
def _file(name: str) -> Reply:
    import swagger_ui_bundle  # type: ignore[import-untyped]

    folder = Path(swagger_ui_bundle.swagger_ui_path)
    return Reply(200, (folder / name).read_bytes(), [(b"cache-control", b"max-age=3600")], _FILES[name])
