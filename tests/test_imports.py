"""Imports run one way: the contract knows nobody, the mock server knows the contract, the judge knows no server."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = "letta_contract"
MAY_IMPORT = {
    "spec": {"spec"},
    "fixtures": {"fixtures"},
    "mock_server": {"mock_server", "spec", "fixtures"},
    "contract_tests": {"contract_tests", "spec", "fixtures"},
}
STARTS_THE_MOCK = {"contract_tests/cli_mock.py"}  # and only when it is told to
HEAVY = {"connexion", "httpx", "hypothesis", "jinja2", "jsonschema_rs", "prance", "rich", "schemathesis", "uvicorn"}
MODULES = sorted(path.relative_to(ROOT) for folder in MAY_IMPORT for path in (ROOT / folder).rglob("*.py"))


@dataclass(frozen=True)
class Import:
    """One imported module, by its full name; `lazy` where it waits inside a function, or for a type checker."""

    name: str
    line: int
    lazy: bool

    @property
    def package(self) -> str:
        return self.name.split(".")[0]

    @property
    def folder(self) -> str | None:
        """Which of our folders it is in; None where it is none of ours."""
        parts = self.name.split(".")
        return parts[1] if parts[0] == OURS and len(parts) > 1 else None


def imports(source: str, module: Path) -> list[Import]:
    """Every import of a module, wherever it stands."""
    package = [OURS, *module.parent.parts]
    return list(_imports(ast.parse(source), package, lazy=False))


def _imports(node: ast.AST, package: list[str], *, lazy: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(alias.name, child.lineno, lazy) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            base = package[: len(package) - child.level + 1] if child.level else []
            name = ".".join([*base, *([child.module] if child.module else [])])
            # `from . import a` and `from package import a` may both name a module.
            yield from (Import(f"{name}.{alias.name}", child.lineno, lazy) for alias in child.names)
        else:
            yield from _imports(child, package, lazy=lazy or _waits(child))


def _waits(node: ast.AST) -> bool:
    typing = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    return typing or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_imports_run_one_way(module: Path) -> None:
    """No module imports from a folder that must not know of it, not even inside a function."""
    may = MAY_IMPORT[module.parts[0]] | ({"mock_server"} if module.as_posix() in STARTS_THE_MOCK else set())
    wrong = [
        f"{module}:{found.line} imports {found.name}"
        for found in imports((ROOT / module).read_text("utf-8"), module)
        if found.folder is not None and found.folder not in may
    ]
    assert wrong == []


@pytest.mark.parametrize("module", sorted(STARTS_THE_MOCK))
def test_mock_is_imported_when_it_is_started(module: str) -> None:
    """The command that starts the mock server loads it only then."""
    found = imports((ROOT / module).read_text("utf-8"), Path(module))
    assert {each.lazy for each in found if each.folder == "mock_server"} == {True}


@pytest.mark.parametrize("module", [module for module in MODULES if module.name.startswith("cli")], ids=str)
def test_commands_load_what_is_heavy_when_they_run(module: Path) -> None:
    """The help is quick, since no command's module begins with a heavy import."""
    found = imports((ROOT / module).read_text("utf-8"), module)
    assert [f"{module}:{each.line} {each.name}" for each in found if each.package in HEAVY and not each.lazy] == []


def test_one_loader_resolves() -> None:
    """prance is known to the loader of the document alone."""
    users = {
        module.as_posix()
        for module in MODULES
        if any(each.package == "prance" for each in imports((ROOT / module).read_text("utf-8"), module))
    }
    assert users == {"spec/resolution.py"}


def test_nothing_imports_by_the_names_of_folders() -> None:
    """There is one import name everywhere, that of the installed package."""
    wrong = [
        f"{module}:{each.line} imports {each.name}"
        for module in MODULES
        for each in imports((ROOT / module).read_text("utf-8"), module)
        if each.package in MAY_IMPORT
    ]
    assert wrong == []


def test_every_folder_is_walked() -> None:
    """No folder of the package is left out."""
    spec = importlib.util.find_spec(f"{OURS}.contract_tests")
    assert spec is not None
    assert {module.parts[0] for module in MODULES} == set(MAY_IMPORT)
    assert len(MODULES) > 60


@pytest.mark.parametrize(
    ("source", "name", "lazy"),
    [
        ("import letta_contract.mock_server.app", "letta_contract.mock_server.app", False),
        ("import letta_contract.mock_server as m", "letta_contract.mock_server", False),
        ("from letta_contract import mock_server", "letta_contract.mock_server", False),
        ("from letta_contract.mock_server import serve", "letta_contract.mock_server.serve", False),
        ("from ...mock_server import serve", "letta_contract.mock_server.serve", False),
        ("from ... import mock_server", "letta_contract.mock_server", False),
        ("from ..bench import Bench", "letta_contract.contract_tests.bench.Bench", False),
        ("from . import path_id", "letta_contract.contract_tests.cases.path_id", False),
        ("def f():\n    from letta_contract import mock_server", "letta_contract.mock_server", True),
        ("class A:\n    async def f(self):\n        import httpx", "httpx", True),
        ("try:\n    import httpx\nexcept ImportError:\n    pass", "httpx", False),
        ("if TYPE_CHECKING:\n    import httpx", "httpx", True),
    ],
)
def test_walker_sees_every_form_of_import(source: str, name: str, lazy: bool) -> None:  # noqa: FBT001  # expected
    """However an import is written, it is found, and what it names is known."""
    (found,) = imports(source, Path("contract_tests/cases/linked.py"))
    assert (found.name, found.lazy) == (name, lazy)
