"""Connects an information system: registers what it may send and prints its key, once."""

from typing import Any

import click

from mirylo.commands.verbs import Verb, language_option
from mirylo.core.faults import N_

KINDS = ("centres", "provider", "portal")


@click.command(cls=Verb, help=N_("Connects an information system under NAME and prints its key, which is shown once."))
@click.argument("name")
@click.option("--kind", type=click.Choice(KINDS), required=True, help=N_("Whose side of a case the system tells."))
@click.option("--source", "sources", multiple=True, required=True, metavar="SOURCE",
              help=N_("The name under which it sends events; may be repeated."))  # fmt: skip
@click.option("--centre", "access_points", multiple=True, metavar="CODE",
              help=N_("An access point that it reports for; may be repeated."))  # fmt: skip
@click.option("--all-centres", "has_all_centres", is_flag=True, help=N_("It reports for all access points."))
@click.option("--service", "services", multiple=True, metavar="CODE",
              help=N_("A service that the provider decides on; may be repeated."))  # fmt: skip
@click.option(
    "--number-format", default="", metavar="REGEX", help=N_("What its case numbers look like, as a regular expression.")
)
@click.option("--keeps-registers", is_flag=True, help=N_("The key may upload registers too."))
@language_option
def connect(name: str, **known: Any) -> None:
    """Register the system and print the key alone on the standard output, so that it can be put into a file.

    The options are called as what `connect` of intake takes.
    """
    from mirylo.commands.application import open_with_tables
    from mirylo.display.language import say

    open_with_tables()
    from django.utils import timezone

    from mirylo.domain.intake import systems

    system, key = systems.connect(name=name, at=timezone.now(), **known)
    click.echo(key)
    click.echo(say("{name} is connected. Keep the key: it is not shown again.", name=system.name), err=True)
