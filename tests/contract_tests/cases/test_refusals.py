from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from letta_contract.contract_tests.bench import Bench
from letta_contract.contract_tests.cases.refusals import refused

if TYPE_CHECKING:
    from tests.contract_tests.answering import Answering


@pytest.mark.parametrize(
    ("status", "json", "rules"),
    [
        pytest.param(422, {"detail": [{"loc": ["query", "hidden"]}]}, [""], id="the query"),
        pytest.param(422, {"detail": [{"loc": ["body"]}, {"loc": ["query"]}]}, [""], id="the query among others"),
        pytest.param(422, {"detail": "no"}, [""], id="a shape that others judge"),
        pytest.param(422, {"detail": [{"loc": ["body", "hidden"]}]}, ["ERR-3"], id="the body"),
        pytest.param(404, {"detail": "There is none."}, ["TOL-10"], id="looked up first"),
        pytest.param(200, {"id": "conv-1"}, ["TOL-10"], id="taken"),
    ],
)
def test_a_wrong_value_is_422_and_told_where(
    bench: Bench, answering: Answering, status: int, json: Any, rules: list[str]
) -> None:
    """What has an effect is judged before anything is looked up, and one loc begins where the value stood."""
    exchange = answering(status, json)
    rows = refused(bench, "hidden abc", "fork_conversation", exchange, "query")
    assert [row.rule for row in rows] == rules
