"""The agent's own conversation, under both its names (CONTRACT.md, ID-12 to ID-15, STATE-39, STATE-40)."""

from __future__ import annotations

from collections.abc import Iterator

from letta_contract.contract_tests.bench import Bench
from letta_contract.contract_tests.case import Collection, Need, Row
from letta_contract.contract_tests.cases.history import LIST, messages, wait_for_another_date
from letta_contract.contract_tests.cases.turns import SEND, TURN
from letta_contract.contract_tests.conversation import instant, said_in

case = Collection()
cases = case.among
_ELSEWHERE = "Something that is said elsewhere."
_MORE = ("Thank you.", "And one thing more.", "That is all.", "Good night.")  # so that there are pages
TOLD = ("Something that is said by default.", "Something that is said to the agent.")


@case(
    LIST,
    "two-names-of-one",
    "ID-13",
    "`default` with an agent_id and the agent's id show the same, and nothing of its other conversations.",
    needs=TURN | Need.AGENT_WRITES,
)
def _two_names(bench: Bench) -> Iterator[Row]:
    told_by_default(bench)
    other = bench.conversation()
    for fields in ({"streaming": False}, {"background": True}):
        bench.ok(SEND, other, body={"input": _ELSEWHERE, **fields})
    for name, id_, query in (
        ("default", "default", {"agent_id": bench.agent.id, "order": "desc", "limit": 100}),
        ("the agent's id", bench.agent.id, {"order": "asc", "limit": 100}),
    ):
        rows = bench.ok(LIST, id_, query=query)
        asked = [said_in(row) for row in rows if row["message_type"] == "user_message"]
        lost = [text for text in TOLD if not any(text in shown for shown in asked)]
        yield bench.check(name, not lost, "ID-13", "what was said under both", f"not there: {' '.join(lost)}")
        told = [(text, instant(row["date"])) for row in rows for text in TOLD if text in said_in(row)]
        if len({text for text, date in told if date == told[0][1]}) == 1:  # else they come in either order
            first = told[0][0] == TOLD[0 if query["order"] == "asc" else 1]
            yield bench.check(f"{name}: {query['order']}", first, "STATE-32", "sorted by date", asked)
        leaked = [shown for shown in map(said_in, rows) if _ELSEWHERE in shown]
        yield bench.check(f"{name}: others", not leaked, "STATE-40", "nothing of other conversations", leaked)
        if not rows:
            continue
        first_id = rows[0]["id"]
        behind = {row["id"] for row in bench.ok(LIST, id_, query={**query, "after": first_id})}
        without = f"a list without {first_id}"
        yield bench.check(f"{name}: behind a cursor", first_id not in behind, "STATE-34", without, behind)


def told_by_default(bench: Bench) -> None:
    """What is said to the agent's own conversation, once under each of its names, before anybody reads it."""

    def tell() -> None:
        said = [{"role": "user", "content": text} for text in (TOLD[0], *_MORE)]
        bench.ok(SEND, "default", body={"messages": said, "agent_id": bench.agent.id, "streaming": False})
        wait_for_another_date(messages(bench, "default", agent_id=bench.agent.id))
        bench.ok(SEND, bench.agent.id, body={"input": TOLD[1], "streaming": False})

    bench.shared("the agent's own conversation", tell)
