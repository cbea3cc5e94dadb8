"""The tables of facts: what each column is called, what it holds, and which columns name a unit or a period."""

import pyarrow as pa

from mirylo.core.methodology.model import Column, FactTable, Type

DUCKDB_TYPES = {
    Type.TEXT: "VARCHAR",
    Type.FLAG: "BOOLEAN",
    Type.COUNT: "INTEGER",
    Type.SECONDS: "DECIMAL(18,3)",
    Type.DATE: "DATE",
    Type.MOMENT: "TIMESTAMPTZ",
}

ARROW_TYPES = {
    Type.TEXT: pa.string(),
    Type.FLAG: pa.bool_(),
    Type.COUNT: pa.int32(),
    Type.SECONDS: pa.decimal128(18, 3),
    Type.DATE: pa.date32(),
    Type.MOMENT: pa.timestamp("us", tz="UTC"),
}

TEXT, FLAG, COUNT, SECONDS, DATE, MOMENT = Type.TEXT, Type.FLAG, Type.COUNT, Type.SECONDS, Type.DATE, Type.MOMENT

IDENTITY = (
    Column("source", TEXT, "system or file the row came from", "система або файл, звідки надійшов запис", True),
    Column("number", TEXT, "number of the case or ticket in its source", "номер справи чи талона в джерелі", True),
)

UNITS = (
    Column("oblast", TEXT, "oblast, KATOTTG code, as of registration", "область, код КАТОТТГ, на день реєстрації"),
    Column("raion", TEXT, "raion, KATOTTG code, as of registration", "район, код КАТОТТГ, на день реєстрації"),
    Column("hromada", TEXT, "community, KATOTTG code, as of registration", "громада, код КАТОТТГ, на день реєстрації"),
    Column("centre", TEXT, "service centre or access point", "ЦНАП або точка доступу"),
    Column("provider", TEXT, "authority that decides", "суб’єкт надання послуги"),
    Column("service", TEXT, "administrative service, five-digit code", "адміністративна послуга, п’ятизначний код"),
    Column("channel", TEXT, "how the applicant applied", "канал звернення"),
    Column("access_point_kind", TEXT, "centre, unit, remote or mobile", "вид точки доступу"),
    Column("applicant_kind", TEXT, "person or business", "вид суб’єкта звернення"),
)

MARKS = (
    Column("is_online", FLAG, "applied through an online front office", "звернення онлайн"),
    Column("is_test", FLAG, "a trial row, kept but never counted", "пробний запис, не рахується", True),
    Column("is_voided", FLAG, "entered by mistake and voided, or a phantom; never counted", "анульовано", True),
)

CASES = FactTable(
    name="cases",
    en="One row a case: one application for one service, from registration to issued result.",
    uk="Один рядок — одна справа: звернення по одну послугу, від реєстрації до виданого результату.",
    columns=(
        *IDENTITY,
        *UNITS,
        *MARKS,
        Column("is_consultation", FLAG, "a consultation, counted apart from cases", "консультація, не справа", True),
        Column("registered_at", MOMENT, "application registered", "звернення зареєстровано (момент)"),
        Column("registered_on", DATE, "local date of registration", "дата реєстрації"),
        Column("forwarded_on", DATE, "sent by the centre to the provider", "передано суб’єкту надання"),
        Column("accepted_on", DATE, "accepted by the provider", "прийнято суб’єктом надання"),
        Column("decided_on", DATE, "first decision made", "ухвалено перше рішення"),
        Column("decision", TEXT, "latest decision: granted, refused or closed", "останнє рішення"),
        Column("result_received_on", DATE, "result came back to the centre", "результат надійшов до ЦНАП"),
        Column("notified_on", DATE, "applicant told that the result is ready", "заявника повідомлено"),
        Column("issued_on", DATE, "result given to the applicant", "результат видано"),
        Column("uncollected_on", DATE, "result declared uncollected", "результат визнано незатребуваним"),
        Column("ready_at", MOMENT, "finished by the service's rule", "надання завершено (момент)"),
        Column("ready_on", DATE, "local date on which it was finished", "дата завершення надання"),
        Column("closed_on", DATE, "ended in any way, without a result too", "справу закрито будь-яким чином"),
        Column("withdrawn_on", DATE, "withdrawn by the applicant", "відкликано заявником"),
        Column("declined_on", DATE, "registration declined", "відмовлено у прийнятті"),
        Column("returned_on", DATE, "first left without motion or returned for completion", "вперше повернуто"),
        Column("due_at", MOMENT, "the moment after which it is late", "момент, після якого справа прострочена"),
        Column("due_on", DATE, "last day of the term", "останній день строку"),
        Column(
            "is_on_time", FLAG, "finished not later than due; empty while open or without due date", "завершено вчасно"
        ),
        Column("is_clock_stopped", FLAG, "the clock stands: no due date now", "перебіг строку зупинено", True),
        Column("stopped_days", COUNT, "counting days taken out by stopped clocks", "днів зупинки перебігу строку"),
        Column("extensions", COUNT, "how often the term was extended", "скільки разів продовжено строк"),
        Column("appeal_lodged_on", DATE, "first appeal lodged", "подано першу скаргу"),
        Column("appeal_decided_on", DATE, "first appeal decided", "розглянуто першу скаргу"),
        Column("appeal_outcome", TEXT, "upheld or dismissed (latest)", "результат розгляду скарги"),
        Column("throughput_seconds", SECONDS, "registration to finish", "від реєстрації до завершення, секунд"),
        Column("decision_seconds", SECONDS, "registration to first decision", "від реєстрації до рішення, секунд"),
        Column(
            "centre_seconds",
            SECONDS,
            "at the centre: registration to forwarding, and result to notice",
            "час у ЦНАП: до передачі та від результату до повідомлення, секунд",
        ),
        Column("provider_seconds", SECONDS, "at the provider: acceptance to result", "час у суб’єкта надання, секунд"),
        Column(
            "forwarding_working_days",
            COUNT,
            "working days from registration to forwarding",
            "робочих днів від реєстрації до передачі",
        ),
        Column("span_seconds", SECONDS, "first to last event", "від першої до останньої події, секунд"),
        Column("events", COUNT, "how many events, repeats left out", "скільки подій, без повторів", True),
        Column(
            "late_by_source", FLAG, "the source's own verdict, for comparison only", "прострочено за даними джерела"
        ),
        Column("flaws", TEXT, "codes of flaws found, in alphabetical order, space between", "виявлені вади даних"),
    ),
    units=tuple(column.name for column in UNITS),
    bases={
        "registered": "registered_on",
        "due": "due_on",
        "ready": "ready_on",
        "closed": "closed_on",
        "decided": "decided_on",
        "notified": "notified_on",
        "appeal_decided": "appeal_decided_on",
    },
)

TICKETS = FactTable(
    name="tickets",
    en="One row a ticket: one person's wait and service at a counter, on the phone or by appointment.",
    uk="Один рядок — один талон: очікування й обслуговування однієї особи.",
    columns=(
        *IDENTITY,
        *UNITS,
        *MARKS,
        Column("is_booked", FLAG, "came by appointment", "за попереднім записом"),
        Column("issued_at", MOMENT, "ticket taken", "талон видано (момент)"),
        Column("issued_on", DATE, "local date on which the ticket was taken", "дата видачі талона"),
        Column("issued_hour", COUNT, "local hour in which the ticket was taken, 0-23", "година видачі талона"),
        Column("called_at", MOMENT, "called to the counter", "викликано до вікна (момент)"),
        Column("ended_at", MOMENT, "served or left", "обслуговано або пішли (момент)"),
        Column("outcome", TEXT, "served or left; empty while waiting", "обслуговано або пішли без послуги"),
        Column("left_on", DATE, "left without being served", "пішли без обслуговування"),
        Column("waiting_seconds", SECONDS, "ticket taken to called or left", "очікування, секунд"),
        Column("service_seconds", SECONDS, "called to served", "обслуговування, секунд"),
        Column("events", COUNT, "how many events, repeats left out", "скільки подій, без повторів", True),
        Column("flaws", TEXT, "codes of flaws found, in alphabetical order, space between", "виявлені вади даних"),
    ),
    units=tuple(column.name for column in UNITS),
    bases={"issued": "issued_on"},
)

FACT_TABLES = {table.name: table for table in (CASES, TICKETS)}


def arrow_schema(table: FactTable) -> pa.Schema:
    """The columns of a fact table as Arrow keeps them."""
    return pa.schema([(column.name, ARROW_TYPES[column.type]) for column in table.columns])


CUTS: dict[str, tuple[str, ...]] = {
    "nation": (),
    **{column.name: (column.name,) for column in UNITS},
    "centre_service": ("centre", "service"),
}
"""Name of a cut to the unit columns that it groups by."""
