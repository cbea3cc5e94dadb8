"""Keeps what a demo must remember between two starts: its plan, how far it is, and the keys of its systems."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from mirylo.core.calendars import UkrainianWeek
from mirylo.core.faults import N_, Fault, FaultsFoundError

HELD_BACK = 2
"""Working days before the first start whose events are not loaded but sent one after another, so that something moves:
at two a second, for half an hour. What is held back is missing in the figures meanwhile, so it is not more."""


@dataclass(frozen=True)
class Plan:
    """The country and its past; `loaded` days of it are in, counted from the newest. `sent` is the last event sent."""

    seed: int
    centres: int
    cases_per_day: float
    first_on: date
    cut_on: date
    """From this local day on events are sent one after another."""
    loaded: int = 0
    sent_at: str = ""
    sent: str = ""

    @property
    def days(self) -> list[date]:
        """The days of registration that lie before the cut, and those of visits booked before it: the newest first."""
        first = self.first_on.toordinal()
        return [date.fromordinal(day) for day in range(self.cut_on.toordinal() + BOOKED_AHEAD, first - 1, -1)]

    @property
    def is_loaded(self) -> bool:
        """Whether the whole past is in."""
        return self.loaded >= len(self.days)


BOOKED_AHEAD = 21
"""Days before a visit at which it may be booked."""


def plan_from(today: date, seed: int = 1, centres: int = 60, cases_per_day: float = 150.0) -> Plan:
    """A past from the beginning of the year to some days ago; in January, from the beginning of the year before."""
    year = today.year - 1 if today.month == 1 else today.year
    week, cut_on, left = UkrainianWeek(), today, HELD_BACK
    while left:
        cut_on -= timedelta(days=1)
        left -= week.is_working(cut_on)
    return Plan(seed, centres, cases_per_day, date(year, 1, 1), cut_on)


@dataclass
class DemoFolder:
    """The folder `demo` of an installation. Every change is there whole or not at all."""

    path: Path
    plan: Plan

    @classmethod
    def open(cls) -> "DemoFolder":
        """The folder, with a new plan the first time."""
        from django.utils import timezone

        path = _path()
        path.mkdir(exist_ok=True)
        file = path / "plan.json"
        if file.exists():
            known = json.loads(file.read_text("utf-8"))
            days = {name: date.fromisoformat(known[name]) for name in ("first_on", "cut_on")}
            return cls(path, Plan(**{**known, **days}))
        folder = cls(path, plan_from(timezone.localdate()))
        folder.remember()
        return folder

    def remember(self, **changes: Any) -> None:
        """Change the plan and keep it."""
        self.plan = replace(self.plan, **changes)
        _write(self.path / "plan.json", json.dumps(asdict(self.plan), default=_day))

    @property
    def keys(self) -> dict[str, str]:
        """The key of each system by its source."""
        file = self.path / "keys.json"
        return json.loads(file.read_text("utf-8")) if file.exists() else {}

    def keep_keys(self, keys: Mapping[str, str]) -> None:
        """Keep the keys where only this user may read them."""
        _write(self.path / "keys.json", json.dumps(dict(keys)))


def check_demo() -> None:
    """Raise if there are data that are not of a demo: what is invented must never meet what is real."""
    from mirylo.domain.intake.models import ConnectedSystem
    from mirylo.domain.registers.models import AccessPoint

    path = _path()
    if path.is_dir():
        return
    if ConnectedSystem.objects.exists() or AccessPoint.objects.exists():
        problem = N_("there are data here that no demo made")
        remedy = N_("Name an empty folder in MIRYLO_FOLDER for the demo, or leave MIRYLO_FOLDER out.")
        raise FaultsFoundError([Fault(str(path.parent), problem, remedy)])
    path.mkdir(parents=True)


def _path() -> Path:
    from django.conf import settings

    return Path(settings.FOLDER) / "demo"


def _day(value: object) -> str:
    assert isinstance(value, date | datetime)
    return value.isoformat()


def _write(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(part, path)
