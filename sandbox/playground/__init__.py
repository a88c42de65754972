"""The Microsoft 365 Agents Playground: Teams' client and its connector on this machine, for one bot.

A development tool under its own licence (evaluation only). npm fetches it when it is first started; nothing ships it.
"""

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Self

from sandbox.child import Child

HOME = Path(__file__).resolve().parent
PROGRAM = HOME / "node_modules" / "@microsoft" / "m365agentsplayground" / "cli.js"
QUIET = HOME / "quiet.env"
READY = "Listening on "
USUAL_PORT = 56150


class PlaygroundMissing(Exception):
    """The Playground cannot be started on this machine; the text says what is needed."""


class Playground:
    """The Playground at `url`, talking to the bot at `endpoint` (its /api/messages) as Teams would.

    Opening its page installs the bot in the personal chat; the group chat and the team follow when they are clicked.
    A taken port makes it choose another one.
    """

    def __init__(self, endpoint: str, port: int = USUAL_PORT) -> None:
        self._endpoint, self._port = endpoint, port
        self.url = ""

    def start(self) -> Self:
        """Return when its page can be opened."""
        fetch()
        # It writes a folder with its log to where it is started.
        self._folder = tempfile.TemporaryDirectory(prefix="playground-", ignore_cleanup_errors=True)
        self._child = Child(self._command(), Path(self._folder.name), READY).start()
        self.url = f"http://localhost:{self._child.ready_line.removeprefix(READY).strip()}"
        return self

    def wait(self) -> int:
        """Return its exit status once it has ended."""
        return self._child.wait()

    def stop(self) -> None:
        """Return when it has ended."""
        self._child.stop()
        self._folder.cleanup()

    def _command(self) -> list[str | Path]:
        node = _found("node")
        # The channel "emulator" has no installationUpdate and no events of teams.
        options = ["--app-endpoint", self._endpoint, "--channel-id", "msteams", "--port", str(self._port)]
        return [node, f"--env-file={QUIET}", PROGRAM, "start", *options, "--disable-telemetry"]

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


def fetch() -> None:
    """Install what package-lock.json names, unless it is there already."""
    if PROGRAM.is_file():
        return
    print("Fetching the Agents Playground with npm, this once.", flush=True)
    done = subprocess.run([_found("npm"), "ci"], cwd=HOME, check=False, capture_output=True, text=True)
    if done.returncode:
        raise PlaygroundMissing(f"npm ci in {HOME} failed:\n{done.stderr}")


def _found(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        raise PlaygroundMissing(f"The Agents Playground needs Node.js 20.6 or newer: there is no {program} here.")
    return path
