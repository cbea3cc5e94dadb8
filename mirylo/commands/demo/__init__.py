"""Brings a made-up country to life in a folder of its own: `mirylo demo`, which `mirylo serve --demo` keeps running."""

import threading

import click

from mirylo.commands.verbs import Verb, language_option
from mirylo.core.faults import N_

__all__ = ["demo"]


@click.command(cls=Verb, help=N_("Fills a running Mirylo with a made-up country, and sends events as time goes on."))
@click.option("--port", type=click.IntRange(1, 65535), default=8000, help=N_("The port at which Mirylo answers."))
@language_option
def demo(port: int) -> None:
    """Fill the registers, load the past, and send what happens now until told to stop."""
    from mirylo.commands.application import open_application
    from mirylo.commands.processes import follow_parent, stop_flag

    follow_parent()
    open_application()
    is_stopped = stop_flag()
    from django.db import connections

    from mirylo.commands.demo.feeding import feed
    from mirylo.commands.demo.folder import DemoFolder, check_demo
    from mirylo.commands.demo.history import load_history
    from mirylo.commands.demo.living import found_country
    from mirylo.commands.demo.past import Story

    check_demo()
    folder = DemoFolder.open()
    story = Story(found_country(folder), folder.plan)
    newest_is_there = threading.Event()

    def load() -> None:
        try:
            load_history(folder, story, newest_is_there, is_stopped)
        finally:
            connections.close_all()  # those of this thread

    past = threading.Thread(target=load, daemon=True, name="history")
    past.start()
    while not (newest_is_there.wait(0.1) or is_stopped() or not past.is_alive()):
        pass
    feed(folder, story, port, is_stopped, lambda: past.is_alive() or folder.plan.is_loaded)
    past.join(timeout=5)
