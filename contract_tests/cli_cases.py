"""`letta-contract list` and `explain`: what the gate asks, without asking it."""

from __future__ import annotations

import click


@click.command("list")
@click.argument("cases", nargs=-1, metavar="[CASE]...")
def list_(cases: tuple[str, ...]) -> None:
    """Show the cases with their level and requirement; run nothing."""
    from .cases import every_case
    from .contract import Contract
    from .selection import select

    for case in select(every_case(Contract().operations.values()), cases):
        click.echo(f"{case.id}  {case.level.upper()}  {case.requirement}")


@click.command()
@click.argument("case_id", metavar="ID")
def explain(case_id: str) -> None:
    """Explain a case (operationId/slug) or a rule (such as ID-7).

    What is required, where the contract says so, and what to do about a server that fails it.
    """
    from letta_contract.spec.rules import rules

    from . import latency
    from .cases import every_case
    from .contract import Contract
    from .fix import fix
    from .selection import select

    if case_id in rules():
        click.echo(f"{case_id}\n    {rules()[case_id]}")
        return
    contract = Contract()
    if case_id == latency.SLUG:
        case_id = f"*/{case_id}"
    cases = [*every_case(contract.operations.values()), *latency.cases(contract.operations, "S")]
    for case in select(cases, [case_id]):
        operation = contract.operations[case.operation]
        click.echo(f"{case.id}  {case.level.upper()}")
        click.echo(f"    Requirement  {case.requirement}")
        if case.rule:
            click.echo(f"    Rule         {case.rule}: {rules()[case.rule]}")
        click.echo(f"    Operation    {operation.method} {operation.path}     {operation.source}")
        click.echo(f"    Fix          {fix(case.slug)}")
        names = f"{case.operation} --max-response-time S" if case.slug == latency.SLUG else case.id
        click.echo(f"    Run it       letta-contract test URL {names}")
