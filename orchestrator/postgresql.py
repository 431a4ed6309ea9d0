"""PostgreSQL keeps no NUL and no half of a surrogate pair, in text or in JSON. Commands, models and repositories say
both, so what is sent is made storable here, at the one place that all of it passes."""

from __future__ import annotations

import re
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import DataError
from psycopg.abc import Buffer
from psycopg.types.json import Jsonb, JsonbDumper
from psycopg.types.string import StrDumperUnknown

from agents.texts import storable, throughout

_SUSPECT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


def prepare(sender: object, connection: BaseDatabaseWrapper, **_: object) -> None:
    """Receives Django's `connection_created`."""
    if connection.vendor == "postgresql":
        connection.connection.adapters.register_dumper(str, Text)
        connection.connection.adapters.register_dumper(Jsonb, Json)


class Text(StrDumperUnknown):
    def dump(self, obj: str) -> Buffer | None:
        try:
            return super().dump(obj)
        except (DataError, UnicodeEncodeError):
            return super().dump(storable(obj))


class Json(JsonbDumper):
    def dump(self, obj: Any) -> Buffer | None:
        data = super().dump(obj)
        if data is None or not _SUSPECT.search(data):
            return data
        return super().dump(Jsonb(throughout(storable, obj.obj), obj.dumps))
