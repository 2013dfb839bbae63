"""One violation of the contract: what is broken, which rule that breaks, and which cases are to find it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from .mock import Mock

Break = Callable[[Mock], None]
MUTANTS: dict[str, Mutant] = {}


@dataclass(frozen=True)
class Mutant:
    """A mock server with one thing wrong; each of `cases` (globs of case ids) must have a case that fails on it."""

    id: str
    section: str
    what: str
    rule: str
    cases: tuple[str, ...]
    breaks: Break = field(repr=False)
    token: str | None = None
    """The token that the server asks for."""
    patience: float = 4.0
    """Seconds of silence, and half of those of a whole answer, after which the judge gives it up."""


MISSED: dict[str, str] = {
    **dict.fromkeys(
        (
            "boundaries/null-max_steps-send_conversation_message",
            "boundaries/null-streaming-send_conversation_message",
            "boundaries/null-starting_after-retrieve_conversation_stream",
            "boundaries/no-null-model-create_conversation",
            "boundaries/no-null-summary-update_conversation",
            "boundaries/no-null-top_logprobs-send_conversation_message",
            "boundaries/no-null-override_system-send_conversation_message",
            "boundaries/no-null-messages.otid-send_conversation_message",
            "boundaries/no-null-run_id-retrieve_conversation_stream",
            "boundaries/no-null-include_pings-retrieve_conversation_stream",
            "boundaries/no-null-agent_id-compact_conversation",
            "boundaries/no-null-compaction_settings.prompt-recompile_conversation",
            "boundaries/no-null-compaction_settings.clip_chars-recompile_conversation",
            "boundaries/no-null-model_settings.tool_call_parser-create_conversation",
        ),
        "null is tried on the first field of each kind only",
    ),
    "boundaries/null-model_settings.provider_type-create_conversation": "null is tried on the tag, whose variant needs it",
    **dict.fromkeys(
        (
            "boundaries/optional-input.text-send_conversation_message",
            "boundaries/optional-input.is_error-send_conversation_message",
            "boundaries/no-error-messages.tool_returns.status-send_conversation_message",
        ),
        "a schema that occurs twice in one body is tried once",
    ),
    **dict.fromkeys(
        ("boundaries/odd-first-date-update_conversation", "boundaries/odd-empty-text-update_conversation"),
        "nasty values rotate by seed",
    ),
    "turns/approval-goes-on": "no rule says that a client's tool must wait for the client",
}
"""Mutants that no case finds, and why; one that is found must be taken out."""


class Section:
    """Collects the mutants of one module, under ids that begin with its name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(
        self, slug: str, what: str, rule: str, *cases: str, token: str | None = None, patience: float = 4.0
    ) -> Callable[[Break], Break]:
        """Make a mutant of a function that breaks a mock."""

        def collect(breaks: Break) -> Break:
            id_ = f"{self.name}/{slug}"
            if id_ in MUTANTS:
                raise ValueError(f"There are two mutants {id_}. Rename one.")
            MUTANTS[id_] = Mutant(id_, self.name, what, rule, cases, breaks, token, patience)
            return breaks

        return collect
