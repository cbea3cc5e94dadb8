"""Runs a whole installation with one command: `mirylo serve` prepares the data, then keeps web and worker running."""

import os
import time
from pathlib import Path

import click

from mirylo.commands.verbs import Verb, language_option
from mirylo.commands.web import host_option, port_option, usual_workers, workers_option
from mirylo.core.faults import N_

UNTIL_UP = 60.0
"""Seconds in which the site is expected to answer."""


@click.command(cls=Verb, help=N_("Runs everything: prepares the data, then keeps web and worker running."))
@host_option
@port_option
@workers_option
@click.option("--demo", is_flag=True, help=N_("Show a small made-up country, in a folder of its own."))
@language_option
def serve(host: str, port: int, workers: int | None, demo: bool) -> None:
    """Prepare, start, and stay until told to stop."""
    if demo:
        settle_demo()
    from mirylo.commands.application import (
        bring_up_to_date,
        check_database,
        check_folder,
        check_port,
        open_application,
    )
    from mirylo.commands.processes import Child, Supervisor, tell_death, tell_stop
    from mirylo.commands.worker import PARTS
    from mirylo.display.language import say

    open_application()
    check_folder()
    check_port(host, port)
    check_database()
    click.echo(say("Preparing the data…"), err=True)
    bring_up_to_date()
    count = workers or usual_workers()
    children = [Child("web", ("web", "--host", host, "--port", str(port), "--workers", str(count)))]
    children += [Child(part, ("worker", "--only", part)) for part in PARTS]
    if demo:
        from mirylo.commands.demo.folder import check_demo

        check_demo()
        children.append(Child("demo", ("demo", "--port", str(port))))
    else:
        load_territories()
    announce(host, port)
    Supervisor(children, tell_death, tell_stop).run()
    click.echo(say("Stopped."), err=True)


def settle_demo() -> None:
    """Put the demo into a folder and a database of its own, so that what is invented never meets what is real."""
    os.environ["MIRYLO_DEMO"] = "1"
    os.environ.setdefault("MIRYLO_FOLDER", str(Path(__file__).parents[2] / "var" / "demo"))
    os.environ.pop("DATABASE_URL", None)


def load_territories() -> None:
    """Load the codifier, which takes some seconds, if it was never loaded."""
    from django.utils import timezone

    from mirylo.domain.registers.codifier import load_codifier
    from mirylo.domain.registers.models import Territory

    if not Territory.objects.exists():
        load_codifier(at=timezone.now())


def announce(host: str, port: int) -> None:
    """Say where the site is, as soon as it answers."""
    import threading

    from mirylo.display.language import current, say, speaking

    language = current()
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    address = f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"

    def wait() -> None:
        if _answers(shown, port):
            with speaking(language):
                click.echo(say("Mirylo is at {address}. Ctrl-C stops it.", address=address), err=True)

    threading.Thread(target=wait, daemon=True, name="announcement").start()


def _answers(host: str, port: int) -> bool:
    """Whether something listens at the address before long."""
    import socket

    end = time.monotonic() + UNTIL_UP
    while time.monotonic() < end:
        try:
            socket.create_connection((host, port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return True
    return False
