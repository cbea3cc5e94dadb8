"""What the methodology's indicators count, written out by hand for the contestants that do not read it."""

from datetime import date

from mirylo.core.periods import Grain

AS_OF = date(2025, 12, 31)
GRAINS = (Grain.MONTH, Grain.QUARTER, Grain.HALF_YEAR, Grain.YEAR)
UNITS = (
    "oblast",
    "raion",
    "hromada",
    "centre",
    "provider",
    "service",
    "channel",
    "access_point_kind",
    "applicant_kind",
)

DUE = (
    "due_on < DATE '2025-12-31' and withdrawn_on is null and declined_on is null "
    "and (ready_on is not null or closed_on is null)"
)
CASE = "not is_test and not is_voided and not is_consultation"
COUNTS = {
    ("cases", "registered_on", "not is_test and not is_voided"): {
        "registered": "not is_consultation",
        "completion": "not is_consultation and ready_on is not null",
        "consultation": "is_consultation",
        "consultation_n": "true",
        "digital": "not is_consultation and is_online",
        "digital_n": "not is_consultation and is_online is not null",
        "forwarded": "not is_consultation and forwarding_working_days <= 1",
        "forwarded_n": "not is_consultation and forwarding_working_days is not null",
        "returned": "not is_consultation and returned_on is not null",
        "on_time_all": "not is_consultation and (due_on is null or is_on_time or (ready_on is null "
        "and (due_on >= DATE '2025-12-31' or closed_on <= due_on)))",
    },
    ("cases", "due_on", CASE): {
        "on_time": f"is_on_time and {DUE}",
        "on_time_n": DUE,
        "extended": "extensions > 0",
        "extended_n": "extensions is not null",
        "provider_on_time": f"result_received_on <= due_on and accepted_on is not null and {DUE}",
        "provider_on_time_n": f"accepted_on is not null and {DUE}",
    },
    ("cases", "ready_on", CASE): {
        "completed": "true",
        "closed_on_time": "is_on_time",
        "closed_on_time_n": "is_on_time is not null",
        "notified": "notified_on <= result_received_on and result_received_on < DATE '2025-12-31'",
        "notified_n": "result_received_on < DATE '2025-12-31'",
        "provider_n": "provider_seconds is not null",
        "throughput_n": "throughput_seconds is not null",
    },
    ("cases", "decided_on", CASE): {
        "refused": "decision = 'refused'",
        "refused_n": "decision is not null",
        "decision_n": "decision_seconds is not null",
    },
    ("cases", "closed_on", CASE): {"withdrawn": "withdrawn_on is not null", "withdrawn_n": "true"},
    ("cases", "appeal_decided_on", CASE): {
        "upheld": "appeal_outcome = 'upheld'",
        "upheld_n": "appeal_outcome is not null",
    },
    ("tickets", "issued_on", "not is_test and not is_voided"): {
        "unserved": "left_on is not null",
        "unserved_n": "outcome is not null",
        "within_15": "outcome = 'served' and waiting_seconds <= 900",
        "waiting_n": "outcome = 'served' and waiting_seconds is not null",
        "service_n": "outcome = 'served' and service_seconds is not null",
    },
}
"""For each table, date and population: the counts that the indicators of the methodology take."""

SUMS = {
    "ready_on": {"provider_sum": "provider_seconds", "throughput_sum": "throughput_seconds"},
    "issued_on": {
        "waiting_sum": "case when outcome = 'served' then waiting_seconds end",
        "service_sum": "case when outcome = 'served' then service_seconds end",
    },
}
QUANTILES = {
    ("cases", "ready_on", CASE): {"throughput_seconds": (0.5, 0.9), "provider_seconds": (0.5,)},
    ("cases", "decided_on", CASE): {"decision_seconds": (0.5,)},
    ("tickets", "issued_on", "not is_test and not is_voided and outcome = 'served'"): {
        "waiting_seconds": (0.5, 0.9),
        "service_seconds": (0.5,),
    },
}
STOCKS = {"overdue": ("due_on", "closed_on", CASE), "uncollected": ("ready_on", "issued_on", CASE)}
