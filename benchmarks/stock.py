"""connexion's own mock: `python stock.py document.json port`."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path

import connexion
import uvicorn
from connexion.mock import MockResolver

document = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
document.pop("security", None)  # connexion refuses every request where it knows no function that checks the token
logging.getLogger("connexion").setLevel(logging.CRITICAL)
app = connexion.AsyncApp(__name__)
app.add_api(document, resolver=MockResolver(mock_all=False))
uvicorn.run(app, port=int(sys.argv[2]), log_level="critical", access_log=False)
