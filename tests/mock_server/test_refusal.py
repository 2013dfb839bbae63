import json

from letta_contract.mock_server.refusal import Invalid, ModelFailure, Refusal


def test_bodies_are_those_of_the_contract() -> None:
    """A detail, a list of violations, or what the model's failure was (ERR-2, ERR-4)."""
    entry = {"loc": ["body"], "msg": "x", "type": "missing"}
    bodies = {
        (404, '{"detail":"gone"}'): Refusal(404, "gone"),
        (422, json.dumps({"detail": [entry]}, separators=(",", ":"))): Invalid([entry]),
        (503, '{"error":{"type":"llm_error","message":"m","detail":"c"}}'): ModelFailure(503, "llm_error", "m", "c"),
    }
    for (status, body), refusal in bodies.items():
        assert (refusal.reply.status, refusal.reply.body.decode()) == (status, body)
