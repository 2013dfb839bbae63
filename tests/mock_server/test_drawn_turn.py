from typing import Any

from letta_contract import spec
from letta_contract.contract_tests import turn
from letta_contract.contract_tests.json_schema import Reading, validator
from letta_contract.mock_server.drawn_turn import drawn_turn
from letta_contract.spec.lint_examples import stream_problems
from letta_contract.spec.validation import Validator

(SEND,) = (one for one in spec.operations(spec.load()) if one.id == "send_conversation_message")
STREAM: Any = spec.EventStream.of_operation(SEND)


def test_drawn_turns_are_valid() -> None:
    """Each event fits, and their order is a turn of the document, by the linter and by the judge of servers."""
    events, values = validator(STREAM.events, Reading.REPLY), Validator()
    for seed in range(60):
        text = drawn_turn(STREAM, str(seed))
        assert list(stream_problems(STREAM, text, values)) == []
        assert list(turn.problems(text.encode(), events)) == []


def test_drawn_turns_end_in_every_way() -> None:
    """Most are normal; some fail, some are cancelled, and pings come in between."""
    texts = [drawn_turn(STREAM, str(seed)) for seed in range(60)]
    assert 0 < sum("event: error" in text for text in texts) < 30
    assert 0 < sum('"stop_reason":"cancelled"' in text for text in texts) < 30
    assert 0 < sum('"message_type":"ping"' in text for text in texts) < 60
    assert len(set(texts)) == 60
