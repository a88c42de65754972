"""Indexes over some of a table's rows."""

from typing import Any

from sqlalchemy import Column, ColumnElement, Index, text


def partial_index(name: str, *columns: Column[Any], where: str | ColumnElement[bool]) -> None:
    """Describe an index over the rows for which `where` holds.

    Both databases have it, the migrations see to that. Here stands SQLite's word only: PostgreSQL's would import its
    dialect in every start.
    """
    Index(name, *columns, sqlite_where=text(where) if isinstance(where, str) else where)
