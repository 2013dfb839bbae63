"""docs/letta-0.16.8.md: the verdict on Letta, made of the reports of its runs: `python -m tests.real_server.page`."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from letta_contract.contract_tests import baseline
from letta_contract.contract_tests.report import Report
from letta_contract.contract_tests.reports import recorded, verdict

from .gate import BASELINE, ROOT
from .installation import VERSION

FILE = ROOT / f"docs/letta-{VERSION}.md"
REPORTS = ROOT / "contract-report/real-server"
RUNS = {"open": "open", "token": "with a token"}  # a folder of REPORTS, and what the page calls it
_URL = "http://localhost:8283"  # Letta's own default
_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_ID = re.compile(rf"(?<![0-9a-z-])(?:([a-z]+)-)?{_UUID}")
_CUT = re.compile(r"(?<![0-9a-z-])([a-z]+-)?[0-9a-f]{4}[0-9a-f-]*…")  # an id that a report has cut short
_TAG = re.compile(r"\brun[0-9a-f]{8}\b")  # how a run of the gate knows its own conversations
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?")
_NOTE = f"""
The server is letta {VERSION} from PyPI with PostgreSQL, Redis, and a scripted model in place of a paid one.
`make real-server DOCS=1` judges it again and writes this page. Nothing here is written by hand but the sentence that
names each deviation, which is that of [the baseline](../fixtures/baselines/letta-{VERSION}.yaml). Ids that the server
made are numbered (`conv-1`), dates are left out; any other id was in the request as it stands here.
"""


def write(reports: Path = REPORTS, file: Path = FILE) -> None:
    """Write the page from the reports of its runs. Raises UsageError where one is missing."""
    known = baseline.read(BASELINE)
    runs = {name: _explained(recorded.read(reports / folder), known) for folder, name in RUNS.items()}
    text = verdict.page(runs, f"Letta {VERSION}")
    for report in runs.values():
        text = text.replace(report.target, _URL)
    head, first, rest = text.partition("\n\n| run |")
    file.write_text(masked(f"{head}\n{_NOTE}{first[1:]}{rest}", _made_up(reports)), "utf-8")


def masked(text: str, kept: set[str]) -> str:
    """The text without what differs from run to run; ids are numbered from 1 in each of its sections."""
    return "".join(_section(section, kept) for section in re.split(r"(?=^##)", text, flags=re.MULTILINE))


def _section(text: str, kept: set[str]) -> str:
    numbers: dict[str, str] = {}

    def numbered(match: re.Match[str]) -> str:
        id_, kind = match[0], match[1] or "id"
        if id_ in kept:
            return id_
        count = sum(name.startswith(f"{kind}-") for name in numbers.values())
        return numbers.setdefault(id_, f"{kind}-{count + 1}")

    text = _DATE.sub("(date)", _TAG.sub("(tag)", _ID.sub(numbered, text)))
    return _CUT.sub(lambda match: f"{match[1] or ''}…", text)


def _made_up(reports: Path) -> set[str]:
    """The ids that every run has: they are the judge's own, since a server gives none out twice."""
    texts = [(reports / folder / recorded.FILE).read_text("utf-8") for folder in RUNS]
    return set.intersection(*({match[0] for match in _ID.finditer(text)} for text in texts))


def _explained(report: Report, known: baseline.Baseline) -> Report:
    """The report by the baseline as it is now, whose reasons may have been written since."""
    return replace(report, results=tuple(map(known.applied, report.results)))


if __name__ == "__main__":
    write()
