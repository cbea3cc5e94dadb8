"""Keeps lines that were not accepted, so that the sender can look at them and nothing is lost."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.db.models import F

from mirylo.core.faults import Fault
from mirylo.domain.intake.faults import CODE
from mirylo.domain.intake.models import Batch, RejectedLine


class Rejected(NamedTuple):
    """A line to be put aside, its personal data blotted out already."""

    line: int
    event_id: str
    text: str
    faults: tuple[Fault, ...]


def keep_rejected(rejected: Sequence[Rejected], batch: Batch) -> None:
    """Put lines aside; one that came before is kept once, with how often it came."""
    if not rejected:
        return
    by_print: dict[str, Rejected] = {}
    times: Counter[str] = Counter()
    for one in rejected:
        print_ = hashlib.sha256(one.text.encode("utf-8", "replace")).hexdigest()
        by_print.setdefault(print_, one)
        times[print_] += 1
    mine = RejectedLine.objects.filter(batch__system=batch.system_id)
    prints = list(by_print)
    known: set[str] = set()
    for first in range(0, len(prints), 500):
        some = mine.filter(print__in=prints[first : first + 500])
        again = list(some.values_list("print", flat=True))
        for often in {times[one] for one in again}:
            mine.filter(print__in=[one for one in again if times[one] == often]).update(times=F("times") + often)
        known.update(again)
    RejectedLine.objects.bulk_create(
        RejectedLine(
            batch=batch,
            line=one.line,
            event_id=one.event_id,
            text=one.text,
            print=print_,
            times=times[print_],
            faults=[write_fault(fault) for fault in one.faults],
        )
        for print_, one in by_print.items()
        if print_ not in known
    )


def write_fault(fault: Fault) -> dict[str, object]:
    """A fault as it is kept: templates and their values, to be said in the language of whoever looks."""
    values = {
        name: str(value)[:500].replace("\x00", "\N{REPLACEMENT CHARACTER}") for name, value in fault.values.items()
    }
    return {
        "code": values.pop(CODE),
        "field": fault.place,
        "problem": fault.problem,
        "remedy": fault.remedy,
        "values": values,
    }


def read_fault(kept: Mapping[str, object]) -> Fault:
    """The fault that was kept."""
    values = kept["values"]
    assert isinstance(values, dict)
    return Fault(str(kept["field"]), str(kept["problem"]), str(kept["remedy"]), {CODE: kept["code"], **values})
