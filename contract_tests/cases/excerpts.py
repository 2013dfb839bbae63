"""The conditions of the list of messages, beside each other (CONTRACT.md, STATE-32 to STATE-36, STATE-38)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from letta_contract.contract_tests.bench import Bench
from letta_contract.contract_tests.case import Collection, Row
from letta_contract.contract_tests.cases.default import told_by_default
from letta_contract.contract_tests.cases.history import LIST, distinct, messages
from letta_contract.contract_tests.cases.turns import TURN, said_in_many_ways
from letta_contract.contract_tests.pairs import LEFT_OUT, label, telling
from letta_contract.contract_tests.verdict import Verdict

case = Collection()
cases = case.among
_TYPES = "include_return_message_types"
_ENOUGH = 100  # more messages than there are
_LEAST = 9  # of which some lie between the cursors
_CONDITIONS = {
    "order": (LEFT_OUT, "asc", "desc"),
    "order_by": (LEFT_OUT, "created_at"),
    "after": (LEFT_OUT, 0, 3),
    "before": (LEFT_OUT, -1, -4),
    "limit": (LEFT_OUT, 3, _ENOUGH),
    _TYPES: (
        LEFT_OUT,
        ("user_message",),
        ("assistant_message", "user_message"),
        ("tool_call_message",),
        ("system_message", "tool_return_message"),
    ),
}
_USUAL = {"order": "desc", "order_by": "created_at"}


@case(
    LIST,
    "conditions-together",
    "STATE-34",
    "Each condition of a list is kept beside any other: order, cursors, limit and types.",
    needs=TURN,
)
def _together(bench: Bench) -> Iterator[Row]:
    id_, _ = said_in_many_ways(bench)
    of: dict[str, tuple[str, dict[str, Any]]] = {"a conversation": (id_, {})}
    if bench.agent.writable:
        told_by_default(bench)
        of |= {"default": ("default", {"agent_id": bench.agent.id}), "the agent's id": (bench.agent.id, {})}
    told: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for name, (id_, query) in of.items():
        for order in ("asc", "desc"):
            told[name, order] = messages(bench, id_, **query, order=order, limit=_ENOUGH)
        asc, desc = (sorted(distinct(told[name, order])) for order in ("asc", "desc"))
        yield bench.check(f"{name}, either order", asc == desc, "STATE-32", asc, desc)
    enough = [name for name in of if _LEAST <= len(distinct(told[name, "asc"])) < _ENOUGH]
    if not enough:
        yield Row("conditions", Verdict.UNSUPPORTED, actual="too few messages are listed to tell pages apart")
        return

    def outcome(given: dict[str, Any]) -> list[tuple[str, str]]:
        rows = told[given["of"], given.get("order", "desc")]
        most = _most(given, rows)
        return [_row(row) for row in rows if row["id"] in most and _asked(given, row)]

    for given in telling({**_CONDITIONS, "of": enough}, bench.seed, outcome, _USUAL, _is_judged):
        name = label(given)
        whose = given.pop("of")
        rows, (id_, query) = told[whose, given.get("order", "desc")], of[whose]
        ids = distinct(rows)
        places: dict[str, Any] = {name: ids[given[name]] for name in ("after", "before") if name in given}
        yield _judged(bench, name, given, rows, messages(bench, id_, **{**query, **given, **places}))


def _is_judged(given: dict[str, Any]) -> bool:
    """Between two cursors no rule says from which end a limit counts."""
    return not ("after" in given and "before" in given and given.get("limit", _ENOUGH) != _ENOUGH)


def _judged(
    bench: Bench, name: str, given: dict[str, Any], rows: list[dict[str, Any]], page: list[dict[str, Any]]
) -> Row:
    """A row on one page; `rows` are all that there are, in its order."""
    limit, types = given.get("limit", _ENOUGH), given.get(_TYPES)
    got = distinct(page)
    strangers = {row["message_type"] for row in page} - set(types) if types else set()
    if strangers:
        return bench.check(name, holds=False, rule="STATE-38", expected="only the types asked for", actual=strangers)
    if len(got) > limit:
        return bench.check(name, holds=False, rule="STATE-33", expected="no more than limit", actual=got)
    # A server may leave out other types before it counts, or afterwards: then a page is shorter.
    most = _most(given, rows)
    least = len(set(_excerpt(given, _window(given, rows))) & {row["id"] for row in rows if _asked(given, row)})
    wanted = most[max(0, len(most) - len(got)) :] if "before" in given else most[: len(got)]
    rule = "STATE-35" if "before" in given else "STATE-34" if "after" in given else "STATE-32"
    if got != wanted or len(got) < least:
        return bench.check(name, holds=False, rule=rule, expected=most, actual=got)
    asked = [_row(row) for row in rows if row["id"] in got and _asked(given, row)]
    lost = Counter(asked) - Counter(map(_row, page))
    return bench.check(name, not lost, "STATE-36", "each row of these messages", f"without {list(lost)}")


def _most(given: dict[str, Any], rows: list[dict[str, Any]]) -> list[str]:
    """The messages that a page has where the server looks at the types before it counts."""
    kept = {row["id"] for row in rows if _asked(given, row)}
    return _excerpt(given, [id_ for id_ in _window(given, rows) if id_ in kept])


def _window(given: dict[str, Any], rows: list[dict[str, Any]]) -> list[str]:
    """What lies between the cursors."""
    begin = given["after"] + 1 if "after" in given else None
    return distinct(rows)[begin : given.get("before")]


def _excerpt(given: dict[str, Any], ids: list[str]) -> list[str]:
    limit = given.get("limit", _ENOUGH)
    return ids[-limit:] if "before" in given else ids[:limit]


def _asked(given: dict[str, Any], row: dict[str, Any]) -> bool:
    return _TYPES not in given or row["message_type"] in given[_TYPES]


def _row(row: dict[str, Any]) -> tuple[str, str]:
    return row["id"], row["message_type"]
