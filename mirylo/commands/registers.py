"""Keeps the registers from a terminal: loads them from files, writes them to files, finds territories."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mirylo.commands.verbs import FileToWrite, Verb, Verbs, language_option, refuse
from mirylo.core.faults import N_

if TYPE_CHECKING:
    from mirylo.domain.registers.territories import Found

TERRITORIES = "territories"
REGISTERS = ("bodies", "centres", "services")
FORMATS = ("csv", "xlsx", "json")
FOUND = 20


@click.group(cls=Verbs, help=N_("Works with the registers: territories, bodies, centres, services."))
@language_option
def registers() -> None:
    """Hold the verbs below."""


@registers.command(
    cls=Verb,
    help=N_(
        "Loads a register from FILE: CSV, XLSX or JSON, also as the Guide gives it. "
        "Everything is checked first; where something is wrong, nothing is taken in. "
        "Territories need no FILE: the codifier comes with Mirylo."
    ),
)
@click.argument("register", type=click.Choice((TERRITORIES, *REGISTERS)))
@click.argument("file", type=click.Path(path_type=Path), required=False)
@language_option
def load(register: str, file: Path | None) -> None:
    """Load the file, and say how many records are new, changed and as they were."""
    if register != TERRITORIES and file is None:
        refuse(N_("Name the FILE with {register}."), register=register)
    _open()
    if register == TERRITORIES:
        _load_territories(file)
        return
    from django.utils import timezone

    from mirylo.display.language import say
    from mirylo.domain.registers.imports import load as load_register

    assert file is not None
    done = load_register(register, file, at=timezone.now())
    _tell(done.added, done.changed, done.unchanged)
    if done.left_out:
        click.echo(say("Columns that the register does not have: {names}.", names=", ".join(done.left_out)))


def _load_territories(file: Path | None) -> None:
    from django.utils import timezone

    from mirylo.display.language import say
    from mirylo.display.numbers import write_number
    from mirylo.domain.registers.codifier import load_codifier

    done = load_codifier(at=timezone.now(), workbook=file)
    _tell(done.added, done.renamed + done.changed, done.unchanged)
    if done.renamed:
        click.echo(say("Of them with a new name: {n}. The old ones are found too.", n=write_number(done.renamed)))
    if done.gone:
        click.echo(say("No longer in the codifier, and kept: {n}.", n=write_number(done.gone)))


def _tell(added: int, changed: int, unchanged: int) -> None:
    from mirylo.display.language import say
    from mirylo.display.numbers import write_number

    numbers = {"added": added, "changed": changed, "unchanged": unchanged}
    written = {name: write_number(number) for name, number in numbers.items()}
    click.echo(say("New records: {added}, changed: {changed}, as they were: {unchanged}.", **written))


@registers.command(cls=Verb, help=N_("Writes a register to a file whose name ends in .csv, .xlsx or .json."))
@click.argument("register", type=click.Choice(REGISTERS))
@click.option("-o", "--output", type=FileToWrite(), required=True, help=N_("Write to this file."))
@language_option
def write(register: str, output: Path) -> None:
    """Write the register in the format that the name of the file says."""
    format_ = output.suffix.lower().removeprefix(".")
    if format_ not in FORMATS:
        refuse(N_("{name} says no format: end it in .csv, .xlsx or .json."), name=output.name)
    if output.exists():
        refuse(N_("{name} is there already and would be overwritten: name another file."), name=output.name)
    _open()
    from mirylo.domain.registers import exports

    output.write_bytes(exports.write(register, format_))


@registers.command(cls=Verb, help=N_("Finds territories by TEXT: a name, new or former, or a code or its beginning."))
@click.argument("text")
@click.option("--limit", type=click.IntRange(1, 500), default=FOUND, help=N_("How many to show at most."))
@language_option
def find(text: str, limit: int) -> None:
    """Print a line for each: the code, the name, and what it lies in."""
    _open()
    from mirylo.display.language import say
    from mirylo.domain.registers import territories

    found = territories.find(text, limit)
    for one in found:
        click.echo(_line(one))
    if not found:
        click.echo(say("No territory has this name or code."), err=True)
        click.get_current_context().exit(1)


def _line(found: "Found") -> str:
    """«UA12100070010038698  Дніпропетровська › Самарівський › Самарівська › Самар (Новомосковськ)»."""
    from mirylo.domain.registers.territories import path_of

    path = " › ".join(territory.name for territory in path_of(found.territory.code))
    return f"{found.territory.code}  {path}" + (f" ({found.former})" if found.former else "")


def _open() -> None:
    from mirylo.commands.application import open_with_tables

    open_with_tables()
