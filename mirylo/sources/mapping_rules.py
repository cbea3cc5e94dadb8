"""Reads from a mapping the rules by which cases are judged: time zone, terms of services, working days."""

import tomllib
from datetime import date
from pathlib import Path
from zoneinfo import available_timezones

from mirylo.core.calendars import Calendar, FiveDayWeek, Suspension, TermUnit, UkrainianWeek
from mirylo.core.faults import N_
from mirylo.core.rules import Compare, Deficiency, Finish, Rules, ServiceRule
from mirylo.core.terms import InvalidTermError, Term
from mirylo.sources.raw_rows import nearest
from mirylo.sources.toml_sections import Section

DAYS_KEYS = ("working", "non_working", "suspensions")
CALENDAR_KEYS = ("week", "file", *DAYS_KEYS)


def read_rules(top: Section, folder: Path) -> Rules:
    """The rules of judging: time zone, comparison, what finishes a service, terms, calendar."""
    timezone = top.text("timezone") or "Europe/Kyiv"
    if timezone not in available_timezones():
        top.fault(
            "timezone",
            N_("there is no time zone {value}"),
            N_("The nearest are: {nearest}."),
            value=timezone,
            nearest=nearest(timezone, sorted(available_timezones())),
        )
        timezone = "UTC"
    default = ServiceRule(
        term=_term(top.section("term", ("amount", "unit"))),
        finish=Finish(top.one_of("finish", tuple(Finish)) or Finish.READY),
        deficiency=Deficiency(top.one_of("deficiency", tuple(Deficiency)) or Deficiency.STOPS),
    )
    services, terms = {}, top.section("terms")
    for code in terms.table:
        term = terms.section(code, ("amount", "unit", "finish", "deficiency", "suspendable"))
        services[code] = ServiceRule(
            term=_term(term) if {"amount", "unit"} & set(term.table) else default.term,
            finish=Finish(term.one_of("finish", tuple(Finish)) or default.finish),
            deficiency=Deficiency(term.one_of("deficiency", tuple(Deficiency)) or default.deficiency),
            is_suspendable=term.flag("suspendable") is not False,
        )
    return Rules(
        calendar=_calendar(top.section("calendar", CALENDAR_KEYS), folder),
        timezone=timezone,
        compare=Compare(top.one_of("compare", tuple(Compare)) or Compare.DATES),
        default=default,
        services=services,
    )


def _term(section: Section) -> Term | None:
    amount, unit = section.whole("amount"), section.one_of("unit", tuple(TermUnit))
    if not {"amount", "unit"} & set(section.table):
        return None
    if amount is None or unit is None:
        if not {"amount", "unit"} <= set(section.table):
            section.fault("", N_("a term is an amount and a unit"), N_('Write amount = 30 and unit = "calendar_days".'))
        return None
    try:
        return Term(amount, TermUnit(unit))
    except InvalidTermError as error:
        section.fault("amount", N_("{detail}"), "", detail=error)
        return None


def _calendar(section: Section, folder: Path) -> Calendar:
    """Working days: the law's, or a plain week, with days moved by hand and suspensions of terms laid over them."""
    working, non_working, suspensions = _days(section)
    file = section.text("file")
    if file is not None:
        try:
            moved = tomllib.loads((folder / file).read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            section.fault(
                "file", N_("{file} cannot be read ({detail})"), N_("Check the path."), file=file, detail=error
            )
        else:
            more = _days(Section(moved, file, "", section.faults, DAYS_KEYS))
            working, non_working, suspensions = working | more[0], non_working | more[1], suspensions + more[2]
    if both := working & non_working:
        section.fault(
            "working", N_("{day} is both a working day and a day off"), N_("Leave it in one list."), day=min(both)
        )
        return Calendar.ukraine()
    week = section.one_of("week", ("ukraine", "five_days"))
    return Calendar(FiveDayWeek() if week == "five_days" else UkrainianWeek(), working, non_working, suspensions)


def _days(section: Section) -> tuple[frozenset[date], frozenset[date], tuple[Suspension, ...]]:
    """Extra working days, extra days off, and suspensions of terms."""
    suspensions = []
    for spell in section.tables("suspensions", ("first", "last", "why")):
        first_on, last_on = spell.day("first"), spell.day("last")
        if first_on is None:
            if "first" not in spell.table:
                spell.fault("first", N_("the first day is missing"), N_("Write first = 2022-02-24."))
        elif last_on is not None and last_on < first_on:
            spell.fault("last", N_("the last day is before the first"), N_("Exchange them."))
        else:
            suspensions.append(Suspension(first_on, last_on, spell.text("why") or ""))
    return frozenset(section.days("working")), frozenset(section.days("non_working")), tuple(suspensions)
