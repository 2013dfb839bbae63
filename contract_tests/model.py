"""A plain model of conversations beside the server: random lives, and what the server shows after each step.

The model is a dictionary; it knows STATE-1 to STATE-20 and nothing else. A life that ends in a difference is shrunk by
hypothesis to the shortest that still does, and told as the requests that it was made of.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import hypothesis
from hypothesis import strategies as st
from hypothesis.errors import Flaky
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, multiple, rule, run_state_machine_as_test

from .bench import Bench, BrokenFixture
from .conversation import differences
from .exchange import Exchange
from .halt import Limited, TargetGone
from .problem import Problem

LIVES = 5  # of up to STEPS steps
STEPS = 6
_BUDGET = 400  # requests, shrinking included
_SUMMARIES = st.sampled_from(["one", "two", "Zürich", "", "a longer summary, with punctuation: yes"])


@dataclass
class Difference:
    """The shortest life found in which the server and the model disagree, and in what."""

    problem: Problem
    exchanges: tuple[Exchange, ...]


@dataclass
class _Lives:
    """What all lives of a run share."""

    bench: Bench
    budget: int = _BUDGET
    steps: int = 0
    found: Difference | None = None
    gone: TargetGone | Limited | None = None

    def differ(self, rule_: str, expected: str, actual: str, exchanges: list[Exchange]) -> None:
        """Keep the shortest; hypothesis is told by an exception, so that it looks for a shorter one."""
        if self.found is None or len(exchanges) < len(self.found.exchanges):
            self.found = Difference(Problem(rule_, expected, actual), tuple(exchanges))
        raise AssertionError(rule_)


class _Life:
    """One life: what was answered last of each conversation, and what the server shows of it."""

    def __init__(self, lives: _Lives) -> None:
        self.lives = lives
        self.bench = lives.bench
        self.known: dict[str, dict[str, Any]] = {}
        self.deleted: set[str] = set()
        self._begun = len(self.bench.trail)

    def ask(self, operation_id: str, id_: str | None = None, **more: Any) -> Any:
        """The answer of one step; nothing any more when the budget is spent or the server is gone."""
        self.lives.steps += 1
        self.lives.budget -= 1
        if self.lives.budget < 0 or self.lives.gone is not None:
            return _NOTHING
        try:
            return self.bench.ok(operation_id, id_, **more)
        except BrokenFixture as broken:
            self._differ(broken.problem.rule, broken.problem.expected, broken.problem.actual)
        except (TargetGone, Limited) as gone:
            self.lives.gone = gone
        return _NOTHING

    def born(self, answer: Any, given: dict[str, Any]) -> Any:
        """Take up a conversation that was made."""
        if answer is _NOTHING:
            return multiple()
        if answer["id"] in self.known:
            self._differ("STATE-9", "an id of its own", answer["id"])
        self.changed(answer, given)
        return answer["id"]

    def changed(self, answer: Any, given: dict[str, Any]) -> None:
        """Take up what was answered of a conversation, which must have the given values."""
        if answer is _NOTHING:
            return
        for name, value in given.items():
            if answer.get(name) != value and (value or answer.get(name)):
                self._differ("STATE-15", f"{name} {value!r}", repr(answer.get(name)))
        self.known[answer["id"]] = answer
        self._look()

    def gone(self, id_: str, answer: Any) -> None:
        """Take up that a conversation was deleted."""
        if answer is not _NOTHING:
            self.known.pop(id_, None)
            self.deleted.add(id_)
            self._look()

    def _look(self) -> None:
        for id_, known in self.known.items():
            shown = self.ask("retrieve_conversation", id_)
            if shown is _NOTHING:
                return
            generated = () if known.get("description") else ("description",)
            found = differences(known, shown, generated)
            if found:
                self._differ("STATE-1", "what was answered last", "; ".join(found))
        listed = self.ask("list_conversations", query={"agent_id": self.bench.agent.id, "limit": 100})
        if listed is not _NOTHING:
            self._look_at_list([item["id"] for item in listed])

    def _look_at_list(self, ids: list[str]) -> None:
        back = self.deleted & set(ids)
        if back:
            self._differ("STATE-20", f"a list without {back}", "it is there")
        away = {id_ for id_, known in self.known.items() if known.get("archived")}
        wanted, seen = set(self.known) - away, set(ids) & set(self.known)
        if seen != wanted or len(ids) != len(set(ids)):
            self._differ("STATE-5", f"{len(wanted)} of ours, once each", f"{len(seen)}: {ids[:6]}")

    def _differ(self, rule_: str, expected: str, actual: str) -> None:
        """Tell of the steps that changed something, and of the last look."""
        mine = self.bench.trail[self._begun :]
        story = [e for e in mine[:-1] if e.request.method != "GET"] + mine[-1:]
        self.lives.differ(rule_, expected, actual, story)


def live(bench: Bench, seed: int) -> tuple[int, Difference | None]:
    """How many requests it took, and the shortest difference, if any. Raises TargetGone or Limited."""
    lives = _Lives(bench)
    machine = hypothesis.seed(seed)(_machine(lives))
    settings = hypothesis.settings(
        max_examples=LIVES,
        stateful_step_count=STEPS,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate, hypothesis.Phase.shrink],
        suppress_health_check=list(hypothesis.HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
        verbosity=hypothesis.Verbosity.quiet,
    )
    # Flaky: the budget ran out while shrinking, or the server does not always do it; what was seen was seen.
    with suppress(AssertionError, Flaky):
        run_state_machine_as_test(machine, settings=settings)
    if lives.gone is not None:
        raise lives.gone
    return lives.steps, lives.found


def _machine(lives: _Lives) -> Any:
    agent_id = lives.bench.agent.id

    class Machine(RuleBasedStateMachine):
        ids = Bundle("ids")

        def __init__(self) -> None:
            super().__init__()
            self.life = _Life(lives)

        @rule(target=ids, summary=_SUMMARIES)
        def create(self, summary: str) -> Any:
            answer = self.life.ask("create_conversation", query={"agent_id": agent_id}, body={"summary": summary})
            return self.life.born(answer, {"summary": summary})

        @rule(target=ids, source=ids)
        def fork(self, source: str) -> Any:
            return self.life.born(self.life.ask("fork_conversation", source), {"agent_id": agent_id})

        @rule(id_=ids, summary=_SUMMARIES)
        def rename(self, id_: str, summary: str) -> None:
            self.life.changed(
                self.life.ask("update_conversation", id_, body={"summary": summary}), {"summary": summary}
            )

        @rule(id_=ids, archived=st.booleans())
        def archive(self, id_: str, *, archived: bool) -> None:
            self.life.changed(self.life.ask("update_conversation", id_, body={"archived": archived}), {"id": id_})

        @rule(id_=consumes(ids))
        def delete(self, id_: str) -> None:
            self.life.gone(id_, self.life.ask("delete_conversation", id_))

        def teardown(self) -> None:
            lives.bench.clear()

    return Machine


_NOTHING = object()
