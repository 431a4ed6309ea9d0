"""Statements of the inner loop. The ORM's knowledge makes their text once; then they run without its compiler, which
cost forty times as much as the database itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, cached_property
from inspect import signature
from typing import Any, TypeAlias

from django.db import connection, connections, models
from django.utils import timezone

Statement = tuple[str, Sequence[Any]]
"""SQL with %s in the place of each value, and the values."""
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


def insert(model: Model, columns: Mapping[str, Any]) -> Statement:
    """Store a row; its key is returned. A column that is not named gets its field's default."""
    whole = {**columns, **{field.attname: _default(field) for field in _beside(model, frozenset(columns))}}
    return _insert(model, tuple(whole)), _values(model, whole)


def update(model: Model, columns: Mapping[str, Any], where: Mapping[str, Any]) -> Statement:
    """Change the rows that are as `where` says; the key of each is returned."""
    return _update(model, tuple(columns), tuple(where)), [*_values(model, columns), *_values(model, where)]


@cache
def _insert(model: Model, names: tuple[str, ...]) -> str:
    places = ", ".join(["%s"] * len(names))
    return f"INSERT INTO {_table(model)} ({', '.join(_quoted(model, names))}) VALUES ({places}) {_returning(model)}"  # noqa: S608


@cache
def _update(model: Model, names: tuple[str, ...], where: tuple[str, ...]) -> str:
    changes = ", ".join(f"{column} = %s" for column in _quoted(model, names))
    seen = " AND ".join(f"{column} = %s" for column in _quoted(model, where))
    return f"UPDATE {_table(model)} SET {changes} WHERE {seen} {_returning(model)}"  # noqa: S608


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
def _beside(model: Model, names: frozenset[str]) -> list[Field]:
    """The fields that an insert of these columns leaves to their defaults; the key is the database's."""
    return [field for name, field in _fields(model).items() if name not in names and not field.primary_key]


def _default(field: Field) -> Any:
    return timezone.now() if getattr(field, "auto_now_add", False) else field.get_default()


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
    database = connections["default"]  # looked up once: the proxy asks for the thread's connection at each access
    database.ensure_connection()
    database.validate_no_broken_transaction()
    with database.wrap_database_errors:
        if database.vendor == "sqlite":
            execute = database.connection.execute
            return [execute(_marked(sql), values).fetchall() for sql, values in statements]
        return _pipelined(database.connection, statements)


@cache
def _marked(sql: str) -> str:
    return sql.replace("%s", "?")


def _pipelined(raw: Any, statements: Sequence[Statement]) -> list[Rows]:
    from psycopg import Cursor  # not where the database is SQLite

    cursors = [Cursor(raw) for _ in statements]
    with raw.pipeline():
        for cursor, (sql, values) in zip(cursors, statements, strict=True):
            cursor.execute(sql, values)
    return [cursor.fetchall() if cursor.description else [] for cursor in cursors]
