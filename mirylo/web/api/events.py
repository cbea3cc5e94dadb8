"""Takes events from connected systems, answers for every line, and shows them what was not accepted."""

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from mirylo.core.faults import N_
from mirylo.domain.intake.faults import CODE
from mirylo.domain.intake.liveness import seconds_to_wait
from mirylo.domain.intake.models import ConnectedSystem, RejectedLine
from mirylo.domain.intake.quarantine import read_fault
from mirylo.domain.intake.taking import REJECTED, STATUSES, Answer, LineAnswer, take
from mirylo.web.api import bodies
from mirylo.web.api.event_schemas import describe_body
from mirylo.web.api.keys import Key
from mirylo.web.api.problems import FaultSaid, Problem, ProblemError, invalid, say_problem, write_fault

log = logging.getLogger(__name__)
router = Router(tags=["events"])
PROBLEMS = dict.fromkeys((400, 401, 409, 411, 413, 415, 422, 429), Problem)


class LineSaid(Schema):
    """What became of a line: `accepted`, `duplicate` (known already, nothing changed) or `rejected`, with faults."""

    line: int
    id: str
    status: str
    faults: list[FaultSaid] = Field(default_factory=list)


class AnswerSaid(Schema):
    """What became of a batch, line by line."""

    batch: int
    accepted: int
    duplicate: int
    rejected: int
    lines: list[LineSaid]


@router.post(
    "/events",
    auth=Key(),
    response={200: AnswerSaid, **PROBLEMS},
    openapi_extra=describe_body(),
    operation_id="send_events",
    summary="Send events",
)
def send_events(request: HttpRequest) -> HttpResponse:
    """Take events in: one as JSON, many as a JSON array or NDJSON, or CloudEvents 1.0 in any mode; gzip if you like.

    The answer names every line. What is accepted is committed before it is given; a batch may be sent again whole
    whenever an answer did not arrive. A single event that is rejected is answered 422, or 409 if its id is taken.
    """
    system: ConnectedSystem = request.auth  # type: ignore[attr-defined]
    at = timezone.now()
    if wait := seconds_to_wait(system, at):
        raise ProblemError(
            429,
            "too_fast",
            N_("Too many lines within a minute"),
            N_("Wait {wait} s and send the same again; up to {most} lines a minute are taken from your system."),
            headers={"Retry-After": str(wait)},
            wait=wait,
            most=system.lines_per_minute,
        )
    lines, is_single = bodies.read_lines(request)
    answer = take(system, lines, at=at)
    if is_single and answer.lines and answer.lines[0].status == REJECTED:
        return _refuse(answer.lines[0])
    return HttpResponse(msgspec.json.encode(_say(answer)), content_type="application/json")


def _refuse(line: LineAnswer) -> HttpResponse:
    """The answer to a single event that was not accepted."""
    if [fault.values[CODE] for fault in line.faults] == ["conflict"]:
        title, detail = N_("This id is taken"), N_("Under “faults” stands what to do.")
        return say_problem(ProblemError(409, "conflict", title, detail, faults=line.faults))
    return say_problem(invalid(line.faults))


def _say(answer: Answer) -> dict[str, Any]:
    """The answer as it is written, in the current language."""
    return {
        "batch": answer.batch,
        **{status: answer.counts[status] for status in STATUSES},
        "lines": [
            {"line": line.line, "id": line.id, "status": line.status, "faults": say_faults(line.faults)}
            if line.faults
            else line
            for line in answer.lines
        ],
    }


def say_faults(faults: Iterable[Any]) -> list[dict[str, str]]:
    """Faults in the current language."""
    return [write_fault(fault) for fault in faults]


class RejectedSaid(Schema):
    """A line that was not accepted: when it came first, how often, what it was, and what is wrong with it."""

    batch: int
    line: int
    received_at: datetime
    times: int
    id: str
    text: str
    faults: list[FaultSaid]


class RejectedPage(Schema):
    """Some of the lines that were not accepted, the newest first."""

    count: int
    items: list[RejectedSaid]


@router.get(
    "/events/rejected",
    auth=Key(),
    response={200: RejectedPage, 401: Problem, 422: Problem},
    operation_id="list_rejected",
    summary="Lines that were not accepted",
)
def list_rejected(
    request: HttpRequest, page: int = Query(1, ge=1, le=100_000), size: int = Query(100, ge=1, le=500)
) -> RejectedPage:
    """The lines of your system that were not accepted, kept whole but for personal data, which are blotted out."""
    found = RejectedLine.objects.filter(batch__system=request.auth).select_related("batch")  # type: ignore[attr-defined]
    some = found.order_by("-pk")[(page - 1) * size : page * size]
    items = [
        RejectedSaid(
            batch=one.batch_id,
            line=one.line,
            received_at=one.batch.received_at,
            times=one.times,
            id=one.event_id,
            text=one.text,
            faults=say_faults(map(read_fault, one.faults)),
        )
        for one in some
    ]
    return RejectedPage(count=found.count(), items=items)
