"""A system is called silent once it has missed a whole working day, and a weekend is none."""

from datetime import UTC, datetime

import pytest

from mirylo.core.calendars import FiveDayWeek, UkrainianWeek
from mirylo.display.language import speaking
from mirylo.domain.intake.models import Batch, ConnectedSystem
from mirylo.web.portal.systems import begin_of_silence, read_systems


@pytest.mark.parametrize(
    ("now", "since"),
    [
        (datetime(2026, 11, 25, 8, tzinfo=UTC), datetime(2026, 11, 23, 22, tzinfo=UTC)),  # Wednesday: since Tuesday
        (datetime(2026, 11, 23, 8, tzinfo=UTC), datetime(2026, 11, 19, 22, tzinfo=UTC)),  # Monday: since Friday
        (datetime(2026, 11, 24, 22, 30, tzinfo=UTC), datetime(2026, 11, 23, 22, tzinfo=UTC)),  # past midnight in Kyiv
        (datetime(2026, 3, 30, 8, tzinfo=UTC), datetime(2026, 3, 26, 22, tzinfo=UTC)),  # over the change of clocks
    ],
)
def test_silence_begins_with_the_working_day_before(now: datetime, since: datetime) -> None:
    assert begin_of_silence(now, UkrainianWeek()) == since


@pytest.mark.django_db
def test_a_silent_system_is_named() -> None:
    now = datetime(2026, 11, 25, 8, tzinfo=UTC)
    heard = {
        "жива": datetime(2026, 11, 25, 7, 50, tzinfo=UTC),
        "мовчазна": datetime(2026, 11, 20, 12, tzinfo=UTC),
        "нова": None,
        "вимкнена": None,
    }
    for name, at in heard.items():
        system = ConnectedSystem.objects.create(
            name=name, kind="centres", key_hash=name, key_start="x", created_at=now, is_active=name != "вимкнена"
        )
        if at is not None:
            Batch.objects.create(system=system, received_at=at, lines=1)
    with speaking("uk"):
        said = {one.name: (one.is_silent, one.said.replace("\xa0", " ")) for one in read_systems(now, FiveDayWeek())}
    assert said == {
        "нова": (True, "ще нічого не надсилала"),
        "мовчазна": (True, "мовчить; востаннє — 20 листопада 2026\u202fр., 14:00"),
        "жива": (False, "10 хв тому"),
    }
