"""Mistakes in a line of events, each with the code by which the sender's program can tell it."""

from mirylo.core.faults import N_, Fault

CODE = "_code"
"""Among the values of a fault: its code."""

MISSING = N_("this field is missing")
ALWAYS = N_("Every event needs it.")
"""What is said, instead of its type, of a field that every event has."""
FAULTS = {
    "not_json": (N_("this is not JSON: {detail}"), N_("Write one JSON object a line, in UTF-8.")),
    "not_an_object": (N_("an event is a JSON object"), N_("Write one JSON object for each event.")),
    "unknown_field": (
        N_("events have no field of this name"),
        N_("The nearest is {nearest}. All fields are described at /api/v1/docs."),
    ),
    "personal_data": (
        N_("this looks like personal data ({kind})"),
        N_("Send no data of persons: a case is known by its number. Leave the field out."),
    ),
    "missing": (MISSING, N_("An event of type {type} needs it.")),
    "wrong_type": (N_("this is not {expected}"), N_("Send {expected}.")),
    "bad_value": (N_("this value is not known"), N_("Choose from: {known}.")),
    "bad_form": (N_("this does not have the right form"), N_("Send {expected}.")),
    "no_offset": (
        N_("a moment needs its offset from UTC"),
        N_("Write it like 2026-10-05T09:30:00+03:00 or 2026-10-05T06:30:00Z."),
    ),
    "impossible_time": (N_("no case of ours is of that year"), N_("Check the clock of your system.")),
    "source_not_allowed": (N_("this key may not send from this source"), N_("Its sources are: {known}.")),
    "source_unclear": (N_("this key has several sources"), N_("Name one of them: {known}.")),
    "centre_not_allowed": (
        N_("this key may not send for the access point {centre}"),
        N_("GET /api/v1/system lists what it may. Check the code, or ask the operator to add this one."),
    ),
    "service_not_allowed": (
        N_("this key may not send for the service {service}"),
        N_("GET /api/v1/system lists what it may. Check the code, or ask the operator to add this one."),
    ),
    "number_format": (
        N_("the number does not look like those that your system declared"),
        N_("Send the number of the case or ticket. Declared is: {known}."),
    ),
    "number_not_expected": (N_("such an event belongs to no case"), N_("Leave the number out.")),
    "term_incomplete": (N_("a term has an amount and a unit"), N_("Send term_amount and term_unit, or neither.")),
    "corrects_itself": (N_("an event cannot correct itself"), N_("Send the correction under an id of its own.")),
    "conflict": (
        N_("an event with this id and other content was accepted before"),
        N_("Send what has changed under a new id with “corrects”: “{id}”."),
    ),
}
"""Code to what is wrong and what to do."""


def fault(code: str, field: str, **values: object) -> Fault:
    """A fault of a field.

    >>> str(fault("corrects_itself", "corrects"))
    'corrects: an event cannot correct itself. Send the correction under an id of its own.'
    """
    problem, remedy = FAULTS[code]
    return Fault(field, problem, remedy, {CODE: code, **values})
