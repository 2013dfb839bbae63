"""One life of conversations: what was answered, and whether the server goes on showing it (CONTRACT.md, STATE-1 ff.).

What is known is two dictionaries: of each conversation the last answer, and what was said in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis.stateful import multiple

from .bench import Bench, BrokenFixture
from .conversation import FIXED, differences, said_in, went_back
from .exchange import Exchange
from .halt import Limited, TargetGone
from .problem import Problem

_BUDGET = 400  # requests, shrinking included
_REFUSABLE = ("compact_conversation",)
_AFTER_TURNS = ("summary", "description", "updated_at", "last_updated_by_id", "last_message_at")
NOTHING = object()  # the answer to what was not asked any more


@dataclass
class Difference:
    """The shortest life found in which the server and the model disagree, and in what."""

    problem: Problem
    exchanges: tuple[Exchange, ...]


@dataclass
class Lives:
    """What all lives of a run share."""

    bench: Bench
    budget: int = _BUDGET
    texts: list[str] = field(default_factory=list)  # all that was said, so that what one shows of another is noticed
    steps: int = 0
    found: Difference | None = None
    gone: TargetGone | Limited | None = None

    def differ(self, rule_: str, expected: str, actual: str, exchanges: list[Exchange]) -> None:
        """Keep the shortest; hypothesis is told by an exception, so that it looks for a shorter one."""
        if self.found is None or len(exchanges) < len(self.found.exchanges):
            self.found = Difference(Problem(rule_, expected, actual), tuple(exchanges))
        raise AssertionError(rule_)


class Life:
    """One life: of each conversation what was answered last and what was said in it, and what the server shows."""

    def __init__(self, lives: Lives) -> None:
        self.lives = lives
        self.bench = lives.bench
        self.known: dict[str, dict[str, Any]] = {}
        self.said: dict[str, list[str]] = {}  # of those that were not compacted
        self.restless: set[str] = set()  # those that had a turn
        self.twins: dict[str, str] = {}  # the last fork of each, and what that was forked from
        self.deleted: set[str] = set()
        self._begun = len(self.bench.trail)

    def ask(self, operation_id: str, id_: str | None = None, **more: Any) -> Any:
        """The answer of one step; nothing any more when the budget is spent or the server is gone."""
        self.lives.steps += 1
        self.lives.budget -= 1
        if self.lives.budget < 0 or self.lives.gone is not None:
            return NOTHING
        try:
            if operation_id in _REFUSABLE:
                return self._refusable(operation_id, id_, **more)
            return self.bench.ok(operation_id, id_, **more)
        except BrokenFixture as broken:
            self._differ(broken.problem.rule, broken.problem.expected, broken.problem.actual)
        except (TargetGone, Limited) as gone:
            self.lives.gone = gone
        return NOTHING

    def _refusable(self, operation_id: str, id_: str | None, **more: Any) -> Any:
        """The answer of what a conversation's state may refuse (TOL-12). Raises BrokenFixture where it is neither."""
        exchange = self.bench.call(operation_id, id_, **more)
        problems = self.bench.contract.problems(
            operation_id, exchange, self.bench.contract.expect(operation_id, exchange.request)
        )
        if problems:
            raise BrokenFixture(problems[0], exchange)
        return exchange.reply

    def born(self, answer: Any, given: dict[str, Any], source: str | None = None) -> Any:
        """Take up a conversation that was made, of another one or of nothing."""
        if answer is NOTHING:
            return multiple()
        if answer["id"] in self.known:
            self._differ("STATE-9", "an id of its own", answer["id"])
        if source is None or source in self.said:
            self.said[answer["id"]] = [*self.said.get(source or "", ())]
        if source is not None:
            self.twins[answer["id"]], self.twins[source] = source, answer["id"]
        self.changed(answer, given)
        return answer["id"]

    def changed(self, answer: Any, given: dict[str, Any]) -> None:
        """Take up what was answered of a conversation, which must have the given values."""
        if answer is NOTHING:
            return
        for name, value in given.items():
            if answer.get(name) != value:
                self._differ("STATE-15", f"{name} {value!r}", repr(answer.get(name)))
        self._goes_on(self.known.get(answer["id"], answer), answer)
        self.known[answer["id"]] = answer
        self._look(answer["id"])

    def say(self, id_: str) -> None:
        """Say something that was never said before."""
        text = f"remark {len(self.lives.texts)};"
        self.lives.texts.append(text)
        answer = self.ask("send_conversation_message", id_, body={"input": text, "streaming": False})
        if answer is not NOTHING:
            self.said.get(id_, []).append(text)
            self._moved_on(id_)
            self._look_at_messages(self.twins.get(id_, ""))

    def listens(self, id_: str) -> bool:
        """Whether a turn may be asked of it: no rule says what an archived one does."""
        permission = self.bench.permission
        return not (permission and permission.no_llm) and not self.known.get(id_, {}).get("archived")

    def compacted(self, id_: str, answer: Any) -> None:
        """Take up that a conversation was compacted, or had nothing to compact: what the list shows then is free."""
        if answer is not NOTHING:
            self.said.pop(id_, None)
            self._moved_on(id_)

    def unchanged(self, id_: str, answer: Any) -> None:
        """Take up a step that changes nothing."""
        if answer is not NOTHING:
            self._look(id_)

    def gone(self, id_: str, answer: Any) -> None:
        """Take up that a conversation was deleted."""
        if answer is not NOTHING:
            self.known.pop(id_, None)
            self.said.pop(id_, None)
            self.deleted.add(id_)
            self._look()

    def _moved_on(self, id_: str) -> None:
        """A turn may change anything of its conversation but what it is."""
        shown = self.ask("retrieve_conversation", id_)
        if shown is not NOTHING:
            was = self.known[id_]
            self._compare("STATE-16", was, {**was, **{name: shown.get(name) for name in FIXED}})
            self._goes_on(was, shown)
            self.known[id_] = shown
            self.restless.add(id_)
            self._look(id_)

    def _goes_on(self, was: dict[str, Any], now: dict[str, Any]) -> None:
        if went_back(was, now):
            self._differ("STATE-17", f"updated_at not before {was['updated_at']}", now["updated_at"])

    def _look(self, touched: str | None = None) -> None:
        """At the list, which shows all, and at what the last step touched."""
        if touched is not None:
            self._look_at(touched)
        listed = self.ask("list_conversations", query={"agent_id": self.bench.agent.id, "limit": 100})
        if listed is NOTHING:
            return
        self._look_at_ids([item["id"] for item in listed])
        for item in listed:
            if item["id"] in self.known:
                self._compare("STATE-5", self.known[item["id"]], item)

    def _look_at(self, id_: str) -> None:
        shown = self.ask("retrieve_conversation", id_)
        if shown is not NOTHING:
            self._compare("STATE-1", self.known[id_], shown)
        self._look_at_messages(id_)

    def _look_at_messages(self, id_: str) -> None:
        if not self.said.get(id_):
            return
        rows = self.ask("list_conversation_messages", id_, query={"order": "asc", "limit": 100})
        if rows is not NOTHING:
            texts = [said_in(row) for row in rows if row["message_type"] == "user_message"]
            ours = [text for shown in texts for text in self.lives.texts if text in shown]
            said, alike = self.said[id_], len({row.get("date") for row in rows}) < len({row["id"] for row in rows})
            if ours != said and not (alike and sorted(ours) == sorted(said)):  # those of one date have no order
                self._differ("STATE-39", f"user messages {self.said[id_]}", str(ours))

    def _look_at_ids(self, ids: list[str]) -> None:
        back = self.deleted & set(ids)
        if back:
            self._differ("STATE-20", f"a list without {back}", "it is there")
        away = {id_ for id_, known in self.known.items() if known.get("archived")}
        wanted, seen = set(self.known) - away, set(ids) & set(self.known) - away  # whether lists have those is free
        if seen != wanted or len(ids) != len(set(ids)):
            self._differ("STATE-5", f"{len(wanted)} of ours, once each", f"{len(seen)}: {ids[:6]}")

    def _compare(self, rule_: str, known: dict[str, Any], shown: dict[str, Any]) -> None:
        # What a turn leaves to be done may be done after its answer.
        later = _AFTER_TURNS if known["id"] in self.restless else ()
        found = differences(known, shown, ("description", *later))  # nobody gave one: it is the server's own (STATE-4)
        if found:
            self._differ(rule_, "what was answered last", "; ".join(found))

    def _differ(self, rule_: str, expected: str, actual: str) -> None:
        """Tell of the steps that changed something, and of the last look."""
        mine = self.bench.trail[self._begun :]
        story = [e for e in mine[:-1] if e.request.method != "GET"] + mine[-1:]
        self.lives.differ(rule_, expected, actual, story)
