"""What a key may send: for which sources, access points and services, and how its case numbers look."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC

from mirylo.core.faults import Fault
from mirylo.domain.intake import personal
from mirylo.domain.intake.explaining import KINDS, missing
from mirylo.domain.intake.faults import fault
from mirylo.domain.intake.lines import AT_A_CENTRE, CENTRE_TYPES, EARLIEST, FREE, LATEST, NEEDED, Line, encode
from mirylo.domain.intake.models import ConnectedSystem

IN_RANGE = range(EARLIEST, LATEST + 1)


@dataclass(frozen=True)
class Allowance:
    """What one connected system may send. `centres` and `services` are none where the system is not limited to any."""

    sources: dict[str, int]
    centres: frozenset[str] | None
    services: frozenset[str] | None
    number: re.Pattern[str] | None
    is_of_centres: bool

    @classmethod
    def of(cls, system: ConnectedSystem) -> "Allowance":
        """Look up what a system may send."""
        is_of_centres = system.kind == ConnectedSystem.Kind.CENTRES
        is_limited = is_of_centres and not system.has_all_centres
        centres = frozenset(system.access_points.values_list("code", flat=True)) if is_limited else None
        is_provider = system.kind == ConnectedSystem.Kind.PROVIDER
        services = frozenset(system.services.values_list("code", flat=True)) if is_provider else None
        return cls(
            dict(system.sources.values_list("name", "id")),
            centres,
            services,
            re.compile(system.number_format) if system.number_format else None,
            is_of_centres,
        )

    def complete(self, line: Line) -> None:
        """Fill in what goes without saying: the only source, and the only access point."""
        if line.source is None and len(self.sources) == 1:
            line.source = next(iter(self.sources))
        if line.centre is None and line.type in AT_A_CENTRE and self.centres is not None and len(self.centres) == 1:
            line.centre = next(iter(self.centres))

    def is_fine(self, line: Line) -> bool:
        """Whether nothing is wrong with a line: the quick answer, for the many lines that are right."""
        type_, number = line.type, line.number
        moment = line.happened_at
        if (
            line.source not in self.sources
            or not line.id
            or not type_
            or moment is None
            or moment.year not in IN_RANGE
            or (number is None) is (type_ not in CENTRE_TYPES)
            or (line.term_amount is None) is not (line.term_unit is None)
            or line.corrects == line.id
        ):
            return False
        if number is not None and self.number is not None and self.number.fullmatch(number) is None:
            return False
        if self.centres is not None and line.centre not in self.centres and (line.centre or type_ in AT_A_CENTRE):
            return False
        if type_ in CENTRE_TYPES and line.centre is None:
            return False
        if self.services is not None and line.service is not None and line.service not in self.services:
            return False
        if type_ in NEEDED and getattr(line, NEEDED[type_]) is None:
            return False
        if self.centres is None and line.centre is not None and looks_personal(line.centre):
            return False
        return not has_personal_data(line) and is_in_range(line)

    def faults_of(self, line: Line) -> Iterator[Fault]:
        """Everything that is wrong with a line whose fields are right each by itself."""
        yield from missing({name: getattr(line, name) for name in ("id", "type", "happened_at", *NEEDED.values())})
        yield from self._faults_of_place(line)
        yield from self._faults_of_number(line)
        if (line.term_amount is None) is not (line.term_unit is None):
            yield fault("term_incomplete", "term_amount" if line.term_amount is None else "term_unit")
        if line.corrects is not None and line.corrects == line.id:
            yield fault("corrects_itself", "corrects")
        for name in moments_of(line):
            if getattr(line, name).year not in IN_RANGE:
                yield fault("impossible_time", name)
        for name in FREE:
            if kind := personal.kind_of(getattr(line, name) or ""):
                yield fault("personal_data", name, kind=KINDS[kind])

    def _faults_of_place(self, line: Line) -> Iterator[Fault]:
        known = ", ".join(sorted(self.sources))
        if line.source is None:
            yield fault("source_unclear", "source", known=known)
        elif line.source not in self.sources:
            yield fault("source_not_allowed", "source", known=known)
        if self.centres is None and (kind := personal.kind_of(line.centre or "")):
            yield fault("personal_data", "centre", kind=KINDS[kind])
        if line.centre is None:
            if line.type in CENTRE_TYPES or (self.centres is not None and line.type in AT_A_CENTRE):
                yield fault("missing", "centre", type=line.type)
        elif self.centres is not None and line.centre not in self.centres:
            yield fault("centre_not_allowed", "centre", centre=line.centre)
        if self.services is not None and line.service is not None and line.service not in self.services:
            yield fault("service_not_allowed", "service", service=line.service)

    def _faults_of_number(self, line: Line) -> Iterator[Fault]:
        if line.type in CENTRE_TYPES:
            if line.number is not None:
                yield fault("number_not_expected", "number")
        elif line.number is None:
            if line.type:
                yield fault("missing", "number", type=line.type)
        elif self.number is not None and self.number.fullmatch(line.number) is None:
            yield fault("number_format", "number", known=self.number.pattern)


def has_personal_data(line: Line) -> bool:
    """Whether a text that anybody may write looks like personal data; short codes of digits are not searched."""
    for text in (line.activity, line.channel, line.provider, line.service, line.variation, line.ground):
        if text is not None and looks_personal(text):
            return True
    return False


def looks_personal(text: str) -> bool:
    """Whether a text looks like personal data."""
    return not _is_harmless(text) and personal.kind_of(text) is not None


def _is_harmless(text: str) -> bool:
    """What codes and words of our own look like: eight digits at most, or small Latin letters."""
    return (len(text) < 9 and text.isdigit()) or (text.isascii() and text.isalpha())


def moments_of(line: Line) -> list[str]:
    """The moments that a line tells, by the names of their fields."""
    names = ("happened_at", "sent_at", "registered_at", "ready_at", "due_at")
    return [name for name in names if getattr(line, name) is not None]


def is_in_range(line: Line) -> bool:
    """Whether the other moments are of years that can be."""
    for moment in (line.sent_at, line.registered_at, line.ready_at, line.due_at):
        if moment is not None and moment.year not in IN_RANGE:
            return False
    return True


def write_content(line: Line) -> str:
    """The content of a line as JSON in a fixed order: the same content is the same text. The line is used up."""
    for name in ("registered_at", "ready_at", "due_at"):
        if (moment := getattr(line, name)) is not None:
            setattr(line, name, moment.astimezone(UTC))
    line.id, line.type = "", ""
    line.source = line.number = line.happened_at = line.sent_at = line.corrects = None
    return encode(line).decode()
