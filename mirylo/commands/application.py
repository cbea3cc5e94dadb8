"""Opens the web application for a command: its settings, its database and the words for what is in the way."""

import errno
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mirylo.core.faults import N_, Fault, FaultsFoundError
from mirylo.core.rules import Compare

SETTINGS = "mirylo.config.settings"


def open_application() -> None:
    """Make the models usable; a folder that cannot be written or an address of no database is told as a fault."""
    import django

    _check_address(os.environ.get("DATABASE_URL", ""))
    _check_comparison(os.environ.get("MIRYLO_COMPARE", Compare.DATES))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    with _folder_told():
        django.setup()


def open_with_tables() -> None:
    """Make the models usable with tables of this version, so that a fresh folder needs no step before."""
    from django.core.management import call_command

    open_application()
    check_database()
    call_command("migrate", interactive=False, verbosity=0)


def _check_address(address: str) -> None:
    """Raise if the address of the database is of a kind that Mirylo does not keep its tables in."""
    if not address:
        return
    from dj_database_url import UnknownSchemeError, parse

    try:
        engine = parse(address)["ENGINE"]
    except (UnknownSchemeError, ValueError):
        engine = ""
    if engine not in ("django.db.backends.postgresql", "django.db.backends.sqlite3"):
        problem = N_("this is no address of a database that Mirylo can use")
        remedy = N_("Write postgres://user:password@host:5432/name, or leave DATABASE_URL out for SQLite.")
        raise FaultsFoundError([Fault("DATABASE_URL", problem, remedy)])


def _check_comparison(name: str) -> None:
    """A wrong word would stop the fold of the first case, hours later."""
    if name not in list(Compare):
        problem, remedy = N_("on time is not judged by {name} here"), N_("Choose from: {known}.")
        raise FaultsFoundError([Fault("MIRYLO_COMPARE", problem, remedy, {"name": name, "known": ", ".join(Compare)})])


@contextmanager
def _folder_told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.EACCES, errno.EROFS, errno.ENOSPC, errno.ENOTDIR, errno.EEXIST, errno.ENOENT):
            raise
        problem = N_("the folder of the data cannot be written: {detail}")
        remedy = N_("Make it writable for this user, or name another folder in MIRYLO_FOLDER.")
        place = str(error.filename or "MIRYLO_FOLDER")
        raise FaultsFoundError([Fault(place, problem, remedy, {"detail": error})]) from None


def check_folder() -> None:
    """Raise if the folder of the data cannot be written."""
    from django.conf import settings

    with _folder_told():
        probe = Path(settings.FOLDER) / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()


def check_port(host: str, port: int) -> None:
    """Raise if nothing can listen at the address, and say what to do."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        place = f"{host}:{port}"
        if error.errno == errno.EADDRINUSE:
            problem, remedy = N_("the port is taken"), N_("Stop what listens there, or name another with --port.")
        elif error.errno == errno.EACCES:
            problem, remedy = N_("this user may not listen there"), N_("Name a port from 1024 up with --port.")
        else:
            problem = N_("this machine has no such address")
            remedy = N_("Name one of its own with --host: 127.0.0.1 for this machine only, 0.0.0.0 for all.")
        raise FaultsFoundError([Fault(place, problem, remedy)]) from None


def check_database() -> None:
    """Raise if the database does not answer."""
    from django.db import OperationalError, connection
    from django.db.utils import Error

    try:
        connection.ensure_connection()
    except (OperationalError, Error) as error:
        is_file = "sqlite3" in connection.settings_dict["ENGINE"]
        place = str(connection.settings_dict["NAME"]) if is_file else "DATABASE_URL"
        detail = str(error).strip().splitlines()[0]
        problem = N_("the database does not answer: {detail}")
        remedy = N_("Check that it runs and that the address, the name and the password are right.")
        raise FaultsFoundError([Fault(place, problem, remedy, {"detail": detail})]) from None


def bring_up_to_date() -> None:
    """Bring the tables to this version and lay out styles and scripts for the web server."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
