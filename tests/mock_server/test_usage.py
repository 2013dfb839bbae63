from letta_contract.mock_server.record import Conversation
from letta_contract.mock_server.usage import Usage


def test_each_step_reads_the_whole_context() -> None:
    """Two steps read it twice; what was written comes on top (STATE-41)."""
    usage = Usage()
    conversation = Conversation("c", 1, {}, in_context=["a", "b"])
    usage.add_step(conversation)
    usage.add_text("12345")
    usage.add_step(conversation)
    event = usage.event("run-1")
    assert (event["prompt_tokens"], event["completion_tokens"], event["total_tokens"]) == (100, 2, 102)
    assert (event["step_count"], event["run_ids"]) == (2, ["run-1"])
