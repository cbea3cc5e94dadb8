"""Runs what works in the background: `mirylo worker` folds events into cases and counts indicators."""

import click

from mirylo.commands.verbs import Verb, language_option
from mirylo.core.faults import N_

PARTS = ("folding", "jobs")


@click.command(cls=Verb, help=N_("Folds events into cases and counts indicators, beside `mirylo web`."))
@click.option("--only", type=click.Choice(PARTS), help=N_("Only one part of the work, in this process."))
@language_option
def worker(only: str | None) -> None:
    """Work until told to stop."""
    from mirylo.commands.application import check_database, open_application
    from mirylo.commands.processes import Child, Supervisor, follow_parent, stop_flag, tell_death, tell_stop

    follow_parent()
    open_application()
    check_database()
    if only == "folding":
        from mirylo.domain.cases.folding import run_forever

        run_forever(stop_flag())
    elif only == "jobs":
        from mirylo.domain.indicators.jobs import run_cluster

        run_cluster()
    else:
        children = [Child(part, ("worker", "--only", part)) for part in PARTS]
        Supervisor(children, tell_death, tell_stop).run()
