"""What a source can tell about an event, a case or a ticket, before the rules turn it into facts.

A mapping fills these columns from a file. Only `number` is always needed; what the source does not know stays empty.
"""

from mirylo.core.methodology.model import Column, Type
from mirylo.engines.tables import UNITS

TEXT, FLAG, COUNT, SECONDS, DATE, MOMENT = Type.TEXT, Type.FLAG, Type.COUNT, Type.SECONDS, Type.DATE, Type.MOMENT

NUMBER = Column("number", TEXT, "number of the case or ticket in its source", "номер справи чи талона", True)
SOURCE = Column("source", TEXT, "system or file the row came from", "система або файл, звідки надійшов запис")

ABOUT = (
    *UNITS,
    Column("is_online", FLAG, "applied through an online front office", "звернення онлайн"),
    Column("is_test", FLAG, "a trial row", "пробний запис"),
    Column("is_voided", FLAG, "entered by mistake, or a phantom", "анульовано"),
    Column("is_consultation", FLAG, "a consultation, not a case", "консультація, не справа"),
    Column("flaws", TEXT, "codes of flaws found while reading, space between", "вади, знайдені під час читання"),
)

TERM = (
    Column("term_amount", COUNT, "length of the term", "тривалість строку"),
    Column("term_unit", TEXT, "working_days, calendar_days, months, hours or minutes", "одиниця строку"),
)

STATED = (
    Column("registered_at", MOMENT, "application registered", "звернення зареєстровано"),
    Column("ready_at", MOMENT, "finished, as the source says", "надання завершено, за даними джерела"),
    Column("due_at", MOMENT, "due, as the source says", "останній день строку, за даними джерела"),
    Column("late_by_source", FLAG, "the source's own verdict: late", "прострочено за даними джерела"),
)
"""What a source states about a whole case. It stands above what would follow from events and terms."""

CASE_RECORD = (
    NUMBER,
    SOURCE,
    *ABOUT,
    *TERM,
    *STATED,
    Column("forwarded_at", MOMENT, "sent by the centre to the provider", "передано суб’єкту надання"),
    Column("accepted_at", MOMENT, "accepted by the provider", "прийнято суб’єктом надання"),
    Column("decided_at", MOMENT, "decision made", "ухвалено рішення"),
    Column("decision", TEXT, "granted, refused or closed", "рішення"),
    Column("result_received_at", MOMENT, "result came back to the centre", "результат надійшов до ЦНАП"),
    Column("notified_at", MOMENT, "applicant told that the result is ready", "заявника повідомлено"),
    Column("issued_at", MOMENT, "result given to the applicant", "результат видано"),
    Column("uncollected_at", MOMENT, "result declared uncollected", "результат визнано незатребуваним"),
    Column("withdrawn_at", MOMENT, "withdrawn by the applicant", "відкликано заявником"),
    Column("declined_at", MOMENT, "registration declined", "відмовлено у прийнятті"),
    Column("returned_at", MOMENT, "returned for completion", "повернуто на доопрацювання"),
    Column("extended_by", COUNT, "the term was extended by, in its unit", "строк продовжено на"),
    Column("appeal_lodged_at", MOMENT, "appeal lodged", "подано скаргу"),
    Column("appeal_decided_at", MOMENT, "appeal decided", "розглянуто скаргу"),
    Column("appeal_outcome", TEXT, "upheld or dismissed", "результат розгляду скарги"),
)

TICKET_RECORD = (
    NUMBER,
    SOURCE,
    *(column for column in ABOUT if column.name != "is_consultation"),
    Column("is_booked", FLAG, "came by appointment", "за попереднім записом"),
    Column("issued_at", MOMENT, "ticket taken", "талон видано"),
    Column("called_at", MOMENT, "called to the counter", "викликано до вікна"),
    Column("served_at", MOMENT, "served", "обслуговано"),
    Column("left_at", MOMENT, "left without being served", "пішли без послуги"),
    Column("outcome", TEXT, "served or left", "чим закінчилося"),
    Column("waiting_seconds", SECONDS, "wait as the source measured it", "очікування за даними джерела, секунд"),
    Column("service_seconds", SECONDS, "service as the source measured it", "обслуговування за даними джерела, секунд"),
)

EVENT = (
    NUMBER,
    SOURCE,
    Column("id", TEXT, "identifier of the event, unique in its source", "ідентифікатор події"),
    Column("type", TEXT, "one of the event types below", "вид події", True),
    Column("activity", TEXT, "what the source itself calls it", "назва події в джерелі"),
    Column("happened_at", MOMENT, "when it happened", "коли сталося", True),
    Column("sent_at", MOMENT, "when the source sent it", "коли надіслано"),
    Column("received_at", MOMENT, "when it was received", "коли отримано"),
    Column("corrects", TEXT, "identifier of the event that this one replaces", "ідентифікатор виправленої події"),
    *ABOUT,
    *TERM,
    *STATED,
    Column("amount", COUNT, "how much the term is extended by", "на скільки продовжено строк"),
    Column("decision", TEXT, "granted, refused or closed, with decision.made", "рішення"),
    Column("appeal_outcome", TEXT, "upheld or dismissed, with appeal.decided", "результат розгляду скарги"),
)

RECORDS = {"events": EVENT, "cases": CASE_RECORD, "tickets": TICKET_RECORD}

EVENT_TYPES_SAID = {
    "visit.booked": ("a visit was booked", "відвідувач записався на прийом"),
    "visit.cancelled": ("the booking was cancelled", "запис на прийом скасовано"),
    "ticket.issued": ("a ticket was taken", "видано талон"),
    "ticket.called": ("the ticket was called to a counter", "відвідувача викликано до вікна"),
    "ticket.held": ("the ticket was set aside for a while", "обслуговування відкладено"),
    "ticket.served": ("the visitor was served", "відвідувача обслуговано"),
    "ticket.left": ("the visitor left without being served", "відвідувач пішов, не дочекавшись"),
    "application.registered": ("the application was registered", "звернення зареєстровано"),
    "application.declined": ("registration was declined", "у прийнятті звернення відмовлено"),
    "application.left_without_motion": ("the application was left without motion", "звернення залишено без руху"),
    "application.corrected": ("the applicant mended the deficiency", "заявник усунув недоліки"),
    "application.returned": ("the application was returned for completion", "звернення повернуто на доопрацювання"),
    "application.forwarded": ("the centre sent the case to the provider", "ЦНАП передав справу суб’єкту надання"),
    "application.accepted": ("the provider took the case", "суб’єкт надання прийняв справу"),
    "clock.paused": ("the clock of the term was stopped", "перебіг строку зупинено"),
    "clock.resumed": ("the clock of the term runs again", "перебіг строку поновлено"),
    "term.extended": (
        "the term was extended by `amount`, in its unit",
        "строк продовжено на `amount`, у його одиницях",
    ),
    "decision.made": ("a decision was made: `decision`", "ухвалено рішення: `decision`"),
    "result.received": ("the result came back to the centre", "результат надійшов до ЦНАП"),
    "applicant.notified": (
        "the applicant was told that the result is ready",
        "заявника повідомлено про готовий результат",
    ),
    "result.issued": ("the result was given to the applicant", "результат видано заявникові"),
    "result.uncollected": ("the result was declared uncollected", "результат визнано незатребуваним"),
    "case.withdrawn": ("the applicant withdrew the application", "заявник відкликав звернення"),
    "case.voided": ("the case was entered by mistake", "справу внесено помилково"),
    "appeal.lodged": ("an appeal was lodged", "подано скаргу"),
    "appeal.decided": ("the appeal was decided: `appeal_outcome`", "скаргу розглянуто: `appeal_outcome`"),
    "other": ("anything else; it counts for the span of a case only", "будь-що інше; впливає лише на тривалість подій"),
}
"""What each event type means, in English and in Ukrainian."""
