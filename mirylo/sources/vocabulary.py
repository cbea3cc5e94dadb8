"""Words that files use for yes, no and lengths of time, and the few values that some columns may have."""

from collections.abc import Mapping

from mirylo.core.calendars import TermUnit

YES = ("true", "yes", "y", "t", "1", "так", "+")
NO = ("false", "no", "n", "f", "0", "ні", "-")

DURATION_UNITS: Mapping[str, int] = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400}

ALLOWED: Mapping[str, tuple[str, ...]] = {
    "outcome": ("served", "left"),
    "decision": ("granted", "refused", "closed"),
    "appeal_outcome": ("upheld", "dismissed"),
    "term_unit": tuple(TermUnit),
}
"""Columns that rules read by value; a value that is none of these would be counted as something that it is not."""
