"""Names that columns commonly have in logs of services, queues and requests, in Ukrainian and English."""

from collections.abc import Mapping

OF_ALL: Mapping[str, tuple[str, ...]] = {
    "oblast": ("область", "oblast"),
    "raion": ("район", "raion"),
    "hromada": ("громада", "територіальна громада", "hromada", "community"),
    "centre": ("цнап", "назва цнап", "центр", "точка доступу", "підрозділ", "centre", "center", "office", "location"),
    "provider": (
        "суб'єкт надання", "суб'єкт надання послуги", "орган", "назва органу", "назва дозвільного органу", "виконавець",
        "authority name", "authority", "agency", "provider", "department", "case department", "authority id",
    ),
    "service": (
        "код послуги", "послуга", "назва послуги", "service code", "service", "code", "complaint type", "title",
    ),
    "channel": (
        "канал", "канал звернення", "спосіб звернення", "спосіб подання", "channel", "case channel",
        "open data channel type",
    ),
    "access_point_kind": ("вид точки доступу", "тип точки доступу", "access point kind"),
    "applicant_kind": ("тип суб'єкта", "вид заявника", "тип заявника", "заявник", "applicant type", "applicant kind"),
    "is_test": ("тест", "тестовий", "test", "is test"),
    "is_voided": ("анульовано", "скасовано", "voided", "is voided"),
}  # fmt: skip

OF_CASES: Mapping[str, tuple[str, ...]] = {
    "number": (
        "номер справи", "номер звернення", "реєстраційний номер", "номер", "справа", "№", "№ справи", "case number",
        "case id", "number", "uid", "unique key", "case enquiry id", "reference", "id",
    ),
    "registered_at": (
        "дата реєстрації", "дата звернення", "дата подання", "зареєстровано", "надійшло", "дата надходження",
        "дата прийняття заяви",
        "registration date time", "registered at", "registered", "registration date", "created date", "created at",
        "open dt", "opened", "received", "startdate", "start date",
    ),
    "forwarded_at": ("передано", "дата передачі", "передано виконавцю", "forwarded at", "forwarded"),
    "accepted_at": ("прийнято виконавцем", "прийнято суб'єктом", "прийнято до розгляду", "accepted at", "accepted"),
    "decided_at": ("дата рішення", "рішення ухвалено", "decided at", "decision date"),
    "result_received_at": (
        "результат надійшов", "дата надходження результату", "дата одержання результату", "result received at",
    ),
    "notified_at": ("повідомлено", "заявника повідомлено", "дата повідомлення", "notified at", "notified"),
    "issued_at": ("видано", "результат видано", "дата видачі", "дата видачі документа", "issued date", "issued at"),
    "ready_at": (
        "дата виконання", "дата надання послуги", "дата завершення", "дата готовності", "готово", "виконано",
        "provid date", "ready at", "closed date", "closed dt", "closed at", "completed at", "enddate", "end date",
    ),
    "due_at": (
        "останній день строку", "граничний строк", "строк виконання", "термін виконання", "виконати до",
        "дата контролю", "due date", "due at", "deadline", "sla target dt", "target dt", "target date",
    ),
    "withdrawn_at": ("відкликано", "дата відкликання", "withdrawn at"),
    "returned_at": ("повернуто на доопрацювання", "залишено без руху", "returned at"),
    "late_by_source": ("прострочено", "вчасно", "on time", "ontime", "overdue", "late"),
    "decision": ("рішення", "результат", "результат розгляду", "decision"),
    "term_amount": ("строк днів", "строк", "термін днів", "term days", "term amount"),
}  # fmt: skip

OF_EVENTS: Mapping[str, tuple[str, ...]] = {
    "number": ("case concept name", *OF_CASES["number"], "справа", "case"),
    "happened_at": (
        "дата і час події", "час події", "дата події", "коли сталося", "time timestamp", "happened at", "timestamp",
        "event time", "occurred at", "complete timestamp", "дата і час", "дата та час",
    ),
    "type": ("подія", "вид події", "дія", "етап", "крок", "concept name", "activity", "event type", "event", "step"),
    "id": ("номер події", "ідентифікатор події", "event id"),
    "registered_at": ("case startdate", "case start date"),
    "ready_at": ("case enddate", "case end date"),
    "due_at": ("case deadline", "case due date"),
}  # fmt: skip

OF_TICKETS: Mapping[str, tuple[str, ...]] = {
    "number": ("номер талона", "талон", "ticket number", "ticket", "ticket id", "call id", "number", "номер"),
    "issued_at": ("талон видано", "час видачі талона", "видано", "час реєстрації", "issued at", "taken at", "vru exit"),
    "called_at": ("викликано", "час виклику", "початок обслуговування", "called at", "called", "ser start"),
    "served_at": ("обслуговано", "кінець обслуговування", "завершено", "served at", "served", "ser exit"),
    "left_at": ("пішли", "неявка", "left at"),
    "waiting_seconds": ("час очікування", "очікування", "waiting time", "wait time", "waiting", "wait", "q time"),
    "service_seconds": ("час обслуговування", "тривалість обслуговування", "service time", "ser time"),
    "outcome": ("результат", "статус", "status", "чим закінчилося", "outcome"),
    "is_booked": ("за записом", "попередній запис", "booked", "appointment"),
}  # fmt: skip

OF_ROWS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "events": {**OF_ALL, **OF_EVENTS},
    "cases": {**OF_ALL, **OF_CASES},
    "tickets": {**OF_ALL, **OF_TICKETS},
}

STEPS: Mapping[str, tuple[str, ...]] = {
    "application.declined": ("відмовлено у прийнятті", "declined"),
    "application.left_without_motion": ("без руху",),
    "application.returned": ("поверн", "доопрац", "returned"),
    "application.corrected": ("виправлен", "усунен", "corrected"),
    "application.forwarded": ("передан", "надіслано до", "forwarded"),
    "application.accepted": ("прийнято", "accepted"),
    "appeal.decided": ("розглянуто скаргу",),
    "appeal.lodged": ("скарг", "appeal"),
    "application.registered": ("зареєстр", "реєстрац", "registered"),
    "clock.paused": ("зупинен", "призупинен", "paused"),
    "clock.resumed": ("поновлен", "відновлен", "resumed"),
    "term.extended": ("продовжен", "extended"),
    "decision.made": ("рішення", "decision"),
    "result.received": ("результат надійшов", "отримано результат", "result received"),
    "applicant.notified": ("повідомлен", "notified"),
    "result.uncollected": ("незатребуван", "uncollected"),
    "result.issued": ("видан", "issued"),
    "case.withdrawn": ("відклик", "withdrawn"),
    "case.voided": ("анульован", "voided"),
}
"""Parts of the names of steps, by the event type that they make likely; the first that fits is proposed."""

MEANINGS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "decision": {
        "granted": ("надан", "задовол", "позитивн", "granted", "approved"),
        "refused": ("відмов", "негативн", "refus", "reject", "denied"),
        "closed": ("закрит", "без розгляду", "closed"),
    },
    "outcome": {
        "served": ("обслуг", "завершен", "served", "done", "agent"),
        "left": ("пішов", "пішли", "неявк", "не з'явив", "не з’явив", "left", "hang", "abandon", "no show"),
    },
}
"""Parts of values, by column and what they mean there."""

LATE = ("overdue", "late", "простроч", "невчасно", "із запізненням")
"""Parts of values that mean late."""

ON_TIME = ("вчасно", "on time", "on_time", "ontime")
"""Parts of names of columns in which yes means that it was not late."""
