"""Prints a measurement in a terminal: a table that a person reads, in colour only where somebody looks at it.

Whatever the terminal cannot hold in its width is left out in a set order: the interval first, then the ruler, then the
target; never the value, its n, or the reason why there is none.
"""

from collections.abc import Iterator, Sequence
from textwrap import fill, wrap

from rich import box
from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mirylo.core.methodology.model import Unit
from mirylo.core.periods import Period
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
from mirylo.display.numbers import say_count, write_date, write_period_short
from mirylo.display.ruler import Ruler, write_ruler

NAME, VALUE, COUNT, INTERVAL, RULER, TARGET = range(6)
"""Places of the columns of a table, the level last."""
LEAST_NAME, GAP = 24, 3
"""Room that a name needs at least before it is broken over lines, and the gap between columns."""

RULER_WIDTH = 21
LEVEL_STYLES = {"good": "green", "fair": "yellow", "poor": "red"}
MOST_SIDE_BY_SIDE = 5
"""More indicators than these and each gets a table of its own."""


def print_measurement(console: Console, measurement: Measurement) -> None:
    """Print what was read, the headline, the indicators of the whole, then a table for each cut."""
    if measurement.summary:
        console.print(Padding(_readings(console.width, measurement), (1, 0, 0, 0)))
    if headline := _headline(console.width, measurement):
        console.print(Padding(headline, (1, 0)))
    for grain in measurement.grains():
        for table in _tables(console.width, measurement, grain):
            console.print(table)
    for line in _closing(measurement):
        console.print(Padding(_paragraph(line, console.width, "dim"), (0, 0, 1, 0)))


def print_refusals(console: Console, refused: Sequence[RefusedRows]) -> None:
    """Print how many rows were refused, for which reason, and where the first of them stand."""
    total = sum(rows.n for rows in refused)
    if not total:
        return
    console.print(Text(say_count("{n} row was refused:", "{n} rows were refused:", total), style="bold"))
    for rows in refused:
        console.print(Text(f"  {rows.count}  {rows.reason}{_first_places(rows)}"), soft_wrap=True)


def _first_places(rows: RefusedRows) -> str:
    return f" ({', '.join(rows.places)}{', …' if rows.n > len(rows.places) else ''})" if rows.places else ""


def _paragraph(text: str, width: int, style: str) -> Text:
    """Text broken over lines at spaces only: the terminal's own breaking tears a figure at its narrow spaces."""
    return Text("\n".join(wrap(text, width, break_long_words=False, break_on_hyphens=False)), style=style, no_wrap=True)


def _headline(width: int, measurement: Measurement) -> RenderableType | None:
    lead = choose_lead(measurement)
    if lead is None:
        return None
    upto = measurement.upto(lead.code, measurement.main_grain)
    lines = [_paragraph(write_headline(upto, lead), width, "bold")]
    if caveats := " ".join(write_caveats(upto)):
        lines.append(_paragraph(caveats, width, "dim"))
    return Group(*lines)


def _readings(width: int, measurement: Measurement) -> Table:
    lines = [*measurement.summary]
    if measurement.comparison:
        lines.append((say("On time"), measurement.comparison))
    lines += [
        (say("Flaw: {reason}", reason=rows.reason), f"{rows.count}{_first_places(rows)}") for rows in measurement.flaws
    ]
    names = min(max(len(name) for name, _ in lines), max(LEAST_NAME, width // 2))
    table = Table.grid(padding=(0, 2))
    table.add_column(width=names)
    table.add_column()
    for name, value in lines:
        table.add_row(_paragraph(name, names, "dim"), _paragraph(value, max(LEAST_NAME, width - names - 2), ""))
    return table


def _tables(width: int, measurement: Measurement, grain: str | None) -> Iterator[RenderableType]:
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
        if len(periods) > 1:
            yield from (_over_time(width, measurement, yardstick, cut, grain) for yardstick in shown)
        elif 1 < len(shown) <= MOST_SIDE_BY_SIDE and (table := _side_by_side(width, measurement, shown, cut, grain)):
            yield table
        else:
            yield from (_of_cut(width, measurement, yardstick, cut, grain) for yardstick in shown)


def _by_period(
    width: int, measurement: Measurement, shown: Sequence[Yardstick], grain: str | None
) -> Iterator[RenderableType]:
    for yardstick in shown:
        cells = measurement.series(yardstick.code, NATION, grain)
        yield _listing(width, yardstick.title, say("Period"), [(when(cell), cell) for cell in cells], yardstick)


def _of_cut(width: int, measurement: Measurement, yardstick: Yardstick, cut: str, grain: str | None) -> RenderableType:
    rows = [(name_of(cell), cell) for cell in measurement.series(yardstick.code, cut, grain)]
    return _listing(width, f"{yardstick.title} {say_cut(cut)}", head_of(cut), rows, yardstick)


def _over_time(
    width: int, measurement: Measurement, yardstick: Yardstick, cut: str, grain: str | None
) -> RenderableType:
    """Units down, periods across: the newest ones, as many as the terminal holds."""
    cells = measurement.series(yardstick.code, cut, grain)
    names = list(dict.fromkeys(name_of(cell) for cell in cells))
    found = {(name_of(cell), cell.period): cell for cell in cells}
    columns = [
        (write_period_short(Period.parse(code)), [_value_of(found.get((name, code)), yardstick) for name in names])
        for code in dict.fromkeys(cell.period for cell in cells if cell.period)
    ]
    own = _width_of(head_of(cut), [Text(name) for name in names])
    fitting, left = 0, width - min(own, LEAST_NAME) - GAP
    for head, values in reversed(columns):
        left -= _width_of(head, values) + GAP
        fitting += left >= 0
    shown = columns[-max(1, fitting) :]
    table = _across(width, head_of(cut), names, shown)
    if len(shown) < len(columns):
        table.caption = say("The newest periods; --format csv holds them all.") + "\n"
    return _titled(width, f"{yardstick.title} {say_cut(cut)}", table)


def _across(width: int, head: str, names: Sequence[str], columns: Sequence[tuple[str, Sequence[Text]]]) -> Table:
    """Names down, columns across. Names are broken over lines where they must, values never."""
    table = _new()
    others = sum(_width_of(head, values) + GAP for head, values in columns)
    table.add_column(head, overflow="fold", max_width=max(LEAST_NAME // 2, width - others - GAP))
    for title, _ in columns:
        table.add_column(title, justify="right", no_wrap=True)
    for place, name in enumerate(names):
        table.add_row(Text(name), *(values[place] for _, values in columns))
    return table


def _width_of(head: str, values: Sequence[Text]) -> int:
    lines = [head, *(line for value in values for line in value.plain.split("\n"))]
    return max(map(cell_len, lines))


def _summary(
    width: int, title: str, rows: Sequence[tuple[Cell, Yardstick]], measurement: Measurement
) -> RenderableType:
    """One line an indicator."""
    lines = []
    for cell, yardstick in rows:
        name = Text(yardstick.title)
        if cell.left_out:
            name.append(f"\n{say_left_out(cell, measurement.methodology)}", style="dim")
        lines.append([name, *_cells(cell, yardstick, ruler_of(cell, yardstick))])
    return _lay_out(width, title, say("Indicator"), lines)


def _listing(
    width: int, title: str, head: str, rows: Sequence[tuple[str, Cell]], yardstick: Yardstick
) -> RenderableType:
    """One line a unit or a period, on one scale."""
    like = [cell for _, cell in rows]
    lines = []
    for name, cell in rows:
        ruler = ruler_of(cell, yardstick, like, with_median=not cell.period or cell.cut != NATION)
        lines.append([Text(name), *_cells(cell, yardstick, ruler)])
    return _lay_out(width, title, head, lines)


def _lay_out(width: int, title: str, head: str, lines: Sequence[Sequence[Text]]) -> RenderableType:
    """The lines under their heads. Names are broken over lines, nothing else is."""
    table = _new()
    heads = (head, say("Value"), say("n"), say("Interval"), say("Ruler"), say("Target"), say("Level"))
    widths = _fitting(width, heads, lines)
    for place, room in widths.items():
        is_number = place in (VALUE, COUNT, INTERVAL, TARGET)
        table.add_column(
            heads[place],
            justify="right" if is_number else "left",
            no_wrap=place > NAME,
            overflow="fold",
            max_width=room,
        )
    for line in lines:
        table.add_row(*(line[place] for place in widths))
    return _titled(width, title, table)


def _fitting(width: int, heads: Sequence[str], lines: Sequence[Sequence[Text]]) -> dict[int, int]:
    """The columns that have something in them and fit, with their widths.

    The interval goes first, then the ruler, then the target; the name gets what is left.
    """
    used = [place for place in range(len(heads)) if any(line[place].plain for line in lines)]
    widths = {place: max(len(heads[place]), *(line[place].cell_len for line in lines)) for place in used}
    for place in (INTERVAL, RULER, TARGET):
        if LEAST_NAME + sum(widths[place] for place in widths if place) + GAP * len(widths) > width:
            widths.pop(place, None)
    others = sum(room for place, room in widths.items() if place)
    return {**widths, NAME: max(LEAST_NAME // 2, width - others - GAP * len(widths))}


def _side_by_side(
    width: int, measurement: Measurement, shown: Sequence[Yardstick], cut: str, grain: str | None
) -> RenderableType | None:
    """Units down, indicators across; nothing where the terminal is too narrow for that."""
    found: dict[str, dict[str, Cell]] = {}
    for yardstick in shown:
        for cell in measurement.series(yardstick.code, cut, grain):
            found.setdefault(name_of(cell), {})[yardstick.code] = cell
    columns = []
    for yardstick in shown:
        values = [_value_of(cells.get(yardstick.code), yardstick) for cells in found.values()]
        title = fill(yardstick.title, LEAST_NAME, break_long_words=False)
        columns.append((title, values))
    if LEAST_NAME + sum(_width_of("", [Text(title), *values]) + GAP for title, values in columns) > width:
        return None
    return _titled(width, say_cut(cut), _across(width, head_of(cut), list(found), columns))


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


def _new() -> Table:
    return Table(box=box.SIMPLE_HEAD, pad_edge=False, caption_justify="left")


def _titled(width: int, title: str, table: Table) -> RenderableType:
    if not title:
        return table
    return Group(_paragraph(title[:1].upper() + title[1:], width, "bold"), table)


def _cells(cell: Cell, yardstick: Yardstick, ruler: Ruler | None) -> Iterator[Text]:
    is_number = cell.value is not None
    yield Text(say_value(cell, yardstick), style="bold" if is_number else "dim")
    yield Text(say_basis(cell, yardstick))
    yield Text(say_interval(cell, yardstick) if is_number else "")
    yield _coloured(write_ruler(ruler, RULER_WIDTH)) if ruler else Text("")
    yield Text(say_target(yardstick) if is_number else "")
    level = Text(say_level(cell), style=LEVEL_STYLES.get(cell.level or "", ""))
    yield level.append(f" {say('so far')}", style="dim") if cell.provisional else level


def _coloured(written: str) -> Text:
    ruler = Text(written, style="dim")
    ruler.highlight_regex("◆", "not dim bold yellow")
    ruler.highlight_regex("[━╿•]", "not dim")
    return ruler


def _closing(measurement: Measurement) -> Iterator[str]:
    if measurement.emptiness:
        yield measurement.emptiness
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
