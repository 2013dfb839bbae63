"""Settings of a model by their provider: what is kept of them, and those of the newer ones (STATE-8, LEVEL-13)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from letta_contract.contract_tests.bench import Bench, Refused
from letta_contract.contract_tests.case import Collection, Need, Row
from letta_contract.contract_tests.cases.boundaries import with_body
from letta_contract.contract_tests.cases.identifiers import UNKNOWN_AGENT
from letta_contract.contract_tests.cases.looks import create
from letta_contract.contract_tests.cases.trial import Trial
from letta_contract.contract_tests.conversation import holds
from letta_contract.contract_tests.expectation import Expecting, Kind
from letta_contract.contract_tests.json_schema import is_should
from letta_contract.contract_tests.minimal import alternatives, full, merged, minimal
from letta_contract.contract_tests.variation import Variations
from letta_contract.contract_tests.verdict import Verdict
from letta_contract.spec import Operation, Schema

case = Collection()
cases = case.among
_CREATE = "create_conversation"
_SETTINGS = "model_settings"


@case(
    _CREATE,
    "keeps-settings",
    "STATE-8",
    "The new conversation has all of the given model_settings, whoever's they are.",
    needs=Need.STATE,
)
def _keeps(bench: Bench) -> Iterator[Row]:
    known: set[str] = set()
    for variant in _variants(bench.contract.operations[_CREATE].body_schema or {}):
        fields = {json.dumps([name, part], sort_keys=True) for name, part in merged(variant)["properties"].items()}
        # One that has nothing but its tag to itself is kept as the others are.
        if is_should(variant) or len(fields - known) < 2:  # its tag, and a field
            continue
        known |= fields
        settings = full(variant)
        name = settings["provider_type"]
        try:
            shown = create(bench, **{_SETTINGS: settings}).get(_SETTINGS)
        except Refused as refused:
            yield Row(name, Verdict.UNSUPPORTED, actual=str(refused))
            continue
        yield bench.check(name, holds(settings, shown), "STATE-8", settings, shown)


@case(
    _CREATE,
    "newer-providers",
    "LEVEL-13",
    "The settings of a newer provider are accepted by their schema, and refused where they break it.",
    level="should",
    needs=Need.STATE,
)
def _newer(bench: Bench) -> Iterator[Row]:
    operation = bench.contract.operations[_CREATE]
    variations = Variations()
    variations.know(operation.body_schema or {})
    for variant in filter(is_should, _variants(operation.body_schema or {})):
        settings = minimal(variant)
        name = settings["provider_type"]
        made = bench.call(_CREATE, query={"agent_id": bench.agent.id}, body={_SETTINGS: settings})
        if made.reply is None or made.status != 200 or f'"{name}"'.encode() not in made.reply.content:
            yield Row(name, Verdict.UNSUPPORTED, actual=f"{name} is refused, or shows in no answer")
            continue
        yield from bench.judge(name, _CREATE, made)
        trial = _trial(bench, _only(operation, variant))
        fields = [one for one in variations.of(_body(variant)) if one.pointer[1:] not in ((), ("provider_type",))]
        # Their like are tried in full with other providers: what is wrong need not be sent alone, too.
        yield from trial.rows(replace(one, again=trial.kind(one.value) is Kind.REFUSE) for one in fields)


def _trial(bench: Bench, operation: Operation) -> Trial:
    """Trials of a body for an agent that nobody has, so that nothing is made."""
    request = bench.request(operation.id, query={"agent_id": UNKNOWN_AGENT})
    expecting = Expecting(operation)
    return Trial(operation, bench, "body", partial(with_body, request), lambda sent: expecting.expect(sent, {}))


def _variants(schema: Schema) -> Iterator[Schema]:
    """The variants of the model's settings in the schema of a body."""
    if "provider_type" in merged(schema).get("properties", {}):
        yield schema
        return
    settings = schema.get("properties", {}).get(_SETTINGS)
    for part in [*alternatives(schema), *([settings] if settings else [])]:
        yield from _variants(part)


def _only(operation: Operation, variant: Schema) -> Operation:
    """The operation as one for which this variant is all that a model's settings may be."""
    content = {"application/json": {"schema": _body(variant)}}
    return replace(operation, raw={**operation.raw, "requestBody": {"content": content}})


def _body(variant: Schema) -> Schema:
    settings = {key: value for key, value in variant.items() if key != "x-contract-level"}
    return {"type": "object", "properties": {_SETTINGS: settings}}
