"""Turns what somebody asks for into what an engine must count, and says every word that cannot be understood."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Required, TypedDict

from mirylo.core.faults import N_, Fault, FaultsFoundError
from mirylo.core.methodology.model import Index, Indicator, Methodology, Stock
from mirylo.core.periods import Grain, Period
from mirylo.engines.compiling import Span
from mirylo.engines.facts import Facts
from mirylo.engines.frames import Pair
from mirylo.engines.tables import CUTS, FACT_TABLES

ENGINES = ("duckdb", "reference")
"""The first is used if none is named."""

EXCHANGEABLE = ("registered", "due", "ready")
"""Bases of flows over cases that another may stand in for."""


class Asked(TypedDict, total=False):
    """What may be asked of a run."""

    cuts: Required[Sequence[str]]
    """Names of cuts, as in `tables.CUTS`."""
    grains: Required[Sequence[Grain]]
    """Lengths of period; not read where `periods` are given."""
    as_of: date | None
    """Nothing after it is counted; the facts' own as-of date if not given."""
    indicators: Sequence[str] | None
    """Codes, the index's among them; all if not given."""
    basis: str | None
    """`registered`, `due` or `ready`, in place of that of flows over cases."""
    periods: Sequence[Period] | None
    """Just these; else all from the first row to the as-of date."""
    engine: str
    """`duckdb` or `reference`."""
    expected: Mapping[str, Sequence[str | Pair]] | None
    """Units, by cut, that must have an answer though they may have no rows."""


@dataclass(frozen=True)
class Request:
    """What is asked of an engine. Flows and stocks are grouped as they are counted: one pass over a table each."""

    flows: Mapping[tuple[str, str], tuple[Indicator, ...]]
    """Fact table and the column of its basis, to indicators."""
    stocks: Mapping[tuple[str, Stock], tuple[Indicator, ...]]
    cuts: tuple[str, ...]
    grains: tuple[Grain, ...]
    periods: tuple[Period, ...]
    """Only these; empty: all from the first row to the as-of date."""
    as_of: date
    expected: Mapping[str, Sequence[Pair]]

    @property
    def shortest(self) -> Grain:
        """The shortest grain: counts of longer periods are sums of counts of shorter ones."""
        return min(self.grains, key=lambda grain: grain.months)

    @property
    def sources(self) -> dict[Indicator, tuple[str, str | Stock]]:
        """For each indicator the fact table, and the date column or stock by which its rows are counted."""
        flows = {indicator: source for source, some in self.flows.items() for indicator in some}
        return {**flows, **{indicator: source for source, some in self.stocks.items() for indicator in some}}

    def steps(self, grain: Grain) -> int:
        """How many of the shortest periods make one of that grain."""
        return grain.months // self.shortest.months

    @property
    def span(self) -> Span:
        """The days whose rows flows may count: nothing after the as-of date."""
        if not self.periods:
            return Span(None, self.as_of)
        return Span(
            min(period.first_on for period in self.periods),
            min(self.as_of, max(period.last_on for period in self.periods)),
        )

    @property
    def has_open_range(self) -> bool:
        """Whether the data say from when to when, and not the periods asked for."""
        return not self.periods or any(period.grain is Grain.WHOLE for period in self.periods)

    def ordinals(self, seen_on: Collection[date]) -> range:
        """The shortest periods of the run, without a gap; `seen_on` holds the first day on which anything happened."""
        days = [*seen_on, self.as_of] if seen_on and self.has_open_range else []
        # The whole of time is as long as what was seen in it, not ten thousand years of months.
        for period in self.periods:
            days += [] if period.grain is Grain.WHOLE else [period.first_on, period.last_on]
        if not days:
            return range(0)
        first, last = (Period.containing(day, self.shortest).ordinal for day in (min(days), max(days)))
        return range(first, last + 1)

    def periods_of(self, grain: Grain, ordinals: range) -> tuple[Period, ...]:
        """The periods of a grain to give numbers for, in order."""
        if self.periods:
            return tuple(sorted({period for period in self.periods if period.grain is grain}))
        steps = self.steps(grain)
        return tuple(Period(grain, ordinal) for ordinal in sorted({ordinal // steps for ordinal in ordinals}))

    def ends(self, periods: Mapping[Grain, Sequence[Period]]) -> dict[tuple[date, date], int]:
        """The distinct ends at which stocks are counted, numbered: a quarter ends with its last month."""
        every = (standing_days(p, self.as_of) for some in periods.values() for p in some if p.first_on <= self.as_of)
        return {end: number for number, end in enumerate(dict.fromkeys(every))}


def standing_days(period: Period, as_of: date) -> tuple[date, date]:
    """Entered by the first and not left until after the second: who stands at the period's end.

    The as-of day itself is not over: in its period the stock is as of the evening before, less who left on the day.
    """
    if period.last_on < as_of:
        return period.last_on, period.last_on
    return as_of - timedelta(days=1), as_of


@dataclass(frozen=True)
class Plan:
    """A request, and what to show of its answer."""

    request: Request
    indicators: tuple[Indicator, ...]
    """In the methodology's order, those that only the index needs among them."""
    shown: frozenset[str]
    uncollected: frozenset[str]
    index: Index | None

    @property
    def components(self) -> frozenset[str]:
        """Codes of the indicators that the index is made of."""
        return frozenset(c.indicator for c in self.index.components) if self.index else frozenset()


def make_plan(methodology: Methodology, facts: Facts, asked: Asked) -> Plan:
    """The plan for what is asked; FaultsFoundError for every word that is not known."""
    check_asked(methodology, asked)
    codes = asked.get("indicators")
    index = methodology.index if methodology.index and (codes is None or methodology.index.code in codes) else None
    needed = {component.indicator for component in index.components} if index else set()
    shown = frozenset(i.code for i in methodology.indicators if codes is None or i.code in codes)
    chosen = [i for i in methodology.indicators if i.code in shown or i.code in needed]
    indicators = tuple(_on_basis(indicator, asked.get("basis")) for indicator in chosen)
    uncollected = frozenset(i.code for i in indicators if not _is_collected(i, facts))
    periods = tuple(sorted(set(asked.get("periods") or ())))
    grains = {period.grain for period in periods} or set(asked["grains"])
    flows, stocks = _grouped([i for i in indicators if i.code not in uncollected])
    request = Request(
        flows=flows,
        stocks=stocks,
        cuts=tuple(dict.fromkeys(asked["cuts"])),
        grains=tuple(grain for grain in Grain if grain in grains),
        periods=periods,
        as_of=asked.get("as_of") or facts.as_of,
        expected={cut: [_pair(unit) for unit in units] for cut, units in (asked.get("expected") or {}).items()},
    )
    return Plan(request, indicators, shown, uncollected, index)


def check_asked(methodology: Methodology, asked: Asked) -> None:
    """FaultsFoundError that names every unknown cut, indicator, basis and engine, and what is known."""
    indexes = [methodology.index.code] if methodology.index else []
    basis, engine = asked.get("basis"), asked.get("engine") or ENGINES[0]
    words: list[tuple[str, Iterable[str], Sequence[str]]] = [
        (N_("unknown cut {name}"), [*asked["cuts"], *(asked.get("expected") or {})], tuple(CUTS)),
        (
            N_("unknown indicator {name}"),
            asked.get("indicators") or (),
            [*(indicator.code for indicator in methodology.indicators), *indexes],
        ),
        (N_("unknown basis {name}"), [basis] if basis else [], EXCHANGEABLE),
        (N_("unknown engine {name}"), [engine], ENGINES),
    ]
    remedy = N_("Choose from: {known}.")
    faults = [
        Fault(N_("what is asked"), problem, remedy, {"name": name, "known": ", ".join(known)})
        for problem, names, known in words
        for name in dict.fromkeys(names)
        if name not in known
    ]
    if faults:
        raise FaultsFoundError(faults)


def basis_column(indicator: Indicator) -> str:
    """The date column that puts a row in a period."""
    return FACT_TABLES[indicator.population.table].bases[indicator.basis]


def _on_basis(indicator: Indicator, basis: str | None) -> Indicator:
    is_flow = not isinstance(indicator.measure, Stock)
    if basis and is_flow and indicator.population.table == "cases" and indicator.basis in EXCHANGEABLE:
        return replace(indicator, basis=basis)
    return indicator


def _is_collected(indicator: Indicator, facts: Facts) -> bool:
    """Whether the source fills the date that an indicator counts by, and what it reads."""
    table = indicator.population.table
    if table not in facts.tables:
        return False
    collected = facts.collected.get(table, frozenset())
    is_dated = isinstance(indicator.measure, Stock) or basis_column(indicator) in collected
    return is_dated and indicator.is_collected(collected)


def _grouped(
    indicators: Sequence[Indicator],
) -> tuple[dict[tuple[str, str], tuple[Indicator, ...]], dict[tuple[str, Stock], tuple[Indicator, ...]]]:
    flows: dict[tuple[str, str], tuple[Indicator, ...]] = {}
    stocks: dict[tuple[str, Stock], tuple[Indicator, ...]] = {}
    for indicator in indicators:
        table = indicator.population.table
        if isinstance(indicator.measure, Stock):
            stocks[table, indicator.measure] = (*stocks.get((table, indicator.measure), ()), indicator)
        else:
            column = basis_column(indicator)
            flows[table, column] = (*flows.get((table, column), ()), indicator)
    return flows, stocks


def _pair(unit: str | Pair) -> Pair:
    return (unit, None) if isinstance(unit, str) else unit
