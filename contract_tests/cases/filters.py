"""What the filters of the list of conversations keep (CONTRACT.md, STATE-5, STATE-7, STATE-27 to STATE-29)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from letta_contract.contract_tests.bench import Bench
from letta_contract.contract_tests.case import Collection, Need, Row
from letta_contract.contract_tests.cases import crowd
from letta_contract.contract_tests.cases.crowd import LIST
from letta_contract.contract_tests.cases.identifiers import UNKNOWN_AGENT
from letta_contract.contract_tests.cases.looks import same
from letta_contract.contract_tests.cases.refusals import refused
from letta_contract.contract_tests.conversation import tells_archived
from letta_contract.contract_tests.expectation import Expectation, Kind
from letta_contract.contract_tests.verdict import Verdict

case = Collection()
cases = case.among
STATE = Need.STATE
_NONE = Expectation(Kind.FREE, frozenset({200, 404}), "an unknown agent", "STATE-27")
_PUT = "put where they belong: "
_WORD = re.compile("[a-zA-Z]{4,}")


@case(LIST, "agent-id-filters", "STATE-27", "agent_id keeps only that agent's; an unknown one has none.", needs=STATE)
def _agent(bench: Bench) -> Iterator[Row]:
    tried: dict[str, dict[str, Any]] = {
        "own": {},
        "in a search": {"summary_search": _strangers_word(bench)},
    }
    for name, query in tried.items():
        listed = crowd.page(bench, **query, limit=100)
        strangers = [item["agent_id"] for item in listed if item["agent_id"] != bench.agent.id]
        yield bench.check(name, not strangers, "STATE-27", f"only {bench.agent.id}", " ".join(strangers))
    yield from nobodys(bench, "unknown agent", {"agent_id": UNKNOWN_AGENT})


def nobodys(bench: Bench, name: str, query: dict[str, Any]) -> Iterator[Row]:
    """Whatever else is asked for, an agent that nobody has has no conversations: a lost filter would show ours."""
    exchange = bench.call(LIST, query=query)
    yield from bench.judge_status(name, LIST, exchange, _NONE)
    if exchange.reply is not None and exchange.reply.status == 200:
        yield bench.check(name, exchange.reply.json == [], "STATE-27", "[]", exchange.reply.content.decode())


def _strangers_word(bench: Bench) -> str:
    """A word of the summaries of other agents' conversations, which are older than ours; ours where there are none."""
    oldest = bench.ok(LIST, query={"order": "asc", "limit": 100})
    texts = [item.get("summary") or "" for item in oldest if item["agent_id"] != bench.agent.id]
    return max((word for text in texts for word in _WORD.findall(text)), key=len, default="page")


@case(LIST, "summary-search-filters", "STATE-28", "summary_search keeps only what matches.", needs=STATE)
def _search(bench: Bench) -> Iterator[Row]:
    word = f"zebra{bench.seed}quokka"
    match = bench.conversation(summary=f"a {word} here")
    other = bench.conversation(summary="nothing of the kind")
    none = bench.conversation()
    found = crowd.ours(crowd.page(bench, summary_search=word, limit=100), (match, other, none))
    yield bench.check(word, found == [match], "STATE-28", match, " ".join(found) or "none")
    bench.ok("update_conversation", other, body={"summary": f"now a {word}"})
    found = crowd.ours(crowd.page(bench, summary_search=f"now a {word}", limit=100), (match, other, none))
    yield bench.check("what it is now", found == [other], "STATE-28", other, " ".join(found) or "none")
    nobody = crowd.page(bench, summary_search=f"{word}nobodywrote", limit=100)
    yield bench.check("no match", nobody == [], "STATE-28", "[]", " ".join(item["id"] for item in nobody))


@case(
    LIST, "archive-status-filters", "STATE-29", "archive_status keeps only what it names.", level="should", needs=STATE
)
def _archive(bench: Bench) -> Iterator[Row]:
    kept, away = bench.conversation(summary=f"{_PUT}kept"), bench.conversation(summary=f"{_PUT}away")
    changed = bench.ok("update_conversation", away, body={"archived": True})
    if not tells_archived(changed):
        yield Row("archive_status", Verdict.UNSUPPORTED, actual="archived shows in no answer")
        return
    statuses: dict[str | None, list[str]] = {
        None: [kept],
        "unarchived": [kept],
        "archived": [away],
        "all": [away, kept],
    }
    pages = {status: _listed(bench, status) for status in statuses}
    if all(len(crowd.ours(items, (kept, away))) == len((kept, away)) for items in pages.values()):
        yield Row("archive_status", Verdict.UNSUPPORTED, actual="archive_status has no effect")
        return
    for status, items in pages.items():
        found = sorted(crowd.ours(items, (kept, away)))
        wanted = sorted(statuses[status])
        name = status or "left out"
        yield bench.check(name, found == wanted, "STATE-29" if status else "STATE-7", " ".join(wanted), " ".join(found))
        for item in items:
            if item["id"] == away:
                yield same(bench, f"{name}: it", changed, item, "STATE-5")
    found = crowd.ours(bench.ok(LIST, query={"limit": 100}), (kept, away))
    yield bench.check("of all agents", away not in found, "STATE-7", f"a list without {away}", "it is there")
    bench.ok("update_conversation", away, body={"archived": False})
    for status, wanted in ((None, sorted((kept, away))), ("archived", [])):
        found = sorted(crowd.ours(_listed(bench, status), (kept, away)))
        name, rule = f"taken back: {status or 'left out'}", "STATE-29" if status else "STATE-5"
        yield bench.check(name, found == wanted, rule, " ".join(wanted) or "none", " ".join(found))
    wrong = bench.call(LIST, query={"archive_status": "no-such-value"})
    yield from refused(bench, "an unknown archive_status", LIST, wrong, "query")


def _listed(bench: Bench, status: str | None) -> list[dict[str, Any]]:
    """What a list has by a status, or where none is asked for."""
    return crowd.page(bench, limit=100, **({"archive_status": status} if status else {}))
