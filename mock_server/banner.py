"""What the mock server says of itself when it starts: where it is, and one line to click on for each operation."""

from __future__ import annotations

from urllib.parse import urlencode

from letta_contract import spec
from letta_contract.spec import Operation

from .settings import Settings
from .state import kind_of


def banner(settings: Settings, port: int, *, quiet: bool) -> str:
    """The lines to print; `quiet` leaves only the one with the address."""
    url = f"http://{_reachable(settings.host)}:{port}"
    address = f"Mock    {url}"
    if quiet:
        return address
    document = spec.load(settings.spec)
    operations = spec.operations(document, settings.spec)
    mode = f"in {kind_of(settings.state)}" if settings.stateful else "documented examples"
    token = "token required" if settings.token is not None else "no token needed"
    cors = f"CORS {settings.cors}" if settings.cors is not None else "no CORS"
    about = f"contract {document['info']['version']} ({len(operations)} operations) · {mode} · {token} · {cors}"
    width = max(len(operation.method) for operation in operations)
    lines = [f"  {operation.method:{width}}  {url}{_example_path(operation)}" for operation in operations]
    return "\n".join(
        (
            address,
            f"Page    {url}/_mock/",
            f"Spec    {url}/docs",
            f"        {about}",
            "",
            *lines,
            "",
            _example_call(url, lines),
        )
    )


def _reachable(host: str) -> str:
    """A host that a browser can open, for one that only listens."""
    if host in ("0.0.0.0", "::"):  # noqa: S104  # compared, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _example_path(operation: Operation) -> str:
    path = operation.path
    for name, parameter in operation.parameters("path").items():
        path = path.replace(f"{{{name}}}", str(parameter.get("example", name)))
    query = {
        name: parameter.get("example", name)
        for name, parameter in operation.parameters("query").items()
        if parameter.get("required")
    }
    return f"{path}?{urlencode(query)}" if query else path


def _example_call(url: str, lines: list[str]) -> str:
    send = next((line.split()[-1] for line in lines if line.endswith("/messages")), f"{url}/openapi.json")
    return f"Try     curl -N {send} -H 'content-type: application/json' -d '{{\"input\": \"hello\"}}'"
