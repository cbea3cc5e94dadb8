"""Checks what a methodology says, once it can be read: units fit, levels stand in order, bounds make sense.

Each check reports on the page, at the line of the key to be corrected, and says nothing about parts that could not be
read: those have their own fault already.
"""

from collections.abc import Mapping
from decimal import Decimal

from mirylo.core.faults import N_
from mirylo.core.methodology.fields import report_unknown
from mirylo.core.methodology.model import (
    SECONDS_IN,
    ColumnValue,
    Component,
    Count,
    Direction,
    FactTable,
    Indicator,
    Levels,
    Mean,
    Measure,
    Quantile,
    Share,
    Stock,
    Type,
    Unit,
)
from mirylo.core.methodology.yaml_nodes import Node, Page

_UNIT_OF_TABLE = {"cases": Unit.CASES, "tickets": Unit.TICKETS}
DAYS_SUFFIX = "_days"


def units_for(measure: Measure, table: FactTable) -> tuple[Unit, ...]:
    """The units a measure can be shown in.

    A share is shown in per cent, a count or a stock in the rows of its table, a mean or quantile of seconds in a unit
    of time. A column that counts days already (`…_days`) is shown in days, as counted.
    """
    match measure:
        case Share():
            return (Unit.PER_CENT,)
        case Count() | Stock():
            return (_UNIT_OF_TABLE[table.name],) if table.name in _UNIT_OF_TABLE else (Unit.CASES, Unit.TICKETS)
        case Mean(of) | Quantile(of):
            return tuple(SECONDS_IN) if of.type is Type.SECONDS else (Unit.DAYS,)


def check_unit(page: Page, line: int, unit: Unit | None, measure: Measure | None, table: FactTable | None) -> None:
    """A unit must fit what is measured: a share of hours would be nonsense."""
    if unit is None or measure is None or table is None:
        return
    fitting = units_for(measure, table)
    if unit not in fitting:
        remedy = N_("Write one of: {fitting}.")
        page.report(line, N_("{unit} does not fit this measure"), remedy, unit=unit, fitting=", ".join(fitting))


def check_measured_column(page: Page, line: int, value: ColumnValue) -> None:
    """Only durations, and columns that count days, have a mean that can be shown in a unit."""
    if value.type is Type.SECONDS or (value.type is Type.COUNT and value.name.endswith(DAYS_SUFFIX)):
        return
    remedy = N_("Name a column of seconds, or one that counts days.")
    page.report(line, N_("{name} is no duration"), remedy, name=value.name)


def check_quantile(page: Page, line: int, q: Decimal | None) -> None:
    """A quantile lies strictly between 0 and 1: the least and the greatest value say nothing about most people."""
    if q is not None and not 0 < q < 1:
        page.report(line, N_("q is {q}"), N_("Write a number between 0 and 1, as in 0.9."), q=q)


def check_stock(page: Page, lines: Mapping[str, Node], stock: Stock, table: FactTable) -> None:
    """A stock is entered and left on dates, which must be two different columns of the fact table."""
    for key, name in (("enters", stock.enters), ("leaves", stock.leaves)):
        column = table.column(name)
        if column is None:
            known = [column.name for column in table.columns if column.type is Type.DATE]
            report_unknown(page, lines[key].line, N_("unknown column {name}"), name, known)
        elif column.type is not Type.DATE:
            page.report(lines[key].line, N_("{name} is no date"), N_("Name a date column."), name=name)
    if stock.enters == stock.leaves:
        page.report(lines["leaves"].line, N_("enters and leaves are the same column"), N_("Name two columns."))


def check_bound(page: Page, line: int, bound: Decimal | None, *, is_share: bool) -> None:
    """Targets and bounds of levels are not negative; those of a share are fractions, 0.95 and not 95."""
    if bound is None:
        return
    if bound < 0:
        page.report(line, N_("{bound} is less than nothing"), N_("Write a number from 0 up."), bound=bound)
    elif is_share and bound > 1:
        page.report(line, N_("{bound} is more than the whole"), N_("Write a fraction: 95 % is 0.95."), bound=bound)


def check_levels(page: Page, line: int, direction: Direction | None, levels: Levels | None) -> None:
    """`good` must be better than `fair`, whichever way is better."""
    if direction is None or levels is None:
        return
    if direction is Direction.NONE:
        page.report(line, N_("levels need a direction"), N_("Write direction: higher or lower, or no levels."))
    elif not _is_better(levels.good, levels.fair, direction):
        problem = N_("good ({good}) is not better than fair ({fair}), while {direction} is better")
        remedy = N_("Swap them, or turn the direction.")
        page.report(line, problem, remedy, good=levels.good, fair=levels.fair, direction=direction)


def check_target(
    page: Page, line: int, direction: Direction | None, target: Decimal | None, levels: Levels | None
) -> None:
    """A target needs a direction, and what reaches it may not be poor."""
    if target is None or direction is None:
        return
    if direction is Direction.NONE:
        page.report(line, N_("a target needs a direction"), N_("Write direction: higher or lower, or no target."))
    elif levels is not None and _is_better(levels.fair, target, direction):
        problem = N_("the target ({target}) lies among the poor values, beyond fair ({fair})")
        page.report(line, problem, N_("Set it on the better side of fair."), target=target, fair=levels.fair)


def check_component(page: Page, lines: Mapping[str, Node], component: Component, indicator: Indicator) -> None:
    """A component is scaled between two different bounds, the better of which is `best`; volumes are no quality."""
    line = lines["indicator"].line
    if isinstance(indicator.measure, Count | Stock):
        problem = N_("{code} is a volume: more of it is neither good nor poor everywhere")
        page.report(line, problem, N_("Take a share, a mean or a quantile."), code=indicator.code)
    elif indicator.direction is Direction.NONE:
        page.report(line, N_("{code} has no direction"), N_("Take one that has."), code=indicator.code)
    elif component.worst == component.best:
        page.report(lines["best"].line, N_("worst and best are the same"), N_("Set two different bounds."))
    elif not _is_better(component.best, component.worst, indicator.direction):
        problem = N_("best ({best}) is not better than worst ({worst}), while {direction} is better for {code}")
        values = {"best": component.best, "worst": component.worst, "direction": indicator.direction}
        page.report(lines["best"].line, problem, N_("Swap them."), code=indicator.code, **values)
    for key, bound in (("worst", component.worst), ("best", component.best)):
        check_bound(page, lines[key].line, bound, is_share=isinstance(indicator.measure, Share))


def _is_better(one: Decimal, other: Decimal, direction: Direction) -> bool:
    return one > other if direction is Direction.HIGHER else one < other
