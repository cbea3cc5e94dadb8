"""Tells the indicators, their values with where they come from, and which run they are of."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import pyarrow as pa
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema, Status

from mirylo.core.faults import N_, Fault, FaultsFoundError
from mirylo.core.methodology.model import Index, Indicator, Methodology
from mirylo.core.periods import Grain, InvalidPeriodError, Period
from mirylo.display.language import current, say
from mirylo.domain.cases.methodology import current_methodology
from mirylo.domain.indicators.models import Run
from mirylo.domain.indicators.values import TooManyRowsError, counted_periods, current_run, on_demand, values
from mirylo.domain.intake.faults import CODE
from mirylo.engines.running import SCHEMA
from mirylo.engines.tables import CUTS
from mirylo.web.api.problems import Problem, not_found

router = Router(tags=["indicators"])

MOST = 50_000
"""Values that one answer may hold."""


class IndicatorSaid(Schema):
    """An indicator or the composite index, in the caller's language; shares and their targets are fractions of 1."""

    code: str
    title: str
    explanation: str
    unit: str
    direction: str
    target: float | None
    good: float | None
    fair: float | None


class RunSaid(Schema):
    """A run: which methodology, which facts, as of which day. `periods` are those that have values."""

    run: int
    methodology: str
    manifest: str
    as_of: date
    finished_at: datetime
    periods: list[str]


class ValueSaid(Schema):
    """A value, or the reason why there is none (`kind`). `within` is the second unit of a cross cut."""

    indicator: str
    unit: str | None
    within: str | None
    period: str
    value: float | None
    numerator: float | None
    denominator: float | None
    low: float | None
    high: float | None
    kind: str
    level: str | None
    provisional: bool
    left_out: str | None


class ValuesSaid(Schema):
    """Values of a cut, and the run that they are of; a cross cut is counted anew, from the facts in `manifest`."""

    run: RunSaid
    cut: str
    values: list[ValueSaid]


class Asked(Schema):
    """What is asked for. `period` and `indicator` may stand several times; without a period it is the latest month."""

    cut: str = "nation"
    unit: str | None = Query(None, max_length=200)
    period: list[str] = Query([])
    indicator: list[str] = Query([])


@router.get("/indicators", response={200: list[IndicatorSaid]}, summary="The indicators of the methodology in force")
def list_indicators(request: HttpRequest) -> Any:
    """Codes, titles, units and targets."""
    methodology = current_methodology()
    index = [methodology.index] if methodology.index else []
    return Status(200, [_say_indicator(indicator) for indicator in (*index, *methodology.indicators)])


@router.get("/runs/current", response={200: RunSaid, 304: None, 404: Problem}, summary="The run that readers see")
def show_run(request: HttpRequest, response: HttpResponse) -> Any:
    """Where the values of this moment come from."""
    run = _run()
    return Status(304, None) if _is_known(request, response, run) else Status(200, _say_run(run))


@router.get(
    "/values", response={200: ValuesSaid, 304: None, 404: Problem, 422: Problem}, summary="Values of indicators"
)
def list_values(request: HttpRequest, response: HttpResponse, asked: Query[Asked]) -> Any:
    """The values of a cut, for a unit or all, for some periods and indicators; all words that are wrong are told."""
    methodology = current_methodology()
    _check(asked, methodology)
    run = _run()
    said, is_stored = _say_run(run), len(CUTS[asked.cut]) < 2
    if is_stored and _is_known(request, response, run):
        return Status(304, None)
    periods = list(dict.fromkeys(asked.period)) or counted_periods(run, Grain.MONTH)[-1:]
    narrowed = {"cut": asked.cut, "unit": asked.unit, "periods": periods, "indicators": asked.indicator or None}
    try:
        if is_stored:
            rows = values(**narrowed, run=run, most=MOST)
        else:
            rows, said["manifest"] = _count_now(**narrowed)
    except TooManyRowsError as error:
        problem = N_("{found} values are more than {most}")
        remedy = N_("Name a unit, fewer periods or fewer indicators.")
        raise FaultsFoundError([_fault("unit", "too_many", problem, remedy, found=error.found, most=MOST)]) from None
    return Status(200, {"run": said, "cut": asked.cut, "values": rows.to_pylist()})


def _count_now(**narrowed: Any) -> tuple[pa.Table, str]:
    """Values of a cross cut, which no run stores, and the manifest of the facts as they are at this moment."""
    result = on_demand(**narrowed)
    if result is None:
        return SCHEMA.empty_table(), ""
    if result.table.num_rows > MOST:
        raise TooManyRowsError(result.table.num_rows)
    return result.table, result.provenance.manifest


def _run() -> Run:
    run = current_run()
    if run is None:
        raise not_found(say(N_("finished run")))
    return run


def _is_known(request: HttpRequest, response: HttpResponse, run: Run) -> bool:
    """Say of which run the answer is, and whether the caller has it already."""
    tag = f'"run-{run.pk}-{current()}"'
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "no-cache"
    return tag in [known.strip() for known in request.headers.get("If-None-Match", "").split(",")]


def _check(asked: Asked, methodology: Methodology) -> None:
    """FaultsFoundError with every word that is not known."""
    remedy = N_("Choose from: {known}.")
    codes = [*(indicator.code for indicator in methodology.indicators)]
    codes += [methodology.index.code] if methodology.index else []
    faults = []
    if asked.cut not in CUTS:
        faults.append(
            _fault("cut", "unknown_cut", N_("unknown cut {name}"), remedy, name=asked.cut, known=", ".join(CUTS))
        )
    elif asked.unit is None and len(CUTS[asked.cut]) > 1:
        faults.append(
            _fault("unit", "missing", N_("no unit is named"), N_("Name one: a cross cut is counted for one."))
        )
    if asked.unit is not None and not asked.unit.isprintable():
        faults.append(
            _fault("unit", "unreadable", N_("the unit holds characters that no name has"), N_("Remove them."))
        )
    for name in dict.fromkeys(code for code in asked.indicator if code not in codes):
        problem = N_("unknown indicator {name}")
        faults.append(_fault("indicator", "unknown_indicator", problem, remedy, name=name, known=", ".join(codes)))
    faults += [
        _fault(
            "period",
            "unknown_period",
            N_("unknown period {name}"),
            N_("Write 2014-05, 2014Q2, 2014H1 or 2014."),
            name=name,
        )
        for name in _wrong_periods(asked.period)
    ]
    if faults:
        raise FaultsFoundError(faults)


def _wrong_periods(codes: Sequence[str]) -> list[str]:
    wrong = []
    for code in dict.fromkeys(codes):
        try:
            is_wrong = Period.parse(code).grain is Grain.WHOLE
        except InvalidPeriodError:
            is_wrong = True
        wrong += [code] if is_wrong else []
    return wrong


def _fault(field: str, code: str, problem: str, remedy: str, **named: object) -> Fault:
    return Fault(field, problem, remedy, {**named, CODE: code})


def _say_run(run: Run) -> dict[str, Any]:
    return {
        "run": run.pk,
        "methodology": run.methodology,
        "manifest": run.manifest,
        "as_of": run.as_of,
        "finished_at": run.finished_at,
        "periods": counted_periods(run),
    }


def _say_indicator(indicator: Indicator | Index) -> dict[str, Any]:
    language = current()
    is_index = isinstance(indicator, Index)
    return {
        "code": indicator.code,
        "title": getattr(indicator.title, language),
        "explanation": getattr(indicator.explanation, language),
        "unit": "points" if is_index else str(indicator.unit),
        "direction": "higher" if is_index else str(indicator.direction),
        "target": indicator.target,
        "good": indicator.levels.good if indicator.levels else None,
        "fair": indicator.levels.fair if indicator.levels else None,
    }
