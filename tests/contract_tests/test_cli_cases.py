from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from letta_contract.contract_tests.cases import every_case
from letta_contract.contract_tests.contract import Contract

if TYPE_CHECKING:
    from .outcome import Outcome

    Command = Callable[..., Outcome]

EXPLAINED = """\
retrieve_conversation/conversation-id-length  MUST
    Requirement  An id of any other length than its form has is 422; a well-formed one that nothing has is 404.
    Rule         ID-7: An id that is too short, too long or off its pattern is answered 422 on every operation, \
whatever does or does not exist by that name. Ids up to 5 000 characters are judged.
    Operation    GET /v1/conversations/{conversation_id}     spec/paths/conversation.yaml:N
    Fix          Measure an id before anything is looked up: what is too short or too long is 422, whatever exists.
    Run it       letta-contract test URL retrieve_conversation/conversation-id-length
"""

SLOW = """\
fork_conversation/response-time  MUST
    Requirement  The median answer begins within S s (--max-response-time).
    Operation    POST /v1/conversations/{conversation_id}/fork     spec/paths/fork.yaml:N
    Fix          Measure the operation on the server, alone and under the same load; or raise --max-response-time.
    Run it       letta-contract test URL fork_conversation --max-response-time S
"""


def test_list_has_a_line_for_each_case(command: Command, contract: Contract) -> None:
    """Every case is named with level and requirement, without a server."""
    result = command("list")
    cases = list(every_case(contract.operations.values()))
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines() == [f"{c.id}  {c.level.upper()}  {c.requirement}" for c in cases]


def test_list_takes_names_and_globs(command: Command) -> None:
    """The same patterns as those of `test` choose what is listed."""
    result = command("list", "fork_conversation/conversation-id-length", "update_conversation/*-length")
    assert [line.split()[0] for line in result.out.splitlines()] == [
        "update_conversation/conversation-id-length",
        "fork_conversation/conversation-id-length",
    ]


def test_list_of_nothing_is_a_usage_error(command: Command) -> None:
    """A slip in a name has its near names told."""
    result = command("list", "fork_conversations")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("Error: No case is named 'fork_conversations'. Did you mean fork_conversation or ")


def test_explain_tells_what_a_case_asks_for(command: Command) -> None:
    """A case is explained by its requirement, its rule, its place in the document and the command that runs it."""
    result = command("explain", "retrieve_conversation/conversation-id-length")
    assert (result.code, result.err, result.normal) == (0, "", EXPLAINED)


def test_explain_knows_how_slow_is_too_slow(command: Command) -> None:
    """A result that comes of a flag, not of a case, is explained as well; in SARIF it goes by its slug."""
    result = command("explain", "fork_conversation/response-time")
    assert (result.code, result.err, result.normal) == (0, "", SLOW)
    assert command("explain", "response-time").out.count("    Fix ") == 13


def test_explain_knows_the_rules(command: Command) -> None:
    """A rule of the contract is told by its id."""
    result = command("explain", "ID-16")
    assert (result.code, result.out) == (0, "ID-16\n    `default` without an `agent_id` is 404.\n")


def test_explain_of_nothing_is_a_usage_error(command: Command) -> None:
    """What is neither a case nor a rule is told so."""
    result = command("explain", "NO-SUCH")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("Error: No case is named 'NO-SUCH'.")


def test_every_case_can_be_explained(command: Command, contract: Contract) -> None:
    """Each case cites a rule that there is."""
    result = command("explain", "*")
    assert result.code == 0
    cases = list(every_case(contract.operations.values()))
    assert result.out.count("    Requirement ") == len(cases) + len(contract.operations)
    assert result.out.count("    Rule ") == len(cases)
