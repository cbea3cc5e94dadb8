"""Proposes a mapping for a file that nobody has described yet, to be corrected by hand."""

from pathlib import Path

import click

from mirylo.commands.verbs import FileToWrite, Verb, Verbs, language_option, refuse
from mirylo.core.faults import N_


@click.group(cls=Verbs, help=N_("Works with mappings: which column of a file means what."))
@language_option
def mapping() -> None:
    """Hold the verb below."""


@mapping.command(cls=Verb, help=N_("Proposes a mapping for an unknown file. Read it through and correct it by hand."))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=FileToWrite(), help=N_("Write to this file."))
@language_option
def guess(file: Path, output: Path | None) -> None:
    """Print the proposal, or write it."""
    from mirylo.display.language import say
    from mirylo.sources.guessing import guess_mapping

    if output is not None and output.exists():
        refuse(N_("{name} is there already and would be overwritten: name another file."), name=output.name)
    text = guess_mapping(file, say)
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
