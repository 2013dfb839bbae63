"""The conditions of the list of conversations, beside each other (CONTRACT.md, STATE-5 to STATE-29).

Each of them may make a server forget another, so conversations of every kind are asked for by pairs of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from letta_contract.contract_tests.bench import Bench
from letta_contract.contract_tests.case import Collection, Need, Row
from letta_contract.contract_tests.cases import crowd
from letta_contract.contract_tests.cases.census import DELETED, FORK, HIDDEN, Census, census, key
from letta_contract.contract_tests.cases.crowd import LIST
from letta_contract.contract_tests.cases.filters import nobodys
from letta_contract.contract_tests.cases.identifiers import UNKNOWN_AGENT
from letta_contract.contract_tests.cases.listing import DEFAULT
from letta_contract.contract_tests.pairs import LEFT_OUT, label, telling

case = Collection()
cases = case.among
_NOBODYS = "of nobody"
_RUNS = "last_run_completion"
_UNSEEN = "none of what no list shows"
_LEAVES_OUT = {HIDDEN: "STATE-6", DELETED: "STATE-20"}
_CONDITIONS = {
    "agent_id": (LEFT_OUT, "its own", _NOBODYS),
    "summary_search": (LEFT_OUT, "its word"),
    "archive_status": (LEFT_OUT, "unarchived", "archived", "all"),
    "order": (LEFT_OUT, "asc", "desc"),
    "order_by": (LEFT_OUT, "created_at", "last_message_at", _RUNS),
    "after": (LEFT_OUT, FORK, "archived and dated"),
    "limit": (LEFT_OUT, 2, 100),
}
_USUAL = {"archive_status": "unarchived", "order": "desc", "order_by": "created_at"}
Breach = tuple[str, object, object]  # the rule, what was expected, what came


@case(
    LIST,
    "conditions-together",
    "STATE-5",
    "Each condition of a list is kept beside any other: agent, search, status, order, cursor and limit.",
    needs=Need.STATE,
)
def _together(bench: Bench) -> Iterator[Row]:
    all_ = census(bench)
    by_message = {"summary_search": all_.word, "order_by": "last_message_at", "limit": 100}
    told = {order: crowd.page(bench, **by_message, order=order) for order in ("asc", "desc")}
    pages = {"the newest": crowd.page(bench, summary_search=all_.word), **told}
    if all(HIDDEN in [all_.kind(item["id"]) for item in page] for page in pages.values()):
        all_.heed_no_hidden()
    for name, page in pages.items():
        back = [kind for item in page if (kind := all_.kind(item["id"])) in all_.never]
        yield bench.check(name, not back, _LEAVES_OUT[back[0]] if back else "", _UNSEEN, back)
    # Where those stand that have no date is free (STATE-23).
    nulls_last = {order: bool(page) and page[-1].get("last_message_at") is None for order, page in told.items()}
    statuses = _CONDITIONS["archive_status"] if all_.archives else (LEFT_OUT,)

    def outcome(given: dict[str, Any]) -> list[str]:
        if given.get("agent_id") == _NOBODYS:
            return []
        return [item["id"] for item in _expected(all_, given, nulls_last)]

    for given in telling({**_CONDITIONS, "archive_status": statuses}, bench.seed, outcome, _USUAL, _is_judged):
        asked = label(given)
        if given.get("agent_id") == _NOBODYS:
            yield from nobodys(bench, asked, _query(bench, all_, given))
            continue
        page = bench.ok(LIST, query=_query(bench, all_, given))
        breach = _breach(bench, all_, given, page, nulls_last)
        rule, expected, actual = breach or ("", "", "")
        yield bench.check(asked, not breach, rule, expected, actual)


def _is_judged(given: dict[str, Any]) -> bool:
    """Others' conversations stand between ours where nothing is searched for: a small page tells nothing of ours."""
    if given.get("agent_id") == _NOBODYS or "summary_search" in given:
        return True
    return "agent_id" in given and given.get("limit", DEFAULT) >= DEFAULT


def _said(given: dict[str, Any], name: str) -> str:
    """What counts of a condition, whether it is given or left out."""
    said: str = given.get(name, _USUAL[name])
    return said


def _query(bench: Bench, all_: Census, given: dict[str, Any]) -> dict[str, Any]:
    query = dict(given)
    if "agent_id" in given:
        query["agent_id"] = UNKNOWN_AGENT if given["agent_id"] == _NOBODYS else bench.agent.id
    if "summary_search" in given:
        query["summary_search"] = all_.word
    if "after" in given:
        query["after"] = all_.shown[given["after"]]["id"]
    return query


def _breach(
    bench: Bench,
    all_: Census,
    given: dict[str, Any],
    page: list[dict[str, Any]],
    nulls_last: dict[str, bool],
) -> Breach | None:
    """The first condition that a page does not keep."""
    searched, limit = "summary_search" in given, given.get("limit", DEFAULT)
    back = [kind for item in page if (kind := all_.kind(item["id"])) in all_.never]
    if back:
        return _LEAVES_OUT[back[0]], _UNSEEN, back
    strangers = {item["agent_id"] for item in page} - {bench.agent.id}
    if strangers and "agent_id" in given:
        return "STATE-27", f"only {bench.agent.id}", strangers
    if len(page) > limit:
        return "STATE-21", "no more than limit", len(page)
    ours = [item for item in page if all_.kind(item["id"])]
    wanted = _wanted(all_, given)
    others = {item["id"] for item in ours} - {item["id"] for item in wanted}
    if others:
        summaries = [item.get("summary") or "" for item in ours if item["id"] in others]
        mismatch = searched and any(all_.word not in summary for summary in summaries)
        rule = "STATE-28" if mismatch else "STATE-29" if "archive_status" in given else "STATE-7"
        return rule, "none but what matches", f"{_kinds(all_, ours)}; of which should be: {_kinds(all_, wanted)}"
    whole = searched or len(page) < limit
    if _said(given, "order_by") == _RUNS or ("after" in given and _cursor(all_, given) is None):
        return _part(all_, given, ours, wanted, whole=whole)
    return _sequence(all_, given, ours, nulls_last, whole=whole)


def _part(
    all_: Census, given: dict[str, Any], ours: list[dict[str, Any]], wanted: list[dict[str, Any]], *, whole: bool
) -> Breach | None:
    """By runs, or from a cursor without a date, what is behind it may be any part of what matches (STATE-24)."""
    ids = [item["id"] for item in ours]
    if "after" in given and all_.shown[given["after"]]["id"] in ids:
        return "STATE-25", "a page without its cursor", _kinds(all_, ours)
    lacks = "after" not in given and whole and len(ids) < min(given.get("limit", DEFAULT), len(wanted))
    if lacks or len(set(ids)) < len(ids):
        return "STATE-26", "each that matches, once", f"{_kinds(all_, ours)}; of: {_kinds(all_, wanted)}"
    return None


def _sequence(
    all_: Census, given: dict[str, Any], ours: list[dict[str, Any]], nulls_last: dict[str, bool], *, whole: bool
) -> Breach | None:
    """By dates, a page is what matches, in its order, from the cursor on; those of one date in any order."""
    by = _said(given, "order_by")
    if "after" in given:
        cursor = _cursor(all_, given)
        alike = (item for item in _wanted(all_, given) if key(item, by) == cursor)
        if any(all_.kind(item["id"]) != given["after"] for item in alike):
            return None  # what has the cursor's own date stands on either side of it
    expected = _expected(all_, given, nulls_last)
    keys = [key(item, by) for item in expected][: None if whole else len(ours)]
    if [key(item, by) for item in ours] == keys and len({item["id"] for item in ours}) == len(ours):
        return None
    rule = "STATE-25" if "after" in given else "STATE-22" if len(keys) == len(ours) else "STATE-5"
    should = f"{_kinds(all_, ours)}; instead of: {_kinds(all_, expected)}"
    return rule, "what matches, in its order, from the cursor on", should


def _expected(all_: Census, given: dict[str, Any], nulls_last: dict[str, bool]) -> list[dict[str, Any]]:
    """The page that should come, those of one date in some order; by runs, as if nothing had a date."""
    by, order = _said(given, "order_by"), _said(given, "order")
    down = order == "desc"
    wanted = _wanted(all_, given)
    dated = sorted((when, item["id"]) for item in wanted if (when := key(item, by)))
    if down:
        dated.reverse()
    nulls = [item for item in wanted if key(item, by) is None]
    if "after" in given and (cursor := _cursor(all_, given)):
        dated = [(when, id_) for when, id_ in dated if (when < cursor if down else when > cursor)]
        nulls = nulls if nulls_last[order] else []
    by_id = {item["id"]: item for item in wanted}
    found = [by_id[id_] for _, id_ in dated]
    return ([*found, *nulls] if nulls_last[order] else [*nulls, *found])[: given.get("limit", DEFAULT)]


def _wanted(all_: Census, given: dict[str, Any]) -> list[dict[str, Any]]:
    """What matches, wherever the cursor is."""
    return all_.matching(_said(given, "archive_status"), searched="summary_search" in given)


def _cursor(all_: Census, given: dict[str, Any]) -> datetime | None:
    return key(all_.shown[given["after"]], _said(given, "order_by"))


def _kinds(all_: Census, items: list[dict[str, Any]]) -> str:
    return " · ".join(all_.kind(item["id"]) for item in items) or "none"
