"""Records that a source states outright are judged as the definition says, where no events are folded."""

from datetime import UTC, date, datetime

import duckdb

from mirylo.core.calendars import Calendar
from mirylo.core.outcomes import facts_of_ticket
from mirylo.core.rules import Rules
from mirylo.core.timelines import Record
from mirylo.engines.judging import judge_tickets

RULES = Rules(Calendar.ukraine())
ISSUED_AT, LEFT_AT = datetime(2026, 2, 2, 8, tzinfo=UTC), datetime(2026, 2, 2, 22, 30, tzinfo=UTC)


def test_who_left_did_so_on_a_date_and_who_was_served_never_did() -> None:
    """Half past ten in the evening in UTC is the next day in Kyiv; without a moment the ticket's date stands."""
    told = [
        (None, LEFT_AT, date(2026, 2, 3)),
        ("left", LEFT_AT, date(2026, 2, 3)),
        ("left", None, date(2026, 2, 2)),
        ("served", LEFT_AT, None),
        (None, None, None),
    ]
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(
        "CREATE TABLE told (source VARCHAR, number VARCHAR, outcome VARCHAR, "
        "issued_at TIMESTAMPTZ, left_at TIMESTAMPTZ)"
    )
    for number, (outcome, left_at, _) in enumerate(told):
        connection.execute("INSERT INTO told VALUES ('queue', ?, ?, ?, ?)", [str(number), outcome, ISSUED_AT, left_at])
    judged = judge_tickets(connection, "told", RULES).order("number").select("left_on").fetchall()
    defined = [
        facts_of_ticket(ticket({"issued_at": ISSUED_AT, "left_at": left_at}, outcome), RULES)["left_on"]
        for outcome, left_at, _ in told
    ]
    assert [left_on for (left_on,) in judged] == defined == [left_on for *_, left_on in told]


def ticket(moments: dict[str, datetime | None], outcome: str | None) -> Record:
    """The record of a ticket with these moments and this outcome, of which nothing else is known."""
    at = {name: moment for name, moment in moments.items() if moment is not None}
    said = {"outcome": outcome} if outcome else {}
    return Record("queue", "1", True, at, said)
