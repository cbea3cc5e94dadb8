"""Runs the web application: `mirylo web`, which `mirylo serve` starts, or which has a machine of its own."""

import os
from typing import Any

import click

from mirylo.commands.verbs import Verb, language_option
from mirylo.core.faults import N_

THREADS = 8
"""Requests that a process answers at once: most of them wait, as SQLite lets one writer in at a time."""
KEEP_ALIVE = 30
"""Seconds that a quiet connection is kept: systems send batch after batch over one."""
TO_STOP = 6
"""Seconds in which requests that are being answered may end."""
HUNG = 120
"""Seconds after which a process that does not stir is started anew; an answer that takes long does not count."""

host_option = click.option(
    "--host",
    default="127.0.0.1",
    metavar="HOST",
    help=N_("The address to listen at; 127.0.0.1 otherwise, 0.0.0.0 for other machines too."),
)
port_option = click.option(
    "--port", type=click.IntRange(1, 65535), default=8000, help=N_("The port to listen at; 8000 otherwise.")
)
workers_option = click.option(
    "--workers", type=click.IntRange(1, 64), help=N_("Web processes; otherwise one for each core, at most four.")
)


@click.command(cls=Verb, help=N_("Runs the web application alone; another machine may run `mirylo worker`."))
@host_option
@port_option
@workers_option
@language_option
def web(host: str, port: int, workers: int | None) -> None:
    """Answer requests until told to stop."""
    from mirylo.commands.application import check_port, open_application
    from mirylo.commands.processes import follow_parent

    follow_parent()
    open_application()
    check_port(host, port)
    serve_web(host, port, workers or usual_workers())


def usual_workers() -> int:
    """One process a core: Python counts in one thread at a time; more than four only take memory from the engine."""
    return max(1, min(4, os.cpu_count() or 1))


def serve_web(host: str, port: int, workers: int) -> None:
    """Run gunicorn in this process.

    Threads, because a slow client that uploads 32 MB must not hold a whole process, and because gunicorn's threaded
    workers keep connections open, which its simple ones do not. The application is loaded once, before the processes
    part, so they share its memory and start at once.
    """
    from gunicorn.app.base import BaseApplication
    from gunicorn.util import import_app

    class Application(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            for name, value in settings_of(host, port, workers).items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            return import_app("mirylo.config.wsgi:application")  # by its name: commands know no config

    Application().run()


def settings_of(host: str, port: int, workers: int) -> dict[str, Any]:
    """How gunicorn is to run."""
    memory = "/dev/shm"
    return {
        "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "workers": workers,
        "worker_class": "gthread",
        "threads": THREADS,
        "keepalive": KEEP_ALIVE,
        "timeout": HUNG,
        "graceful_timeout": TO_STOP,
        "preload_app": True,
        "worker_tmp_dir": memory if os.access(memory, os.W_OK) else None,
        "proc_name": "mirylo",
        "loglevel": "warning",
        "control_socket_disable": True,
    }
