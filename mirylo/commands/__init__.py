"""The `mirylo` command: one module a verb, nothing of the web.

What a verb needs is imported when it runs, so that `--help` answers at once.
"""

import click

from mirylo.commands.connect import connect
from mirylo.commands.demo import demo
from mirylo.commands.mapping import mapping
from mirylo.commands.measure import measure
from mirylo.commands.methodology import methodology
from mirylo.commands.reference import reference
from mirylo.commands.registers import registers
from mirylo.commands.serve import serve
from mirylo.commands.simulate import simulate
from mirylo.commands.systems import systems
from mirylo.commands.verbs import Verbs, language_option
from mirylo.commands.web import web
from mirylo.commands.worker import worker
from mirylo.core.faults import N_

__all__ = ["main"]


@click.group(cls=Verbs, help=N_("Measures the quality of administrative services."))
@language_option
def main() -> None:
    """Hold the verbs."""


for verb in (measure, mapping, methodology, simulate, reference, serve, web, worker, connect, systems, registers, demo):
    main.add_command(verb)
