"""The least that any durable engine has to do: one counter row and one event row in one transaction."""

from __future__ import annotations

from django.db import connection, transaction


class Bare:
    """Two tables beside ours, in the same database and over the same connection."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE bare_head (id integer PRIMARY KEY, seq integer)")
            cursor.execute("CREATE TABLE bare_event (seq integer PRIMARY KEY, body text)")
            cursor.execute("INSERT INTO bare_head VALUES (1, 0)")

    def transact(self) -> None:
        """One transaction: take the next number, store one event with it."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE bare_head SET seq = seq + 1 WHERE id = 1 RETURNING seq")
            cursor.execute("INSERT INTO bare_event VALUES (%s, %s)", [cursor.fetchone()[0], "x" * 200])
