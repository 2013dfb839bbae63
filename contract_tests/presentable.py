"""What a report may hold: no token, and nothing that a terminal would obey or that no file could keep."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from .case import Result, Row
from .curl import CUT, TOKEN
from .exchange import Exchange, Reply

# Control characters (but tabs and line feeds) move cursors and set titles; lone surrogates are no Unicode text.
_UNSPEAKABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_SHORTEST = 4  # characters of a secret; less than that is part of every other word


class Presentable:
    """Puts the token's variable in place of the token, and � in place of what cannot be shown."""

    def __init__(self, token: str | None) -> None:
        names = {} if token is None else {token: TOKEN, token[:-1]: CUT}
        self._names = {secret: name for secret, name in names.items() if len(secret) >= _SHORTEST}

    def result(self, result: Result) -> Result:
        """The same result, fit for every report."""
        return replace(result, rows=tuple(self._row(row) for row in result.rows), reason=self._text(result.reason))

    def _row(self, row: Row) -> Row:
        texts: dict[str, Any] = {
            name: self._text(getattr(row, name)) for name in ("name", "expected", "actual", "cause", "reason")
        }
        return replace(row, exchanges=tuple(self._exchange(exchange) for exchange in row.exchanges), **texts)

    def _exchange(self, exchange: Exchange) -> Exchange:
        request, reply, fault = exchange.request, exchange.reply, exchange.fault
        if fault is not None:
            fault = replace(fault, what=self._text(fault.what), partial=fault.partial and self._reply(fault.partial))
        request = replace(request, headers=self._headers(request.headers))
        return replace(exchange, request=request, reply=reply and self._reply(reply), fault=fault)

    def _reply(self, reply: Reply) -> Reply:
        content = reply.content  # what else is in it, its renderer escapes
        for secret, name in self._names.items():
            content = content.replace(secret.encode(), name.encode())
        return replace(reply, headers=self._headers(reply.headers), content=content)

    def _headers(self, headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        return tuple((name, self._text(value)) for name, value in headers)

    def _text(self, text: str) -> str:
        for secret, name in self._names.items():
            text = text.replace(secret, name)
        return _UNSPEAKABLE.sub("�", text)
