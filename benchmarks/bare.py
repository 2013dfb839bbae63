"""What uvicorn does with nothing behind it: `python bare.py answers.json port` sends bytes by path."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import uvicorn
from starlette.types import Receive, Scope, Send

ANSWERS = {path: text.encode() for path, text in json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")).items()}


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Read the body, judge nothing, and answer."""
    while (await receive()).get("more_body"):
        pass
    body = ANSWERS[scope["path"]]
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


uvicorn.run(app, port=int(sys.argv[2]), lifespan="off", log_level="critical", access_log=False)
