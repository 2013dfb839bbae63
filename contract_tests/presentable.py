"""What a report may hold: no token, and nothing that a terminal would obey or that no file could keep."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from .case import Result, Row
from .curl import CUT, TOKEN, variable
from .exchange import Exchange, Reply

# Control characters (but tabs and line feeds) move cursors and set titles; lone surrogates are no Unicode text.
_UNSPEAKABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_SHORTEST = 4  # characters of a token; less than that is part of every other word
_SHORTEST_HEADER = 8  # the same of a header, which may also say no more than `true`
_NO_SECRET = re.compile(r"accept|accept-.+|content-.+|host|origin|user-agent", re.IGNORECASE)


class Presentable:
    """Puts a variable in place of the token and of what extra headers say, and � in place of what cannot be shown."""

    def __init__(self, token: str | None, headers: tuple[tuple[str, str], ...] = ()) -> None:
        names = {} if token is None else {token: TOKEN, token[:-1]: CUT}
        self._names = {secret: name for secret, name in names.items() if len(secret) >= _SHORTEST}
        for name, value in headers:
            if not _NO_SECRET.fullmatch(name):
                # After a scheme (Basic, Bearer) the secret may also come back alone.
                secrets = {value: variable(name), value.rpartition(" ")[2]: variable(name)}
                self._names |= {secret: name for secret, name in secrets.items() if len(secret) >= _SHORTEST_HEADER}

    def result(self, result: Result) -> Result:
        """The same result, fit for every report."""
        return replace(result, rows=tuple(self._row(row) for row in result.rows), reason=self.text(result.reason))

    def _row(self, row: Row) -> Row:
        texts: dict[str, Any] = {
            name: self.text(getattr(row, name)) for name in ("name", "expected", "actual", "cause", "reason")
        }
        return replace(row, exchanges=tuple(self._exchange(exchange) for exchange in row.exchanges), **texts)

    def _exchange(self, exchange: Exchange) -> Exchange:
        request, reply, fault = exchange.request, exchange.reply, exchange.fault
        if fault is not None:
            fault = replace(fault, what=self.text(fault.what), partial=fault.partial and self._reply(fault.partial))
        request = replace(request, headers=self._headers(request.headers))
        return replace(exchange, request=request, reply=reply and self._reply(reply), fault=fault)

    def _reply(self, reply: Reply) -> Reply:
        content = reply.content  # what else is in it, its renderer escapes
        for secret, name in self._names.items():
            content = content.replace(secret.encode(), name.encode())
        return replace(reply, headers=self._headers(reply.headers), content=content)

    def _headers(self, headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        return tuple((name, self.text(value)) for name, value in headers)

    def text(self, text: str) -> str:
        """The same text, fit for every report."""
        for secret, name in self._names.items():
            text = text.replace(secret, name)
        return _UNSPEAKABLE.sub("�", text)
