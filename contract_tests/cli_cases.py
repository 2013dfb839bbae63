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
    """Explain a case (operationId/slug) or a rule (such as ID-7): what is required, and where the contract says so."""
    from letta_contract.spec.rules import rules

    from .cases import every_case
    from .contract import Contract
    from .selection import select

    if case_id in rules():
        click.echo(f"{case_id}\n    {rules()[case_id]}")
        return
    contract = Contract()
    for case in select(every_case(contract.operations.values()), [case_id]):
        operation = contract.operations[case.operation]
        click.echo(f"{case.id}  {case.level.upper()}")
        click.echo(f"    Requirement  {case.requirement}")
        click.echo(f"    Rule         {case.rule}: {rules()[case.rule]}")
        click.echo(f"    Operation    {operation.method} {operation.path}     {operation.source}")
        click.echo(f"    Run it       letta-contract test URL {case.id}")
