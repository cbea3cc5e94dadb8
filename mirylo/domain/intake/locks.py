"""Lets only one process at a time do a thing, on one machine with SQLite or on many with PostgreSQL.

The lock goes with its holder: a process that is killed leaves none behind.
"""

import fcntl
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection


@contextmanager
def only_one(name: str) -> Iterator[bool]:
    """Whether the lock of that name was free and is held now, until the end of the block."""
    if connection.vendor == "postgresql":
        key = zlib.crc32(f"mirylo {name}".encode())
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
            is_held = bool(cursor.fetchone()[0])
        try:
            yield is_held
        finally:
            if is_held and connection.connection is not None and not connection.connection.closed:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
        return
    with (settings.FOLDER / f"{name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
