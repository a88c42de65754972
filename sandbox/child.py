"""A child process that says when it is ready, as the demo and the end-to-end tests run them."""

import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

STARTS_WITHIN = 60.0
ENDS_WITHIN = 10.0


class ChildFailed(Exception):
    """The process ended, or was ended, before it was ready; the text is what it wrote."""


class Child:
    """Runs `command` in `folder`; ready as soon as it writes a line with `ready` in it.

    `output` holds every line that it wrote so far. `environment` None: that of this process.
    """

    def __init__(
        self, command: Sequence[str | Path], folder: Path, ready: str, environment: Mapping[str, str] | None = None
    ) -> None:
        self.output: list[str] = []
        self._command, self._folder, self._environment = [str(word) for word in command], folder, environment
        self._marker = ready
        self._ready = threading.Event()

    def start(self) -> Self:
        """Return when it is ready; raises ChildFailed when it does not get there."""
        self._process = subprocess.Popen(
            self._command,
            cwd=self._folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        self._reader = threading.Thread(target=self._read, name=self._command[0], daemon=True)
        self._reader.start()
        self._ready.wait(STARTS_WITHIN)
        if not any(self._marker in line for line in self.output):
            self.stop()
            raise ChildFailed("".join(self.output))
        return self

    @property
    def ready_line(self) -> str:
        """The line that said that it is ready."""
        return next(line for line in self.output if self._marker in line)

    def wait(self, within: float | None = None) -> int:
        """Return its exit status once it has ended; raises subprocess.TimeoutExpired after `within` seconds."""
        return self._process.wait(within)

    def signal(self, number: int) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def stop(self) -> None:
        """Ask it to end, make it end if it does not, and read the rest of what it wrote."""
        self._process.terminate()
        try:
            self._process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(ENDS_WITHIN)

    def _read(self) -> None:
        lines = self._process.stdout
        if lines is None:
            return
        with lines:
            for line in lines:
                self.output.append(line)
                if self._marker in line:
                    self._ready.set()
        self._ready.set()  # it ended; whoever waits need not wait any longer

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
