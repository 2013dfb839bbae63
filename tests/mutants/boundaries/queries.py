"""Query values that are taken though they may not be, or refused (OP, MSG-2, TOL-11)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from letta_contract.mock_server.refusal import Invalid
from letta_contract.mock_server.reply import Reply
from letta_contract.mock_server.request import Handler, Request
from letta_contract.mock_server.violations import violation

from ..mock import CANCEL, CREATE, FORK, LIST, MESSAGES, RECOMPILE, Answer, Mock
from .section import mutant

WITH_QUERY = (CREATE, LIST, FORK, MESSAGES, CANCEL, RECOMPILE)


def _parameter(slug: str, operation_id: str, name: str, what: str, **schema: Any) -> None:
    rule = {CREATE: "OP-1", LIST: "OP-2", FORK: "OP-6", MESSAGES: "OP-7", CANCEL: "OP-10", RECOMPILE: "OP-11"}[
        operation_id
    ]

    @mutant(f"{slug}-{operation_id}", f"{operation_id} {what}.", rule, f"{operation_id}/query-values")
    def _(mock: Mock) -> None:
        mock.parameter(operation_id, name, **schema)

        async def survives(handler: Handler, request: Request) -> Answer:
            try:
                return await handler(request)
            except (TypeError, KeyError):
                return Reply.json([])

        mock.around(operation_id, survives)


_parameter("any-order", LIST, "order", "takes any order", enum=None)
_parameter("any-order", MESSAGES, "order", "takes any order", enum=None)
_parameter("any-order-by", LIST, "order_by", "sorts by anything", enum=None)
_parameter("any-order-by", MESSAGES, "order_by", "sorts by anything", enum=None)
_parameter("any-limit", LIST, "limit", "takes any limit", type=None)
_parameter("any-limit", MESSAGES, "limit", "takes any limit", type=None)
_parameter("any-type", MESSAGES, "include_return_message_types", "takes any message type", items={"type": "string"})
_parameter("any-dry-run", RECOMPILE, "dry_run", "takes any dry_run", type=None)
_parameter("any-include-err", MESSAGES, "include_err", "takes any include_err", type=None)
_parameter("no-asc", LIST, "order", "knows no asc", enum=["desc"])
_parameter("no-desc", MESSAGES, "order", "knows no desc", enum=["asc"], default="asc")
_parameter(
    "no-last-run-completion", LIST, "order_by", "knows no last_run_completion", enum=["created_at", "last_message_at"]
)
_parameter("limit-to-99", LIST, "limit", "takes no more than 99", maximum=99)
_parameter("limit-to-50", MESSAGES, "limit", "takes no more than 50", maximum=50)
_parameter("ascii-search", LIST, "summary_search", "searches ASCII only", pattern="^[ -~]*$")
_parameter("agent-pattern", CANCEL, "agent_id", "takes only ids for agent_id", pattern="^agent-")


@mutant("no-event-message", "messages knows no event_message.", "MSG-2", "list_conversation_messages/query-values")
def _(mock: Mock) -> None:
    mock.parameter(
        MESSAGES,
        "include_return_message_types",
        items={"type": "string", "enum": ["user_message", "system_message", "assistant_message"]},
    )


@mutant("agent-id-optional", "create does not ask for agent_id.", "OP-1", "create_conversation/query-values")
def _(mock: Mock) -> None:
    mock.optional(CREATE, "agent_id")
    mock.requests(CREATE, lambda request: replace(request, query={"agent_id": "agent-0", **request.query}))


def _strict_query(operation_id: str) -> None:
    @mutant(
        f"unknown-query-{operation_id}",
        f"{operation_id} refuses unknown query keys.",
        "TOL-11",
        f"{operation_id}/query-values",
    )
    def _(mock: Mock) -> None:
        refused = Invalid([violation(("query", "no_such"), "extra_forbidden", "Extra inputs are not permitted")]).reply
        mock.early(operation_id, lambda scope: refused if b"no_such" in scope["query_string"] else None)


for _operation_id in WITH_QUERY:
    _strict_query(_operation_id)
