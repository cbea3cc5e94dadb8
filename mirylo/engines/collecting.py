"""Says which columns of the fact tables a source fills: what it does not collect is said to be missing, never 0."""

from collections.abc import Collection, Mapping, Sequence

from mirylo.core.methodology.model import Column
from mirylo.core.outcomes import FINISHES
from mirylo.core.rules import Rules
from mirylo.core.timelines import FIRST_MOMENTS, RETURNS
from mirylo.engines.tables import CASES, TICKETS


def moments_of(types: Collection[str]) -> set[str]:
    """Moments of a record that these event types can give, and what else they tell."""
    told = {moment for type_, moment in FIRST_MOMENTS.items() if type_ in types}
    told |= {"returned_at"} if set(RETURNS) & set(types) else set()
    told |= {"extended_by"} if "term.extended" in types else set()
    told |= {"is_booked"} if "visit.booked" in types else set()
    return told | {"events"}


def collected_of_cases(inputs: set[str], rules: Rules) -> frozenset[str]:
    """Columns of the fact table `cases` that follow from what the source fills."""
    finishes = {name for rule in (rules.default, *rules.services.values()) for name in FINISHES[rule.finish]}
    has_term = any(rule.term for rule in (rules.default, *rules.services.values())) or "term_amount" in inputs
    registered, ready = "registered_at" in inputs, bool(inputs & ({"ready_at"} | finishes))
    due = "due_at" in inputs or (has_term and registered)
    derived = {
        "ready_at": ready,
        "ready_on": ready,
        "closed_on": ready or bool(inputs & {"withdrawn_at", "declined_at"}),
        "due_at": due,
        "due_on": due,
        "is_on_time": ready and due,
        "is_clock_stopped": has_term,
        "stopped_days": has_term,
        "is_online": bool(inputs & {"is_online", "channel"}),
        "extensions": "extended_by" in inputs,
        "throughput_seconds": registered and ready,
        "decision_seconds": registered and "decided_at" in inputs,
        "centre_seconds": inputs >= {"registered_at", "forwarded_at", "result_received_at", "notified_at"},
        "provider_seconds": bool(inputs & {"accepted_at", "forwarded_at"}) and "result_received_at" in inputs,
        "forwarding_working_days": registered and "forwarded_at" in inputs,
        "span_seconds": "events" in inputs,
    }
    return collected(CASES.columns, inputs, derived)


def collected_of_tickets(inputs: set[str]) -> frozenset[str]:
    """Columns of the fact table `tickets` that follow from what the source fills."""
    issued, called = "issued_at" in inputs, "called_at" in inputs
    derived = {
        "issued_hour": issued,
        "ended_at": bool(inputs & {"served_at", "left_at"}),
        # Who is not said to have left may have been served or wait still: only the served make an outcome.
        "outcome": bool(inputs & {"outcome", "served_at"}),
        "left_on": bool(inputs & {"outcome", "left_at"}),
        "waiting_seconds": "waiting_seconds" in inputs or (issued and called),
        "service_seconds": "service_seconds" in inputs or (called and "served_at" in inputs),
        "is_online": bool(inputs & {"is_online", "channel"}),
    }
    return collected(TICKETS.columns, inputs, derived)


def collected(columns: Sequence[Column], inputs: set[str], derived: Mapping[str, bool]) -> frozenset[str]:
    """Names of the columns that are filled: derived ones as told, dates from their moment, others by their own name."""
    always = {"source", "number", "is_test", "is_voided", "flaws"}
    return frozenset(
        name
        for name in (column.name for column in columns)
        if derived.get(name, name in always | inputs or (name.endswith("_on") and f"{name[:-3]}_at" in inputs))
    )
