"""An installation with a folder and a database of its own, whose programs can be killed for real."""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).parent.parent.parent
OPENING = "import django, os, signal\nos.environ['DJANGO_SETTINGS_MODULE'] = 'mirylo.config.settings'\ndjango.setup()\n"


class Installation:
    """A folder, a database, and programs that run on them."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("MIRYLO_", "DATABASE_", "DJANGO_"))
            },
            "MIRYLO_FOLDER": str(folder),
            "PYTHONPATH": str(ROOT),
            **({"DATABASE_URL": url} if url else {}),
        }

    def start(self, program: str, *, opening: str = OPENING) -> "subprocess.Popen[str]":
        """Start a program after Django was set up, in a family of processes of its own."""
        return subprocess.Popen(
            [sys.executable, "-c", opening + program],
            env=self.environment,
            cwd=ROOT,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def run(self, program: str, *, code: int = 0) -> str:
        """Run a program to its end, and return what it printed."""
        process = self.start(program)
        said, complaints = process.communicate(timeout=120)
        assert process.returncode == code, complaints
        return said


@contextmanager
def new_installation(folder: Path) -> Iterator[Installation]:
    """An installation with an empty database: a file, or one in the PostgreSQL that the tests were told of."""
    given = os.environ.get("MIRYLO_TEST_DATABASE_URL", "")
    if not given.startswith("postgres"):
        yield _migrated(Installation(folder, ""))
        return
    name = f"mirylo_{uuid.uuid4().hex}"
    parts = urlsplit(given)
    admin = urlunsplit(parts._replace(path="/postgres"))
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield _migrated(Installation(folder, urlunsplit(parts._replace(path=f"/{name}"))))
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _migrated(installation: Installation) -> Installation:
    installation.run("from django.core.management import call_command\ncall_command('migrate', verbosity=0)")
    return installation
