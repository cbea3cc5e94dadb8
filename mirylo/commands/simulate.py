"""Simulates: a synthetic country as events or facts, to try Mirylo on before any system is connected."""

import gzip
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeVar

import click

from mirylo.commands.verbs import Verb, is_shown, language_option, refuse
from mirylo.core.faults import N_

if TYPE_CHECKING:
    from mirylo.simulation.generation import Span

Piece = TypeVar("Piece")

PER_CENTRE = 40
EARLIEST, LATEST = date(2000, 1, 1), date(2045, 12, 31)
"""Days for which holidays and the clock in Kyiv are known well enough."""


def _day(_ctx: click.Context, _parameter: click.Parameter, moment: datetime | None) -> date | None:
    return moment.date() if moment else None


@click.command(
    cls=Verb,
    help=N_("Makes a synthetic country, the same each time for the same seed, as events or as facts."),
)
@click.option("--centres", type=click.IntRange(1, 9999), default=60, help=N_("How many access points there are."))
@click.option(
    "--cases-per-day",
    type=click.IntRange(1, 500_000),
    help=N_("Cases that an ordinary working day brings; otherwise 40 for each access point."),
)
@click.option("--from", "first_on", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]), default="2025-01-01",
              callback=_day, help=N_("The first day of registration."))  # fmt: skip
@click.option("--to", "last_on", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]), default="2025-12-31",
              callback=_day, help=N_("The last day of registration."))  # fmt: skip
@click.option("--as-of", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]), callback=_day,
              help=N_("Leave out what happens from this day on; otherwise every case is told to its end."))  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0), default=1, help=N_("Another number makes another country."))
@click.option("--events", type=click.Path(path_type=Path, dir_okay=False), help=N_("Write events here: .ndjson, .gz."))
@click.option("--facts", type=click.Path(path_type=Path, file_okay=False), help=N_("Write Parquet facts here."))
@click.option("--registers", type=click.Path(path_type=Path, file_okay=False),
              help=N_("Write here what the codes stand for, as CSV."))  # fmt: skip
@click.option("--tickets/--no-tickets", default=True, help=N_("With or without the tickets of queues."))
@click.option("--all-regions", is_flag=True, help=N_("With access points in Crimea and Sevastopol too."))
@language_option
def simulate(  # noqa: PLR0913 - one parameter an option
    centres: int,
    cases_per_day: int | None,
    first_on: date,
    last_on: date,
    as_of: date | None,
    seed: int,
    events: Path | None,
    facts: Path | None,
    registers: Path | None,
    tickets: bool,
    all_regions: bool,
) -> None:
    """Build the country and write what was asked for."""
    if not (events or facts or registers):
        refuse(N_("say what to write: --events, --facts or --registers"))
    if not EARLIEST <= first_on <= last_on <= LATEST:
        refuse(N_("from {first} to {last} there is no day"), first=max(first_on, EARLIEST), last=min(last_on, LATEST))
    if as_of is not None and as_of <= first_on:
        refuse(N_("nothing had happened before {day}"), day=as_of)
    from mirylo.simulation.country import build_country
    from mirylo.simulation.generation import Span
    from mirylo.simulation.registers import write_registers

    country = build_country(seed, centres, all_regions)
    span = Span(country, first_on, last_on, cases_per_day or PER_CENTRE * centres, tickets, as_of)
    if registers:
        write_registers(country, registers)
    if events:
        write_events(span, events)
    if facts:
        write_facts(span, facts)


def write_events(span: "Span", path: Path) -> None:
    """Write the lines to a file, gzip if its name ends so; it is there whole or not at all."""
    from mirylo.simulation.generation import generate_events

    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as plain, _packed(plain, path.suffix == ".gz") as file:
            for _, lines in _shown(span, generate_events(span)):
                file.write(lines)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def write_facts(span: "Span", folder: Path) -> None:
    """Write the fact tables as a lake, which `mirylo measure` reads as a folder."""
    from mirylo.engines.facts import Facts
    from mirylo.engines.lake import write_lake
    from mirylo.simulation.generation import COLLECTED, generate_facts, newest_on
    from mirylo.simulation.office_time import KYIV

    if folder.is_dir() and any(folder.iterdir()):
        refuse(N_("there is something in the folder {folder} already"), folder=folder)
    for day, piece in _shown(span, generate_facts(span)):
        collected = {name: COLLECTED[name] for name in piece}
        write_lake(folder, Facts(piece, collected, newest_on(piece) or day, KYIV.key, ""), adds=True)


@contextmanager
def _packed(plain: BinaryIO, is_packed: bool) -> "Iterator[BinaryIO]":
    """The file itself, or gzip into it: without name and time, so that the same lines give the same bytes."""
    if not is_packed:
        yield plain
        return
    with gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=plain, mtime=0) as file:
        yield file  # type: ignore[misc]


def _shown(span: "Span", pieces: "Iterator[tuple[date, Piece]]") -> "Iterator[tuple[date, Piece]]":
    """The pieces as they come, with a bar on the standard error where somebody looks at it."""
    from mirylo.display.language import say

    done = 0
    with click.progressbar(
        length=len(span.days), label=say("Simulating"), file=sys.stderr, hidden=not is_shown()
    ) as progress:
        for day, piece in pieces:
            yield day, piece
            reached = (day - span.first_on).days + 1
            progress.update(reached - done)
            done = reached
