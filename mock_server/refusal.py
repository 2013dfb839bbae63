"""Requests that are answered with an error: the contract's error bodies (ERR)."""

from __future__ import annotations

from typing import Any

from letta_contract.spec import LettaContractError

from .reply import Headers, Reply


class Refusal(LettaContractError):  # noqa: N818  # an answer, not a fault of ours
    """A request that is refused, with the status and the `detail` that its sender gets."""

    def __init__(self, status: int, detail: str, headers: Headers | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.headers = headers

    @property
    def body(self) -> Any:
        """The JSON of the answer."""
        return {"detail": str(self)}

    @property
    def reply(self) -> Reply:
        """The answer."""
        return Reply.json(self.body, self.status, self.headers)


class Invalid(Refusal):
    """A request that breaks the document; names every violation (ERR-2)."""

    def __init__(self, violations: list[dict[str, Any]]) -> None:
        super().__init__(422, "The request does not fit the contract. Mend what `detail` names.")
        self.violations = violations

    @property
    def body(self) -> Any:
        """The JSON of the answer, the document's HTTPValidationError."""
        return {"detail": self.violations}


class Unreachable(Refusal):
    """What keeps the worlds cannot be had at the moment; no request is to blame."""

    def __init__(self, detail: str) -> None:
        super().__init__(503, detail, [(b"retry-after", b"1")])


class ModelFailure(Refusal):
    """The model behind the server failed before its turn began (ERR-4)."""

    def __init__(self, status: int, kind: str, message: str, cause: str) -> None:
        super().__init__(status, message)
        self.kind = kind
        self.cause = cause

    @property
    def body(self) -> Any:
        """The JSON of the answer, the document's ModelError."""
        return {"error": {"type": self.kind, "message": str(self), "detail": self.cause}}
