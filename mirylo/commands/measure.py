"""Measures: from the export of any system to indicators, in one command, with no database and no account."""

import sys
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mirylo.commands.inputs import is_accepted, take_in
from mirylo.commands.methodology import OWN
from mirylo.commands.periods import choose_periods, find_unclear
from mirylo.commands.verbs import FileToWrite, Verb, is_shown, language_option, refuse_all, say_unknown
from mirylo.core.faults import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mirylo.commands.inputs import Taken
    from mirylo.core.methodology.model import Methodology
    from mirylo.engines.running import Result

FORMATS = ("table", "json", "csv", "parquet", "html")
ENDINGS = {".html": "html", ".htm": "html", ".csv": "csv", ".json": "json", ".parquet": "parquet"}
"""Endings of names of files that say what is to be written."""
ZONE = "Europe/Kyiv"


@dataclass(frozen=True)
class Wanted:
    """What was asked for on the command line."""

    sources: tuple[Path, ...]
    mapping: Path | None
    cuts: tuple[str, ...]
    periods: tuple[str, ...]
    basis: str | None
    indicators: tuple[str, ...]
    methodology: Path
    as_of: date | None
    engine: str
    format_given: str | None
    output: Path | None
    explain: str | None
    is_strict: bool
    refused: Path | None
    compare: str | None

    @property
    def promised(self) -> str | None:
        """The format that the name of the file to write promises."""
        return ENDINGS.get(self.output.suffix.lower()) if self.output else None

    @property
    def format(self) -> str:
        """What to write: as it was asked for, else as the name of the file promises."""
        return self.format_given or self.promised or "table"


def _day(_ctx: click.Context, _parameter: click.Parameter, moment: datetime | None) -> date | None:
    return moment.date() if moment else None


@click.command(
    cls=Verb,
    help=N_(
        "Measures indicators from files of cases, events or tickets (CSV, XES, NDJSON, XLSX, Parquet, gzip too), "
        "described by a mapping, or from a folder of facts."
    ),
)
@click.argument("sources", nargs=-1, metavar="SOURCE…", type=click.Path(path_type=Path))
@click.option("--mapping", type=click.Path(path_type=Path), help=N_("Which column of the file means what (TOML)."))
@click.option("--by", "cuts", multiple=True, metavar="CUT", help=N_("Also by centre, service, channel…; repeatable."))
@click.option(
    "--period",
    "periods",
    multiple=True,
    metavar="PERIOD",
    help=N_("month, quarter, half-year or year splits; 2014, 2014Q3, 2014H1 or 2014-05 restricts; repeatable."),
)
@click.option(
    "--basis",
    type=click.Choice(["registered", "due", "ready"]),
    help=N_("The date that puts a case in a period, in place of the indicator's own."),
)
@click.option(
    "--compare",
    type=click.Choice(["dates", "moments"]),
    help=N_("Judge on time by dates or by moments, in place of the mapping's own rule."),
)
@click.option(
    "--indicator",
    "indicators",
    multiple=True,
    metavar="CODE",
    help=N_("Only this indicator, by its code, or one of your own, by the path of its YAML file; repeatable."),
)
@click.option(
    "--methodology",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=OWN,
    show_default=False,
    help=N_("Folder of another methodology."),
)
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    callback=_day,
    metavar="DATE",
    help=N_("Figures as of this date; otherwise the newest date in the sources."),
)
@click.option(
    "--engine",
    type=click.Choice(["duckdb", "reference"]),
    default="duckdb",
    help=N_("The engine that counts; reference is slow and plain."),
)
@click.option(
    "--format",
    "format_given",
    type=click.Choice(FORMATS),
    help=N_("What to write; otherwise as the name of the file says, or a table."),
)
@click.option("-o", "--output", type=FileToWrite(), help=N_("Write to this file."))
@click.option("--explain", metavar="CODE", help=N_("Say how an indicator is counted; needs no source."))
@click.option("--strict", "is_strict", is_flag=True, help=N_("A refused row is fatal: nothing is written."))
@click.option("--refused", type=FileToWrite(), help=N_("Write the refused rows to this CSV file."))
@language_option
def measure(**options: Any) -> None:
    """Read, measure, show."""
    wanted = Wanted(**options)
    methodology, codes = _choose_methodology(wanted)
    refuse_all(_find_unclear(wanted, methodology, codes))
    if wanted.explain:
        _explain(wanted, methodology)
    else:
        _run(wanted, methodology, codes or None)


def _choose_methodology(wanted: Wanted) -> "tuple[Methodology, list[str]]":
    """The methodology with one's own indicators added, and the codes asked for; none is all."""
    from mirylo.core.methodology.loading import load, load_indicator
    from mirylo.engines.tables import FACT_TABLES

    methodology = load(wanted.methodology, FACT_TABLES)
    codes = []
    for name in wanted.indicators:
        if name.endswith((".yaml", ".yml")):
            own = load_indicator(Path(name), methodology, FACT_TABLES)
            methodology = replace(methodology, indicators=(*methodology.indicators, own))
            name = own.code
        codes.append(name)
    return methodology, codes


def _find_unclear(wanted: Wanted, methodology: "Methodology", codes: list[str]) -> list[str]:
    """Everything in the command that could not be done in the end."""
    from mirylo.display.language import say
    from mirylo.engines.tables import CUTS

    known = [indicator.code for indicator in methodology.indicators]
    if wanted.explain:
        told = say_unknown(wanted.explain, known, N_("there is no indicator {name}"))
        return [] if wanted.explain in known else [told]
    known += [methodology.index.code] if methodology.index else []
    problems = [say_unknown(name, known, N_("there is no indicator {name}")) for name in codes if name not in known]
    problems += [say_unknown(cut, CUTS, N_("there is no cut {name}")) for cut in wanted.cuts if cut not in CUTS]
    problems += find_unclear(wanted.periods)
    if not wanted.sources:
        problems.append(say("Name at least one file, or a folder of facts."))
    elif wanted.mapping is None and not wanted.sources[0].is_dir():
        template = N_("Name a mapping with --mapping; `mirylo mapping guess {source}` proposes one.")
        problems.append(say(template, source=wanted.sources[0]))
    problems += [
        say("{name} is read here and would be overwritten: name another file.", name=path.name)
        for path in (wanted.output, wanted.refused)
        if path and path.resolve() in {read.resolve() for read in (*wanted.sources, wanted.mapping) if read}
    ]
    if wanted.output and wanted.promised not in (None, wanted.format):
        template = N_("{name} is the name of a {promised} file, but --format says {format}: change one of them.")
        problems.append(say(template, name=wanted.output.name, promised=wanted.promised, format=wanted.format))
    if wanted.format == "parquet" and wanted.output is None and is_shown(sys.stdout):
        problems.append(say("Parquet is not for reading on a screen: name a file with -o."))
    return problems


def _explain(wanted: Wanted, methodology: "Methodology") -> None:
    from zoneinfo import ZoneInfo

    from mirylo.commands.explaining import say_explanation

    indicator = methodology.indicator(wanted.explain or "")
    assert indicator is not None
    as_of = wanted.as_of or datetime.now(ZoneInfo(ZONE)).date()
    _write(say_explanation(methodology, indicator, as_of).encode(), wanted.output)


def _run(wanted: Wanted, methodology: "Methodology", codes: list[str] | None) -> None:
    grains, periods = choose_periods(wanted.periods)
    with _progress() as tell:
        taken = take_in(wanted.sources, wanted.mapping, wanted.compare, wanted.as_of, tell)
        from mirylo.commands.trends import add_trend
        from mirylo.engines.requests import Asked
        from mirylo.engines.running import run

        if not is_accepted(taken, wanted.refused, is_strict=wanted.is_strict):
            raise click.exceptions.Exit(1)
        tell("measuring", None)
        asked = Asked(
            cuts=["nation", *(cut for cut in dict.fromkeys(wanted.cuts) if cut != "nation")],
            grains=grains,
            periods=periods,
            as_of=wanted.as_of,
            indicators=codes,
            basis=wanted.basis,
            engine=wanted.engine,
        )
        result = run(methodology, taken.facts, **asked)
        if wanted.format == "html":
            result = add_trend(result, methodology, taken.facts, asked)
    _show(wanted, methodology, result, taken)


def _show(wanted: Wanted, methodology: "Methodology", result: "Result", taken: "Taken") -> None:
    from mirylo.display.exports import export

    origin = result.provenance
    provenance = {"methodology": origin.methodology, "manifest": origin.manifest, "engine": origin.engine}
    provenance |= {"as_of": origin.as_of.isoformat()} | ({"basis": origin.basis} if origin.basis else {})
    provenance |= {"compare": str(taken.compare)} if taken.compare else {}
    if wanted.format in ("json", "csv", "parquet"):
        _write(export(result.table, provenance, wanted.format), wanted.output)
        return
    from mirylo.commands.readings import say_flaws, say_refused, say_summary, span_of
    from mirylo.display.cells import read_cells
    from mirylo.display.measurement import Measurement

    loaded = taken.loaded
    measurement = Measurement(
        methodology=methodology,
        cells=read_cells(result.table),
        provenance=provenance,
        as_of=origin.as_of,
        span=span_of(loaded.summary) if loaded else None,
        sources=tuple(source.name for source in wanted.sources),
        summary=say_summary(loaded.summary) if loaded else (),
        refused=say_refused(loaded.refusals, taken.mapping, with_file=len(wanted.sources) > 1) if loaded else (),
        flaws=say_flaws(loaded.summary) if loaded else (),
    )
    if wanted.format == "html":
        from mirylo.display.page import write_page

        _write(write_page(measurement).encode(), wanted.output)
        return
    _print(measurement, wanted.output)


def _print(measurement: Any, output: Path | None) -> None:
    """The table, to a terminal in its own width and colours, to a file in neither."""
    from rich.console import Console

    from mirylo.display.terminal import print_measurement

    if output is None:
        print_measurement(Console(highlight=False), measurement)
        return
    with output.open("w", encoding="utf-8") as file:
        print_measurement(Console(file=file, width=140, highlight=False), measurement)


def _write(content: bytes, output: Path | None) -> None:
    if output is None:
        sys.stdout.buffer.write(content)
    else:
        output.write_bytes(content)


STEPS = {
    "opening": N_("Opening"),
    "reading": N_("Reading"),
    "judging": N_("Finding due dates"),
    "measuring": N_("Counting"),
}


@contextmanager
def _progress() -> "Iterator[Callable[[str, float | None], None]]":
    """A bar on the standard error, where somebody looks at it and the work takes longer than a second."""
    if not is_shown():
        yield lambda step, fraction: None
        return
    from time import monotonic

    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from mirylo.display.language import say

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    started_at, bar = monotonic(), Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task("")

    def tell(step: str, fraction: float | None) -> None:
        if monotonic() - started_at > 1 and not bar.live.is_started:
            bar.start()
        total = None if fraction is None else 1.0
        bar.update(task, description=say(STEPS.get(step, step)), completed=fraction or 0, total=total)

    try:
        yield tell
    finally:
        bar.stop()
