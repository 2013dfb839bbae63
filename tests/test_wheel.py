"""The built wheel, as its users get it."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--outdir", str(out), str(ROOT), cwd=out)
    return next(out.glob("*.whl"))


def run(*command: str, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=170)
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def test_only_our_name(wheel: Path) -> None:
    """The wheel puts nothing but letta_contract and its metadata into site-packages."""
    names = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}

    assert {name for name in names if not name.endswith(".dist-info")} == {"letta_contract"}


def test_ships_the_data(wheel: Path) -> None:
    """Every file of the document and of the fixtures is in the wheel."""
    shipped = set(zipfile.ZipFile(wheel).namelist())
    files = [
        path.relative_to(ROOT).as_posix()
        for folder in ("spec", "fixtures")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".yaml", ".sse", ".md", ".json"}
    ]

    assert files
    assert {f"letta_contract/{name}" for name in files} <= shipped


def test_judges_from_another_environment(wheel: Path, tmp_path: Path) -> None:
    """Installed into a new environment, the command judges its own mock server from any folder.

    The dependencies are lent by this environment, since their download takes a minute; our own editable install is not:
    a plain path in a .pth file runs no other .pth file.
    """
    run(sys.executable, "-m", "venv", "env", cwd=tmp_path)
    python = str(tmp_path / "env" / "bin" / "python")
    run(python, "-m", "pip", "install", "-q", "--no-deps", "--disable-pip-version-check", str(wheel), cwd=tmp_path)
    lent = sysconfig.get_path("purelib")
    mine = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=tmp_path).strip()
    (Path(mine) / "lent.pth").write_text(f"{lent}\n")
    where = run(python, "-c", "import letta_contract.spec; print(letta_contract.spec.__file__)", cwd=tmp_path)
    assert where.startswith(str(tmp_path))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    command = str(tmp_path / "env" / "bin" / "letta-contract")
    told = run(command, "test", "retrieve_conversation", "--format", "plain", cwd=elsewhere)

    assert told.rstrip().endswith("CONFORMANT")
    assert (elsewhere / "contract-report" / "junit.xml").is_file()


def test_editable_install_finds_the_same_modules() -> None:
    """In a checkout the import name is the wheel's."""
    import letta_contract.spec

    assert Path(letta_contract.spec.__file__ or "").parent.name == "spec"
