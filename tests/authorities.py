"""What the process of the tests does as a bot does that is started beside Microsoft's stand-in."""

import ssl
from pathlib import Path

import pytest

from sandbox.microsoft import Microsoft


def reach(microsoft: Microsoft, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the stand-in's proxy and trust its authority."""
    for name, value in microsoft.environment.items():
        monkeypatch.setenv(name, value)
    trust_only(microsoft.ca_bundle, monkeypatch)


def trust_only(bundle: Path | str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Do what SSL_CERT_FILE does for a process that starts: aiohttp has made its context when it was imported."""
    monkeypatch.setattr("aiohttp.connector._SSL_CONTEXT_VERIFIED", ssl.create_default_context(cafile=str(bundle)))
