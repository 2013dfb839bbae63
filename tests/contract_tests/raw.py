"""A server of a few bytes, for what no application would send."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress

Talk = Callable[[socket.socket], None]


class Raw:
    """A server of a few bytes: `heads` is what it was asked, `answer` what it does about it, then it hangs up."""

    def __init__(self, answer: Talk | bytes, tls: ssl.SSLContext | None) -> None:
        self.answer: Talk = answer if callable(answer) else lambda connection: connection.sendall(answer)
        self.tls = tls
        self.heads: list[str] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.listener.getsockname()[1]}"
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                with suppress(OSError), connection, self._secured(connection) as secured:
                    self.heads.append(secured.recv(65536).decode("latin-1"))
                    self.answer(secured)

    def _secured(self, connection: socket.socket) -> socket.socket:
        return self.tls.wrap_socket(connection, server_side=True) if self.tls else connection

    def stop(self) -> None:
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(5)
