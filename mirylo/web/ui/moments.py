"""Writes moments as people say them: local time, and how long something took or how long ago it was."""

from datetime import datetime, timedelta

from babel.dates import format_date
from django.utils.timezone import localtime

from mirylo.display.language import locale, say
from mirylo.display.numbers import say_count, write_date

SECONDS, MINUTES, HOURS, DAYS = 1, 60, 3600, 86400


def write_time(moment: datetime) -> str:
    """The local time if it was today, «14:05:33», else the day too: «18 листопада, 14:05»."""
    local, today = localtime(moment), localtime().date()
    if local.date() == today:
        return f"{local:%H:%M:%S}"
    day = format_date(local.date(), "d MMMM", locale=locale()) if local.year == today.year else write_date(local.date())
    return say("{day}, {time}", day=day, time=f"{local:%H:%M}")


def write_moment(moment: datetime) -> str:
    """Date and local time: «5 жовтня 2026 р., 14:05»."""
    local = localtime(moment)
    return say("{day}, {time}", day=write_date(local.date()), time=f"{local:%H:%M}")


def write_duration(span: timedelta) -> str:
    """A span in its largest unit: «4 с», «12 хв», «3 год», «2 дні»; never less than nothing."""
    seconds = max(0, int(span.total_seconds()))
    if seconds < MINUTES:
        return say("{n} s", n=seconds)
    if seconds < HOURS:
        return say("{n} min", n=seconds // MINUTES)
    if seconds < 2 * DAYS:
        return say("{n} h", n=seconds // HOURS)
    return say_count("{n} day", "{n} days", seconds // DAYS)


def write_ago(moment: datetime, now: datetime) -> str:
    """How long ago it was: «12 хв тому»."""
    if now - moment < timedelta(seconds=5):
        return say("just now")
    return say("{span} ago", span=write_duration(now - moment))
