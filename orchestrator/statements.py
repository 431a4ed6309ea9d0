"""Statements of the inner loop. The ORM's knowledge makes their text once; then they run without its compiler, which
cost forty times as much as the database itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from functools import cache, cached_property
from inspect import signature
from typing import Any, TypeAlias

from django.db import connection, connections, models
from django.db.models.functions import Cast
from django.utils import timezone

Statement = tuple[str, Sequence[Any]]
"""SQL with %s in the place of each value, and the values. It returns rows: what writes says RETURNING."""
Rows = list[tuple[Any, ...]]
Model = type[models.Model]
Field: TypeAlias = "models.Field[Any, Any]"

_STAND_IN = -2_000_000_001
_PLAIN = (models.IntegerField, models.CharField, models.TextField, models.FloatField, models.ForeignKey)
"""Fields whose values the database takes as they are; all others are asked, as the ORM would."""


class Prepared:
    """A query that the ORM writes at its first use. `build` gets a stand-in for each number that a call will give; all
    other values become part of the text, so that the database can see which partial index they fit."""

    def __init__(self, build: Callable[..., models.QuerySet[Any, Any]]) -> None:
        self._build = build

    def __call__(self, *numbers: int) -> Statement:
        """The statement for these numbers, in the order of `build`'s parameters."""
        text, order = self._made
        return text, [numbers[n] for n in order]

    @cached_property
    def _made(self) -> tuple[str, list[int]]:
        stand_ins = [_STAND_IN - n for n in range(len(signature(self._build).parameters))]
        sql, values = self._build(*stand_ins).query.sql_with_params()
        text = sql % tuple("%s" if value in stand_ins else _literal(value) for value in values)
        return text, [stand_ins.index(value) for value in values if value in stand_ins]


def _literal(value: object) -> str:
    """A fixed value of ours as SQL."""
    assert isinstance(value, str) and "%" not in value, value
    return "'" + value.replace("'", "''") + "'"


def as_text(column: str) -> Cast:
    """A JSON column as its text, which is what a cache can be asked about."""
    return Cast(column, models.TextField())


def insert(model: Model, *rows: Mapping[str, Any]) -> Statement:
    """Store rows of the same columns; their keys are returned. Other columns get their fields' defaults."""
    names, now = tuple(rows[0]), timezone.now()
    others, times = _others(model, names)
    made = [field.get_db_prep_save(now, connection) for field in times]
    values = [value for row in rows for value in (*_values(model, row), *others.values(), *made)]
    return _insert(model, (*names, *others, *(field.attname for field in times)), len(rows)), values


def update(model: Model, columns: Mapping[str, Any], where: Mapping[str, Any]) -> Statement:
    """Change the rows that are as `where` says; the key of each is returned."""
    return _update(model, tuple(columns), tuple(where)), [*_values(model, columns), *_values(model, where)]


@cache
def _insert(model: Model, names: tuple[str, ...], times: int) -> str:
    columns, places = ", ".join(_quoted(model, names)), ", ".join(["%s"] * len(names))
    rows = ", ".join([f"({places})"] * times)
    return f"INSERT INTO {_table(model)} ({columns}) VALUES {rows} {_returning(model)}"  # noqa: S608 - names of ours


@cache
def _update(model: Model, names: tuple[str, ...], where: tuple[str, ...]) -> str:
    changes = ", ".join(f"{column} = %s" for column in _quoted(model, names))
    seen = " AND ".join(f"{column} = %s" for column in _quoted(model, where))
    return f"UPDATE {_table(model)} SET {changes} WHERE {seen} {_returning(model)}"  # noqa: S608 - names of ours


def _table(model: Model) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _returning(model: Model) -> str:
    return "RETURNING " + ", ".join(_quoted(model, [field.attname for field in _keys(model)]))


def _quoted(model: Model, names: Iterable[str]) -> list[str]:
    return [connection.ops.quote_name(str(_fields(model)[name].column)) for name in names]


@cache
def _fields(model: Model) -> dict[str, Field]:
    return {field.attname: field for field in model._meta.concrete_fields}


def _keys(model: Model) -> list[Field]:
    return [field for field in _fields(model).values() if field.primary_key]


@cache
def _others(model: Model, names: tuple[str, ...]) -> tuple[dict[str, Any], list[Field]]:
    """What an insert of these columns puts into the others, the key aside: defaults, and the fields of its time."""
    others = [field for name, field in _fields(model).items() if name not in names and not field.primary_key]
    times = [field for field in others if getattr(field, "auto_now_add", False)]
    defaults = {field.attname: field.get_default() for field in others if field not in times}
    return dict(zip(defaults, _values(model, defaults), strict=True)), times


@cache
def _asked(model: Model) -> dict[str, Field]:
    return {name: field for name, field in _fields(model).items() if not isinstance(field, _PLAIN)}


def _values(model: Model, columns: Mapping[str, Any]) -> list[Any]:
    asked = _asked(model)
    return [asked[name].get_db_prep_save(it, connection) if name in asked else it for name, it in columns.items()]


def run(statement: Statement) -> Rows:
    """The rows that a statement returns."""
    return run_all([statement])[0]


def run_all(statements: Sequence[Statement]) -> list[Rows]:
    """Run statements in their order, in one round trip where the database is elsewhere."""
    if not statements:
        return []
    database = connections["default"]  # looked up once: the proxy asks for the thread's connection at each access
    database.ensure_connection()
    database.validate_no_broken_transaction()
    with database.wrap_database_errors:
        if database.vendor == "sqlite":
            execute = database.connection.execute
            return [execute(_marked(sql), values).fetchall() for sql, values in statements]
        return _pipelined(database.connection, statements)


def gather(queries: Sequence[Statement]) -> list[Rows]:
    """The rows of each of several queries, found by one statement where a statement costs more than its work."""
    if connection.vendor == "sqlite":
        return run_all(queries)
    found: list[Rows] = [[] for _ in queries]
    values = [value for _, given in queries for value in given]
    for n, row in run((_union(tuple(sql for sql, _ in queries)), values)):
        found[n].append(tuple(json.loads(row).values()))
    return found


@cache
def _union(queries: tuple[str, ...]) -> str:
    parts = [f"SELECT {n}, row_to_json(q)::text FROM ({sql}) q" for n, sql in enumerate(queries)]  # noqa: S608
    return " UNION ALL ".join(parts)


@cache
def _marked(sql: str) -> str:
    return sql.replace("%s", "?")


def _pipelined(raw: Any, statements: Sequence[Statement]) -> list[Rows]:
    from psycopg import Cursor  # not where the database is SQLite

    cursors = [Cursor(raw) for _ in statements]
    with raw.pipeline() if len(statements) > 1 else nullcontext():
        for cursor, (sql, values) in zip(cursors, statements, strict=True):
            cursor.execute(sql, values)
    return [cursor.fetchall() for cursor in cursors]
