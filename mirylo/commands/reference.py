"""Writes the reference pages of events, facts and indicators anew from the program itself."""

from pathlib import Path

import click

from mirylo.commands.methodology import OWN
from mirylo.commands.verbs import Verb, language_option
from mirylo.core.faults import N_


@click.command(
    cls=Verb, help=N_("Writes the reference of events, facts and indicators as Markdown, in both languages.")
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("docs/reference"),
    help=N_("The folder to write to."),
)
@language_option
def reference(output: Path) -> None:
    """Write the pages of both languages."""
    from mirylo.core.methodology.loading import load
    from mirylo.display.language import speaking
    from mirylo.display.reference import reference_pages
    from mirylo.engines.tables import FACT_TABLES

    methodology = load(OWN, FACT_TABLES)
    output.mkdir(parents=True, exist_ok=True)
    for language in ("uk", "en"):
        with speaking(language):
            for name, text in reference_pages(methodology).items():
                (output / name).write_text(text)
