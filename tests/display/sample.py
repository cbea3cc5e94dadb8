"""A made-up measurement with every kind of cell, for whatever shows numbers."""

from datetime import date
from decimal import Decimal
from math import sqrt
from typing import Any

from mirylo.core.methodology.model import (
    ColumnValue,
    Comparison,
    Component,
    Count,
    Direction,
    Index,
    Indicator,
    LegalBasis,
    Levels,
    Mean,
    Methodology,
    Population,
    Quantile,
    Share,
    Stock,
    Text,
    Type,
    Unit,
)
from mirylo.display.cells import Cell
from mirylo.display.measurement import Measurement, RefusedRows

CASES = Population("cases", Text("справи", "cases"), "cases", None)
TICKETS = Population("tickets", Text("талони", "tickets"), "tickets", None)
ON_TIME = ColumnValue("is_on_time", Type.FLAG)
DUE = Comparison("<", ColumnValue("due_on", Type.DATE), ColumnValue("as_of", Type.DATE))
THROUGHPUT = ColumnValue("throughput_seconds", Type.SECONDS)


def _indicator(code: str, uk: str, en: str, measure: Any, unit: Unit, direction: Direction, **more: Any) -> Indicator:
    return Indicator(
        code=code,
        title=Text(uk, en),
        explanation=Text(f"{uk}: пояснення одним реченням.", f"{en}: one sentence that explains."),
        population=more.pop("population", CASES),
        basis="due",
        measure=measure,
        unit=unit,
        direction=direction,
        **more,
    )


METHODOLOGY = Methodology(
    version="2026.1",
    title=Text("Методика моніторингу якості", "Methodology of quality monitoring"),
    valid_from=date(2026, 1, 1),
    indicators=(
        _indicator("registered", "Зареєстровано справ", "Cases registered", Count(), Unit.CASES, Direction.NONE),
        _indicator(
            "on_time_share",
            "Частка справ, завершених вчасно",
            "Share of cases finished in time",
            Share(ON_TIME, DUE),
            Unit.PER_CENT,
            Direction.HIGHER,
            target=Decimal("0.95"),
            levels=Levels(Decimal("0.95"), Decimal("0.80")),
            legal_basis=(
                LegalBasis(
                    Text("Закон «Про адміністративні послуги» № 5203-VI, стаття 10", "Law No. 5203-VI, article 10"),
                    date(2012, 9, 6),
                ),
            ),
        ),
        _indicator(
            "overdue_open",
            "Прострочені й досі відкриті справи",
            "Overdue cases still open",
            Stock("due_on", "closed_on"),
            Unit.CASES,
            Direction.LOWER,
        ),
        _indicator(
            "throughput_days_mean",
            "Середня тривалість надання послуги",
            "Mean time from registration to result",
            Mean(THROUGHPUT),
            Unit.DAYS,
            Direction.LOWER,
            target=Decimal(30),
            levels=Levels(Decimal(30), Decimal(45)),
        ),
        _indicator(
            "throughput_days_p90",
            "Дев’ять із десяти послуг надано не довше ніж за",
            "Nine services of ten take no longer than",
            Quantile(THROUGHPUT, Decimal("0.9")),
            Unit.DAYS,
            Direction.LOWER,
        ),
        _indicator(
            "appeals_upheld_share",
            "Частка задоволених скарг",
            "Share of appeals upheld",
            Share(ON_TIME),
            Unit.PER_CENT,
            Direction.LOWER,
            minimum_n=30,
        ),
        _indicator(
            "waiting_minutes_median",
            "Медіана очікування",
            "Median wait",
            Quantile(ColumnValue("waiting_seconds", Type.SECONDS), Decimal("0.5")),
            Unit.MINUTES,
            Direction.LOWER,
            population=TICKETS,
            target=Decimal(15),
        ),
    ),
    index=Index(
        code="quality_index",
        title=Text("Індекс якості послуг", "Service quality index"),
        explanation=Text("Зважене середнє показників.", "Weighted mean of indicators."),
        components=(Component("on_time_share", Decimal(3), Decimal("0.5"), Decimal(1)),),
        least_present=Decimal("0.6"),
        levels=Levels(Decimal(80), Decimal(60)),
    ),
)


def cell(indicator: str, **more: Any) -> Cell:
    """A cell of the nation over the whole range, unless said otherwise."""
    empty: dict[str, Any] = dict.fromkeys(Cell.__dataclass_fields__)
    return Cell(**(empty | {"indicator": indicator, "cut": "nation", "kind": "value", "provisional": False} | more))


def share(indicator: str, k: int, n: int, **more: Any) -> Cell:
    """A share with its Wilson interval."""
    p, z = k / n, 1.959964
    middle, room = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = ((middle - room) / (1 + z * z / n), (middle + room) / (1 + z * z / n))
    level = "good" if p >= 0.95 else "fair" if p >= 0.8 else "poor"
    return cell(indicator, numerator=k, denominator=n, value=p, low=low, high=high, level=level, **more)


def measured() -> Measurement:
    """The nation over the whole range and by month, and service centres over the whole range."""
    cells = [
        cell("quality_index", value=81.46, level="good", left_out="waiting_minutes_median: not_collected"),
        cell("registered", numerator=14340, value=14340),
        share("on_time_share", 10713, 11329),
        cell("overdue_open", numerator=39, value=39),
        cell("throughput_days_mean", numerator=58.98 * 11329, denominator=11329, value=28.981, level="good"),
        cell("throughput_days_p90", denominator=11329, value=45.55),
        cell("appeals_upheld_share", numerator=3, denominator=7, kind="too_few"),
        cell("waiting_minutes_median", kind="not_collected"),
    ]
    months = [(912, 1010), (874, 950), (903, 961), (1021, 1090), (1010, 1061), (931, 1000), (954, 1009), (998, 1041)]
    for month, (k, n) in enumerate(months, start=3):
        cells.append(share("on_time_share", k, n, grain="month", period=f"2026-{month:02}", provisional=month == 10))
        cells.append(
            cell(
                "throughput_days_mean",
                denominator=n,
                value=33 - month / 2.3,
                provisional=month == 10,
                grain="month",
                period=f"2026-{month:02}",
                level="good",
            )
        )
    centres = [
        ("ЦНАП Полтавської міської ради", 1880, 1925),
        ("ЦНАП м. Кременчук", 1502, 1570),
        ("ЦНАП м. Лубни", 846, 910),
        ("ЦНАП Миргородської громади", 640, 655),
        ("ЦНАП Решетилівської громади", 211, 260),
        ("ЦНАП Диканської громади", 95, 131),
        ("ВРМ с. Опішня", 17, 19),
    ]
    cells += [share("on_time_share", k, n, cut="centre", unit=unit) for unit, k, n in centres]
    cells.append(cell("on_time_share", cut="centre", unit="ЦНАП Гадяцької громади", kind="not_reported"))
    cells += [cell("registered", cut="centre", unit=unit, value=n + 7, numerator=n + 7) for unit, _, n in centres]
    return Measurement(
        methodology=METHODOLOGY,
        cells=cells,
        provenance={"methodology": "2026.1", "manifest": "9f2c" * 16, "engine": "duckdb 1.5.6", "basis": "due"},
        as_of=date(2026, 10, 5),
        sources=("справи-2026.csv",),
        summary=(("Справи", "14 340"), ("Події", "85 770")),
        refused=(RefusedRows("дата з іншого століття", 12, ("рядок 14", "рядок 203", "рядок 977")),),
        flaws=(RefusedRows("закрито раніше, ніж відкрито", 2),),
    )
