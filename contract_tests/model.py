"""Random lives of conversations beside a plain model of them, and what the server shows after each step.

A life that ends in a difference is shrunk by hypothesis to the shortest that still does, and told as the requests that
it was made of.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, ClassVar

import hypothesis
from hypothesis import strategies as st
from hypothesis.errors import Flaky
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, rule, run_state_machine_as_test

from .bench import Bench
from .life import Difference, Life, Lives
from .seeded import ignore_our_constants

LIVES = 3  # of up to STEPS steps
STEPS = 7
_SUMMARIES = st.sampled_from(["one", "two", "Zürich", "", "a longer summary, with punctuation: yes"])


def live(bench: Bench, seed: int) -> tuple[int, Difference | None]:
    """How many requests it took, and the shortest difference, if any. Raises TargetGone or Limited."""
    ignore_our_constants()
    lives = Lives(bench)
    machine = hypothesis.seed(seed)(type("Lives", (_Machine,), {"lives": lives}))
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


class _Machine(RuleBasedStateMachine):
    """What may happen to conversations, in any order."""

    lives: ClassVar[Lives]
    ids = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        self.life = Life(self.lives)

    @rule(target=ids, summary=_SUMMARIES)
    def create(self, summary: str) -> Any:
        agent_id = self.lives.bench.agent.id
        answer = self.life.ask("create_conversation", query={"agent_id": agent_id}, body={"summary": summary})
        return self.life.born(answer, {"summary": summary})

    @rule(target=ids, source=ids, said=st.booleans())
    def fork(self, source: str, *, said: bool) -> Any:
        if said and self.life.listens(source):
            self.life.say(source)
        answer = self.life.ask("fork_conversation", source)
        return self.life.born(answer, {"agent_id": self.lives.bench.agent.id}, source)

    @rule(id_=ids, summary=_SUMMARIES)
    def rename(self, id_: str, summary: str) -> None:
        answer = self.life.ask("update_conversation", id_, body={"summary": summary})
        self.life.changed(answer, {"summary": summary})

    @rule(id_=ids, archived=st.booleans())
    def archive(self, id_: str, *, archived: bool) -> None:
        answer = self.life.ask("update_conversation", id_, body={"archived": archived})
        self.life.changed(answer, {"id": id_})

    @rule(id_=ids)
    def say(self, id_: str) -> None:
        if self.life.listens(id_):
            self.life.say(id_)

    @rule(id_=ids)
    def recompile(self, id_: str) -> None:
        self.life.unchanged(id_, self.life.ask("recompile_conversation", id_, query={"dry_run": "true"}))

    @rule(id_=ids)
    def compact(self, id_: str) -> None:
        if self.life.listens(id_):
            self.life.compacted(id_, self.life.ask("compact_conversation", id_))

    @rule(id_=consumes(ids))
    def delete(self, id_: str) -> None:
        self.life.gone(id_, self.life.ask("delete_conversation", id_))

    def teardown(self) -> None:
        self.lives.bench.clear()
