"""A small made-up country, as its systems told of it: registers, events, cases and counted indicators, made once."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from mirylo.commands.demo.folder import DemoFolder, plan_from
from mirylo.commands.demo.history import load_history
from mirylo.commands.demo.living import connect_systems, fill_registers
from mirylo.commands.demo.past import Story
from mirylo.domain.cases.folding import fold_stale
from mirylo.domain.indicators.running import refresh
from mirylo.domain.registers.models import Territory
from mirylo.simulation.country import Country, build_country


@dataclass(frozen=True)
class Living:
    """The country, and the plan of its demo."""

    country: Country
    folder: DemoFolder


def write_territories(country: Country) -> None:
    """The communities of the centres, with what they lie in."""
    names = country.territories.names
    units: dict[str, Territory] = {}
    for hromada in (centre.hromada for centre in country.centres):
        above = None
        for category, code in (("O", hromada.oblast), ("P", hromada.raion), ("H", hromada.code)):
            if code is not None:
                kept = {"oblast": hromada.oblast, "raion": hromada.raion, "hromada": hromada.code}
                unit = Territory(code=code, category=category, name=names[code], parent_id=above, **kept)
                units.setdefault(code, unit)
                above = code
    for unit in units.values():
        unit.save(force_insert=True)


@pytest.fixture(scope="module")
def living(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    """Six access points and seven weeks of their life, in a transaction that is undone."""
    place = tmp_path_factory.mktemp("living")
    before = settings.LAKE, settings.RESULTS, settings.FOLDER
    with django_db_blocker.unblock():
        settings.LAKE, settings.RESULTS, settings.FOLDER = place / "facts", place / "results", place
        atomic = transaction.atomic()
        atomic.__enter__()
        try:
            yield _live(place)
        finally:
            transaction.set_rollback(True)
            atomic.__exit__(None, None, None)
            settings.LAKE, settings.RESULTS, settings.FOLDER = before


def _live(place: Path) -> Living:
    today = timezone.localdate()
    plan = replace(plan_from(today, centres=6, cases_per_day=60.0), first_on=today - timedelta(days=49))
    folder = DemoFolder(place, plan)
    country = build_country(plan.seed, plan.centres)
    write_territories(country)
    fill_registers(country)
    connect_systems(folder, country)
    load_history(folder, Story(country, plan), threading.Event(), lambda: False)
    while fold_stale(at=timezone.now()):
        pass
    refresh(at=timezone.now(), is_patient=False)
    return Living(country, folder)
