"""Chromium, spoken to over its debugging pipe."""

from __future__ import annotations

import itertools
import json
import os
import select
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"),
    "--remote-debugging-pipe",
)


class Navigated(Exception):  # noqa: N818  # no error: what was asked of the page that is gone can be asked again
    """The page went elsewhere while it was asked something."""


class Page:
    """One page of a browser; what it logs and whom it calls is written down."""

    def __init__(self, profile: Path) -> None:
        there, self.commands = os.pipe()
        self.answers, back = os.pipe()

        def hand_over() -> None:
            # The descriptors that Chromium reads and writes; moved out of the way first, lest one replace the other.
            for source, target in ((os.dup(there), 3), (os.dup(back), 4)):
                os.dup2(source, target)

        command = ["chromium", *FLAGS, f"--user-data-dir={profile}"]
        self.process = subprocess.Popen(
            command,
            preexec_fn=hand_over,  # noqa: PLW1509  # it calls nothing that another thread could hold
            close_fds=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(there)
        os.close(back)
        self._numbers = itertools.count(1)
        self._rest = b""
        self.logged: list[str] = []
        self.called: list[str] = []
        target = self.do("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.do("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.do(f"{domain}.enable")

    def do(self, method: str, **params: Any) -> Any:
        """What a command of the protocol answers."""
        number = next(self._numbers)
        session = {"sessionId": self.session} if hasattr(self, "session") else {}
        os.write(
            self.commands, json.dumps({"id": number, "method": method, "params": params, **session}).encode() + b"\0"
        )
        while (message := self._message()).get("id") != number:
            kind, said = message.get("method"), message.get("params", {})
            if kind == "Network.requestWillBeSent":
                self.called.append(said["request"]["url"])
            elif kind == "Log.entryAdded":
                self.logged.append(said["entry"]["text"])
            elif kind in ("Runtime.exceptionThrown", "Runtime.consoleAPICalled"):
                self.logged.append(json.dumps(said))
        if "navigated" in message.get("error", {}).get("message", ""):
            raise Navigated
        assert "error" not in message, message
        return message["result"]

    def js(self, expression: str) -> Any:
        """The value of an expression on the page."""
        answer = self.do("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def open(self, url: str, *, width: int = 1280, dark: bool = False) -> None:
        """Go to an address, on a screen of this width."""
        self.do("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 600)
        scheme = "dark" if dark else "light"
        self.do("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.logged, self.called = [], []
        self.do("Page.navigate", url=url)

    def shows(self, expression: str, seconds: float = 10) -> bool:
        """Whether an expression on the page comes true."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with suppress(Navigated):
                if self.js(f"Boolean({expression})"):
                    return True
            time.sleep(0.05)
        return False

    def says(self, text: str) -> bool:
        """Whether a text comes to be seen."""
        return self.shows(f"document.body?.innerText.includes({json.dumps(text)})")

    def fill(self, id_: str, value: str) -> None:
        """Type into a field."""
        self.js(f"{{ const at = document.getElementById('{id_}'); at.value = {json.dumps(value)};"
                " at.dispatchEvent(new Event('change')); }")  # fmt: skip

    def click(self, selector: str) -> None:
        """Press what a selector finds, once it is there."""
        assert self.shows(f"document.querySelector({json.dumps(selector)})")
        self.js(f"document.querySelector({json.dumps(selector)}).click()")

    def close(self) -> None:
        """End the browser."""
        self.process.terminate()
        self.process.wait(10)
        os.close(self.commands)
        os.close(self.answers)

    def _message(self) -> Any:
        while b"\0" not in self._rest:
            assert select.select([self.answers], [], [], 20)[0], "Chromium does not answer"
            self._rest += os.read(self.answers, 1 << 20)
        message, _, self._rest = self._rest.partition(b"\0")
        return json.loads(message)
