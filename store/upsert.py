"""Statements that insert or change, which each dialect has an INSERT of its own for."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from sqlalchemy import Insert


class Upsert(dict[str, Insert]):
    """A statement by the name of its dialect, built when it is first used: no start imports the other dialect."""

    def __init__(self, build: Callable[[Callable[..., Any]], Insert]) -> None:
        """Take what builds the statement from a dialect's insert()."""
        super().__init__()
        self._build = build

    def __missing__(self, dialect: str) -> Insert:
        statement = self[dialect] = self._build(import_module(f"sqlalchemy.dialects.{dialect}").insert)
        return statement
