"""Prints a measurement in a terminal: a table that a person reads, in colour only where somebody looks at it.

Whatever the terminal cannot hold in its width is left out in a set order: the interval first, then the ruler; never the
value, its n, or the reason why there is none.
"""

from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mirylo.core.methodology.model import Unit
from mirylo.display.cells import (
    NATION,
    Cell,
    Yardstick,
    head_of,
    name_of,
    ruler_of,
    say_basis,
    say_cut,
    say_interval,
    say_left_out,
    say_level,
    say_reason,
    say_target,
    say_value,
    when,
)
from mirylo.display.headlines import choose_lead, write_caveats, write_headline
from mirylo.display.language import say
from mirylo.display.measurement import Measurement, RefusedRows
from mirylo.display.numbers import say_count, write_date
from mirylo.display.ruler import Ruler, write_ruler

RULER_FROM, INTERVAL_FROM = 90, 116
"""Widths of a terminal from which the ruler and the interval are shown."""

LEVEL_STYLES = {"good": "green", "fair": "yellow", "poor": "red"}
MOST_SIDE_BY_SIDE = 5
"""More indicators than these and each gets a table of its own."""


def print_measurement(console: Console, measurement: Measurement) -> None:
    """Print the headline, the indicators of the whole, then a table for each cut."""
    if headline := _headline(measurement):
        console.print(Padding(headline, (1, 0)))
    for grain in measurement.grains():
        for table in _tables(console.width, measurement, grain):
            console.print(table)
    for line in _closing(measurement):
        console.print(Padding(Text(line, style="dim"), (0, 0, 1, 0)))


def print_refusals(console: Console, refused: Sequence[RefusedRows]) -> None:
    """Print how many rows were refused, for which reason, and where the first of them stand."""
    total = sum(rows.n for rows in refused)
    if not total:
        return
    console.print(Text(say_count("{n} row was refused:", "{n} rows were refused:", total), style="bold"))
    for rows in refused:
        first = f" ({', '.join(rows.places)}{', …' if rows.n > len(rows.places) else ''})" if rows.places else ""
        console.print(Text(f"  {rows.count}  {rows.reason}{first}"), soft_wrap=True)


def _headline(measurement: Measurement) -> RenderableType | None:
    lead = choose_lead(measurement.cells, measurement.yardsticks)
    if lead is None:
        return None
    series = measurement.series(lead.code, NATION, measurement.grains()[-1])
    numbered = [place for place, cell in enumerate(series) if cell.value is not None]
    upto = series[: numbered[-1] + 1] if numbered else series
    caveats = " ".join(write_caveats(upto))
    lines: list[RenderableType] = [Text(write_headline(upto, lead), style="bold")]
    return Group(*lines, *([Text(caveats, style="dim")] if caveats else []))


def _tables(width: int, measurement: Measurement, grain: str | None) -> Iterator[Table]:
    """The tables of one grain: of the whole, then of each cut."""
    of_whole = [y for y in measurement.collected if measurement.series(y.code, NATION, grain)]
    periods = list(dict.fromkeys(c.period for y in of_whole for c in measurement.series(y.code, NATION, grain)))
    if len(periods) > 1:
        yield from _by_period(width, measurement, of_whole, grain)
    elif of_whole:
        cells = [measurement.series(y.code, NATION, grain)[0] for y in of_whole]
        yield _summary(width, when(cells[0]), list(zip(cells, of_whole, strict=True)), measurement)
    for cut in measurement.cuts:
        shown = [y for y in measurement.collected if measurement.series(y.code, cut, grain)]
        if len(shown) <= MOST_SIDE_BY_SIDE and shown:
            yield _side_by_side(measurement, shown, cut, grain)
        else:
            yield from (_of_cut(width, measurement, yardstick, cut, grain) for yardstick in shown)


def _by_period(width: int, measurement: Measurement, shown: Sequence[Yardstick], grain: str | None) -> Iterator[Table]:
    for yardstick in shown:
        cells = measurement.series(yardstick.code, NATION, grain)
        yield _listing(width, yardstick.title, say("Period"), [(when(cell), cell) for cell in cells], yardstick)


def _of_cut(width: int, measurement: Measurement, yardstick: Yardstick, cut: str, grain: str | None) -> Table:
    cells = measurement.series(yardstick.code, cut, grain)
    rows = [(_label(cell), cell) for cell in cells]
    return _listing(width, f"{yardstick.title} {say_cut(cut)}", head_of(cut), rows, yardstick)


def _label(cell: Cell) -> str:
    return f"{name_of(cell)}, {when(cell)}" if cell.period else name_of(cell)


def _summary(width: int, title: str, rows: Sequence[tuple[Cell, Yardstick]], measurement: Measurement) -> Table:
    """One line an indicator."""
    table = _new(title)
    _head(table, width, say("Indicator"))
    for cell, yardstick in rows:
        name = Text(yardstick.title)
        if cell.left_out:
            name.append(f"\n{say_left_out(cell, measurement.methodology)}", style="dim")
        table.add_row(name, *_cells(width, cell, yardstick, ruler_of(cell, yardstick)))
    return table


def _listing(width: int, title: str, head: str, rows: Sequence[tuple[str, Cell]], yardstick: Yardstick) -> Table:
    """One line a unit or a period, on one scale."""
    table = _new(title)
    _head(table, width, head)
    like = [cell for _, cell in rows]
    for name, cell in rows:
        table.add_row(
            Text(name),
            *_cells(
                width,
                cell,
                yardstick,
                ruler_of(cell, yardstick, like, with_median=not cell.period or cell.cut != NATION),
            ),
        )
    return table


def _side_by_side(measurement: Measurement, shown: Sequence[Yardstick], cut: str, grain: str | None) -> Table:
    """Units down, indicators across."""
    table = _new(say_cut(cut))
    table.add_column(head_of(cut), overflow="fold")
    for yardstick in shown:
        table.add_column(yardstick.title, justify="right")
    found: dict[str, dict[str, Cell]] = {}
    for yardstick in shown:
        for cell in measurement.series(yardstick.code, cut, grain):
            found.setdefault(_label(cell), {})[yardstick.code] = cell
    for name, cells in found.items():
        table.add_row(Text(name), *(_value_of(cells.get(y.code), y) for y in shown))
    return table


def _value_of(cell: Cell | None, yardstick: Yardstick) -> Text:
    if cell is None:
        return Text("")
    if cell.value is None:
        return Text(say_reason(cell), style="dim")
    said = Text(say_value(cell, yardstick))
    if level := say_level(cell):
        said.append(f" {level.split()[0]}", style=LEVEL_STYLES.get(cell.level or "", ""))
    if yardstick.unit == Unit.PER_CENT:
        said.append(f"\n{say_basis(cell, yardstick)}", style="dim")
    return said


def _new(title: str) -> Table:
    title = title[:1].upper() + title[1:]
    return Table(title=title or None, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)


def _head(table: Table, width: int, first: str) -> None:
    table.add_column(first, min_width=min(42, width // 3), overflow="fold")
    table.add_column(say("Value"), justify="right")
    table.add_column(say("n"), justify="right", no_wrap=True)
    if width >= INTERVAL_FROM:
        table.add_column(say("Interval"), justify="right", no_wrap=True)
    if width >= RULER_FROM:
        table.add_column(say("Ruler"), no_wrap=True)
    table.add_column(say("Target"), justify="right", no_wrap=True)
    table.add_column(say("Level"), no_wrap=True)


def _cells(width: int, cell: Cell, yardstick: Yardstick, ruler: Ruler | None) -> Iterator[Text]:
    is_number = cell.value is not None
    yield Text(say_value(cell, yardstick), style="bold" if is_number else "dim")
    yield Text(say_basis(cell, yardstick))
    if width >= INTERVAL_FROM:
        yield Text(say_interval(cell, yardstick) if is_number else "")
    if width >= RULER_FROM:
        yield _coloured(write_ruler(ruler, 24 if width >= INTERVAL_FROM else 16)) if ruler else Text("")
    yield Text(say_target(yardstick) if is_number else "")
    level = Text(say_level(cell), style=LEVEL_STYLES.get(cell.level or "", ""))
    yield level.append(f" {say('so far')}", style="dim") if cell.provisional else level


def _coloured(written: str) -> Text:
    ruler = Text(written, style="dim")
    ruler.highlight_regex("◆", "not dim bold yellow")
    ruler.highlight_regex("[━╿•]", "not dim")
    return ruler


def _closing(measurement: Measurement) -> Iterator[str]:
    if measurement.not_collected:
        titles = "; ".join(yardstick.title for yardstick in measurement.not_collected)
        yield say("▨ The source does not collect what these need: {titles}.", titles=titles)
    parts = [*measurement.sources]
    if measurement.as_of:
        parts.append(say("as of {day}", day=write_date(measurement.as_of)))
    if version := measurement.provenance.get("methodology"):
        parts.append(say("methodology {version}", version=version))
    if manifest := measurement.provenance.get("manifest"):
        parts.append(say("fingerprint {manifest}", manifest=manifest[:12]))
    yield " · ".join(parts)
