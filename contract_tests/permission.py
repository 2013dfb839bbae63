"""What a run may send: with --read-only nothing that changes something, with --no-llm nothing that asks a model."""

from __future__ import annotations

from dataclasses import dataclass

from .cases.identifiers import UNKNOWN_AGENT, UNKNOWN_CONVERSATION
from .contract import Contract
from .expectation import Kind
from .request import Request

_OF_A_MODEL = ("send_conversation_message", "compact_conversation", "summarize_messages")
_READING = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True)
class Permission:
    """Whether a request may be sent. One that every conforming server refuses always may."""

    read_only: bool = False
    no_llm: bool = False

    def refusal(self, request: Request, contract: Contract) -> str:
        """Why a request may not be sent; empty where it may."""
        operation_id = contract.operation_of(request)
        if operation_id is None or request.method in _READING or not (self.read_only or self.no_llm):
            return ""
        if self.no_llm and operation_id in _OF_A_MODEL and not _refused(request, operation_id, contract):
            return "it would ask a model: --no-llm"
        if self.read_only and not _refused(request, operation_id, contract):
            return "it would change something: --read-only"
        return ""


def _refused(request: Request, operation_id: str, contract: Contract) -> bool:
    """Whether it lacks the token, names what nobody has, or is none that the operation takes."""
    if not request.authorized or "//" in request.path:
        return True
    said = f"{request.target} {(request.body or b'').decode(errors='replace')}"
    if UNKNOWN_AGENT in said or UNKNOWN_CONVERSATION in said:
        return True
    if "/default" in request.path and "agent_id" not in said:
        return True  # ID-16
    return contract.expect(operation_id, request).kind is Kind.REFUSE
