"""Gives registers as files, and takes files of systems that are allowed to keep registers."""

import re
import tempfile
from pathlib import Path as FilePath
from typing import Literal

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone
from ninja import Router, Schema

from mirylo.core.faults import N_
from mirylo.domain.registers import exports, imports
from mirylo.web.api.bodies import too_large, unpack
from mirylo.web.api.keys import RegisterKey
from mirylo.web.api.problems import Problem, ProblemError

router = Router(tags=["registers"])

Register = Literal["bodies", "centres", "services"]
File = Literal[
    "bodies.csv", "bodies.xlsx", "bodies.json", "centres.csv", "centres.xlsx", "centres.json",
    "services.csv", "services.xlsx", "services.json",
]  # fmt: skip

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CONTENT_TYPES = {"csv": "text/csv", "xlsx": WORKBOOK, "json": "application/json"}
ENDINGS = {kind: ending for ending, kind in CONTENT_TYPES.items()}
FORM = "multipart/form-data"
LONGEST_NAME = 100
PROBLEMS = dict.fromkeys((400, 401, 403, 409, 411, 413, 415, 422), Problem)

_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f/\\:*?\"<>|]")


class ImportedSaid(Schema):
    """What an upload did: records added, changed, found as they are; `left_out` are columns no register has."""

    added: int
    changed: int
    unchanged: int
    left_out: list[str]


@router.get(
    "/registers/{name}",
    response={422: Problem},
    operation_id="write_register",
    summary="A register as a file",
    openapi_extra={
        "responses": {
            200: {
                "description": "The whole register, as an upload takes it.",
                "content": {
                    kind: {"schema": {"type": "string", "format": "binary"} if ending != "json" else {"type": "object"}}
                    for ending, kind in CONTENT_TYPES.items()
                },
            }
        }
    },
)
def write_register(request: HttpRequest, name: File) -> HttpResponse:
    """The whole register as CSV, XLSX or JSON; an upload of the same file changes nothing."""
    register, _, ending = name.partition(".")
    kind = CONTENT_TYPES[ending] + ("; charset=utf-8" if ending == "csv" else "")
    answer = HttpResponse(exports.write(register, ending), content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@router.post(
    "/registers/{name}",
    auth=RegisterKey(),
    response={200: ImportedSaid, **PROBLEMS},
    operation_id="load_register",
    summary="Upload a register",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "text/csv": {"schema": {"type": "string"}},
                WORKBOOK: {"schema": {"type": "string", "format": "binary"}},
                "application/json": {"schema": {"anyOf": [{"type": "object"}, {"type": "array"}]}},
                FORM: {
                    "schema": {
                        "type": "object",
                        "required": ["file"],
                        "properties": {"file": {"type": "string", "format": "binary"}},
                    }
                },
            },
        }
    },
)
def load_register(request: HttpRequest, name: Register) -> ImportedSaid:
    """Take a file into a register: CSV, XLSX or JSON, also in the layout of the Guide; gzip if you like.

    Everything is checked first. Where something is wrong, every mistake is answered by row and column, and nothing is
    taken in. Records and columns that the file does not name stay as they are.
    """
    with tempfile.TemporaryDirectory(prefix="mirylo-") as folder:
        path = _receive(request, name, FilePath(folder))
        try:
            done = imports.load(name, path, at=timezone.now())
        except IntegrityError:
            title, detail = N_("Somebody changed the register meanwhile"), N_("Nothing was taken in. Send it again.")
            raise ProblemError(409, "conflict", title, detail) from None
    return ImportedSaid(added=done.added, changed=done.changed, unchanged=done.unchanged, left_out=list(done.left_out))


def _receive(request: HttpRequest, register: str, folder: FilePath) -> FilePath:
    """The file of a request, written into a folder under the name by which its faults will speak of it."""
    kind = (request.content_type or "").lower()
    if kind == FORM:
        sent = _file_of(request)
        path = folder / (_fit(sent.name or "") or register)
        with path.open("wb") as file:
            for chunk in sent.chunks():
                file.write(chunk)
    elif kind in ENDINGS:
        path = folder / f"{register}.{ENDINGS[kind]}"
        path.write_bytes(unpack(request))
    else:
        known = ", ".join((*ENDINGS, FORM))
        raise ProblemError(
            415,
            "content_type",
            N_("This content type is not read"),
            N_("Send the file as one of: {known}."),
            headers={"Accept-Post": known},
            known=known,
        )
    return path


def _file_of(request: HttpRequest) -> UploadedFile:
    """The file of a form; ProblemError where there is none, or the form is broken or too large."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isdigit():
        detail = N_("Send the header Content-Length; bodies in chunks are not read.")
        raise ProblemError(411, "length_required", N_("The length of the body is not known"), detail)
    if int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise too_large(N_("Send at most {most} bytes at once."), most=settings.LARGEST_BODY)
    try:
        sent = request.FILES.get("file")
    except RequestDataTooBig:
        raise too_large(N_("Send at most {most} bytes at once."), most=settings.LARGEST_BODY) from None
    except (MultiPartParserError, UnreadablePostError, SuspiciousOperation, ValueError):
        detail = N_("Send multipart/form-data with the file in the field “file”.")
        raise ProblemError(400, "broken_form", N_("The form could not be read"), detail) from None
    if sent is None:
        detail = N_("Send multipart/form-data with the file in the field “file”.")
        raise ProblemError(400, "no_file", N_("There is no file in the form"), detail)
    return sent


def _fit(name: str) -> str:
    """The name of a file without what a folder could not bear, its ending kept."""
    path = FilePath(_UNFIT.sub("", name).strip(" ."))
    return path.stem[:LONGEST_NAME] + path.suffix[:LONGEST_NAME] if path.name else ""
