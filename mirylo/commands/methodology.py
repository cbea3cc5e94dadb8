"""Checks a methodology: reads every file of the folder and names every mistake with its line."""

from pathlib import Path

import click

from mirylo.commands.verbs import Verb, Verbs, language_option
from mirylo.core.faults import N_

OWN = Path(__file__).parents[2] / "methodology"
"""The methodology that comes with Mirylo."""


@click.group(cls=Verbs, help=N_("Works with the files of a methodology."))
@language_option
def methodology() -> None:
    """Hold the verbs below."""


@methodology.command(cls=Verb, help=N_("Checks every file of a methodology and names every mistake with its line."))
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False), default=OWN)
@language_option
def check(folder: Path) -> None:
    """Load the methodology and say what it holds."""
    from mirylo.core.methodology.loading import load
    from mirylo.display.language import current
    from mirylo.display.numbers import say_count
    from mirylo.engines.tables import FACT_TABLES

    found = load(folder, FACT_TABLES)
    n = len(found.indicators)
    click.echo(
        say_count(
            "{title}, {version}: {n} indicator, no mistakes.",
            "{title}, {version}: {n} indicators, no mistakes.",
            n,
            title=found.title.in_(current()),
            version=found.version,
        )
    )
