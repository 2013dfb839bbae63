"""The one bearer token that is let in."""

from __future__ import annotations

from hmac import compare_digest

from .refusal import Refusal

_CHALLENGE = [(b"www-authenticate", b"Bearer")]


class BearerToken:
    """A secret that each request must show (DOC-3, ORDER-1)."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def check(self, headers: list[tuple[bytes, bytes]]) -> None:
        """Raises Refusal with 401 unless there is exactly one Authorization header, and it bears the token."""
        shown = [value for name, value in headers if name == b"authorization"]
        scheme, _, secret = shown[0].partition(b" ") if len(shown) == 1 else (b"", b"", b"")
        if scheme.lower() != b"bearer" or not compare_digest(secret.strip(), self._secret):
            detail = "The token is missing or wrong. Send the header `Authorization: Bearer <token>`."
            raise Refusal(401, detail, _CHALLENGE)
