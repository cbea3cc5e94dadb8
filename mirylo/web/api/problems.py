"""Answers what cannot be done with a problem description: what is wrong, and what to do about it (RFC 9457)."""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from ninja import Field, NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.renderers import JSONRenderer

from mirylo.core.faults import N_, Fault, FaultsFoundError
from mirylo.display.language import say, say_fault
from mirylo.domain.intake.faults import CODE

log = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
PROBLEM_SCHEMA = {"$ref": "#/components/schemas/Problem"}


class FaultSaid(Schema):
    """One mistake: its code, where it is, what is wrong and what to do, in the caller's language."""

    code: str
    field: str
    problem: str
    remedy: str


class Problem(Schema):
    """A problem description."""

    type: str
    title: str
    status: int
    detail: str
    faults: list[FaultSaid] = Field(default_factory=list)


class LegibleRenderer(JSONRenderer):
    """Writes answers with Ukrainian letters as they are, so that people can read what `curl` shows them."""

    media_type = "application/json"
    json_dumps_params: Mapping[str, Any] = {"ensure_ascii": False}


class ProblemAPI(NinjaAPI):
    """An interface whose description says that mistakes are answered with problems, and any call may find it busy."""

    def get_openapi_schema(self, *given: Any, **named: Any) -> OpenAPISchema:
        """The description, with the content type of problems."""
        schema = super().get_openapi_schema(*given, **named)
        busy = {"description": "Service Unavailable", "content": {CONTENT_TYPE: {"schema": PROBLEM_SCHEMA}}}
        for operations in schema["paths"].values():
            for operation in operations.values():
                operation["responses"][503] = busy
                for status, answer in operation["responses"].items():
                    if int(status) >= 400 and "content" in answer:
                        answer["content"] = {CONTENT_TYPE: next(iter(answer["content"].values()))}
        return schema


class ProblemError(Exception):
    """Raised in a view to answer with a problem; `title` and `detail` are templates, filled with `values`."""

    def __init__(
        self,
        status: int,
        code: str,
        title: str,
        detail: str,
        /,
        *,
        headers: Mapping[str, str] | None = None,
        faults: Iterable[Fault] = (),
        **values: object,
    ) -> None:
        """Keep what to say until the language of the caller is known."""
        super().__init__(title)
        self.status, self.code, self.title, self.detail = status, code, title, detail
        self.headers, self.faults, self.values = dict(headers or {}), tuple(faults), values


def say_problem(error: ProblemError) -> HttpResponse:
    """The answer, in the current language."""
    said: dict[str, Any] = {
        "type": f"urn:mirylo:problem:{error.code}",
        "title": say(error.title, **error.values),
        "status": error.status,
        "detail": say(error.detail, **error.values),
    }
    if error.faults:
        said["faults"] = [write_fault(fault) for fault in error.faults]
    answer = HttpResponse(msgspec.json.encode(said), status=error.status, content_type=CONTENT_TYPE)
    for name, value in error.headers.items():
        answer.headers[name] = value
    return answer


def write_fault(fault: Fault, code: str = "fault") -> dict[str, str]:
    """A fault as a caller reads it."""
    values = {name: value for name, value in fault.values.items() if name != CODE}
    return {
        "code": str(fault.values.get(CODE, code)),
        "field": fault.place,
        "problem": say_fault(Fault("", fault.problem, "", values)).rstrip("."),
        "remedy": say_fault(Fault("", fault.remedy, "", values)) if fault.remedy else "",
    }


def answer_missing(_request: HttpRequest) -> HttpResponse:
    """The answer at every address of the interface that leads nowhere."""
    return say_problem(
        ProblemError(
            404,
            "not_found",
            N_("There is nothing at this address"),
            N_("Compare it with the description of the interface at /api/v1/docs."),
        )
    )


def tell_wrong_methods(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: a method that an address of the interface does not take is answered with a problem too."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != 405 or not request.path.startswith("/api/"):
            return response
        allowed = response.headers["Allow"]
        return say_problem(
            ProblemError(
                405,
                "method",
                N_("This address does not take the method {method}"),
                N_("Use one of: {known}."),
                headers={"Allow": allowed},
                method=request.method,
                known=allowed,
            )
        )

    return answer


UNAUTHORISED = (
    "wrong_key",
    N_("The key is missing or not valid"),
    N_(
        "Send the header “Authorization: Bearer” with the key that you got when your system was connected. "
        "Ask the operator for a new key if it is lost."
    ),
)
BUSY = (
    "busy",
    N_("The database is busy"),
    N_("Nothing was taken in. Send the same again in a few seconds."),
)


def answer_problems(api: NinjaAPI) -> None:
    """Teach an interface to answer every mistake with a problem."""

    @api.exception_handler(ProblemError)
    def on_problem(_request: HttpRequest, error: ProblemError) -> HttpResponse:
        return say_problem(error)

    @api.exception_handler(AuthenticationError)
    def on_wrong_key(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
        return say_problem(ProblemError(401, *UNAUTHORISED, headers={"WWW-Authenticate": "Bearer"}))

    @api.exception_handler(ValidationError)
    def on_invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
        faults = [
            Fault(".".join(str(part) for part in one["loc"][1:]), "{said}", "", {"said": one["msg"], CODE: one["type"]})
            for one in error.errors
        ]
        return say_problem(invalid(faults))

    @api.exception_handler(FaultsFoundError)
    def on_faults(_request: HttpRequest, error: FaultsFoundError) -> HttpResponse:
        return say_problem(invalid(error.faults))

    @api.exception_handler(OperationalError)
    @api.exception_handler(InterfaceError)
    def on_busy(_request: HttpRequest, error: Exception) -> HttpResponse:
        log.warning("the database is busy or away: %s", error)
        return say_problem(ProblemError(503, *BUSY, headers={"Retry-After": "5"}))

    @api.exception_handler(HttpError)
    def on_refusal(_request: HttpRequest, error: HttpError) -> HttpResponse:
        return say_problem(
            ProblemError(
                error.status_code,
                "unreadable",
                N_("The request could not be read"),
                N_("Compare it with the description of the interface at /api/v1/docs."),
            )
        )


def invalid(faults: Iterable[Fault]) -> ProblemError:
    """The problem of a request that could be read and is wrong."""
    return ProblemError(
        422,
        "invalid",
        N_("What was sent has mistakes"),
        N_("Mend what is listed under “faults” and send it again. Nothing was taken in."),
        faults=faults,
    )


def not_found(what: str, detail: str = N_("Look it up in the list, or check how it is written.")) -> ProblemError:
    """The problem of an address that leads nowhere; `what` is what was looked for."""
    return ProblemError(404, "not_found", N_("There is no {what}"), detail, what=what)
