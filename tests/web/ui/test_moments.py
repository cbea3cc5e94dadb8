"""Moments are said as people say them, in local time."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from mirylo.display.language import speaking
from mirylo.web.ui.moments import write_ago, write_duration, write_moment, write_time

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(-5, "0 с"), (4, "4 с"), (59, "59 с"), (60, "1 хв"), (3599, "59 хв"), (3600, "1 год"), (172_799, "47 год"),
     (172_800, "2 дні"), (5 * 86_400, "5 днів"), (21 * 86_400, "21 день")],
)  # fmt: skip
def test_a_span_is_said_in_its_largest_unit(seconds: int, said: str) -> None:
    with speaking("uk"):
        assert write_duration(timedelta(seconds=seconds)).replace("\xa0", " ") == said


def test_how_long_ago() -> None:
    with speaking("uk"):
        assert write_ago(NOW - timedelta(seconds=3), NOW) == "щойно"
        assert write_ago(NOW + timedelta(seconds=3), NOW) == "щойно"
        assert write_ago(NOW - timedelta(minutes=12), NOW) == "12\xa0хв тому"


def test_moments_are_local() -> None:
    with speaking("uk"):
        assert write_moment(NOW) == "25 листопада 2026\u202fр., 12:00"
    with speaking("en"):
        assert write_moment(datetime(2026, 7, 1, 21, 30, tzinfo=UTC)) == "2 July 2026, 00:30"


def test_the_time_alone_is_today() -> None:
    now = timezone.now()
    assert write_time(now) == f"{timezone.localtime(now):%H:%M:%S}"
    with speaking("uk"):
        assert write_time(datetime(2001, 3, 8, 10, tzinfo=UTC)) == "8 березня 2001\u202fр., 12:00"
