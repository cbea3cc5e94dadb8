"""Cases follow the registers: what is entered or changed later is found, and only what stands on it is folded anew."""

from datetime import date

import pytest

from mirylo.domain.cases.folding import fold_stale
from mirylo.domain.cases.grounds import mark_regrounded
from mirylo.domain.cases.models import Case
from mirylo.domain.intake.models import ConnectedSystem, StaleCase
from mirylo.domain.registers.codifier import load_codifier
from mirylo.domain.registers.models import AccessPoint, Seat, Service, Variation
from tests.domain.sending import AT, event, make_registers, make_system, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def system() -> ConnectedSystem:
    """A system whose cases stand on registers that were seen already."""
    make_registers()
    system = make_system(access_points=("CNAP-1", "CNAP-2"))[0]
    send(
        system,
        event("1", number="1"),
        event("2", number="2", service="00999", centre="CNAP-2"),
        event("3", "ticket.issued", number="3", centre="CNAP-2"),
    )
    fold_all()
    mark_regrounded(at=AT)
    fold_all()
    return system


def fold_all() -> None:
    while fold_stale(at=AT):
        pass


def stale() -> list[str]:
    return sorted(StaleCase.objects.values_list("number", flat=True))


def test_registers_that_stay_mark_nothing(system: ConnectedSystem) -> None:
    assert mark_regrounded(at=AT) == 0
    assert stale() == []


def test_a_service_that_comes_later_is_known_from_then_on(system: ConnectedSystem) -> None:
    assert Case.objects.get(number="2").flaws == "unknown_service"
    service = Service.objects.create(code="00999", uk="Нова послуга")
    Variation.objects.create(service=service, code="only", term_amount=3, term_unit="calendar_days")
    assert mark_regrounded(at=AT) == 1
    assert stale() == ["2"]
    fold_all()
    case = Case.objects.get(number="2")
    assert (case.flaws, case.due_on) == ("", date(2026, 11, 23))


def test_a_term_that_was_mended_moves_the_due_date(system: ConnectedSystem) -> None:
    before = Case.objects.get(number="1").due_on
    Variation.objects.filter(code="first").update(term_amount=11)
    mark_regrounded(at=AT)
    assert stale() == ["1"]
    fold_all()
    assert before == date(2026, 12, 4)
    assert Case.objects.get(number="1").due_on == date(2026, 12, 7)


def test_a_service_that_is_taken_out_is_unknown_again(system: ConnectedSystem) -> None:
    Service.objects.filter(code="00034").delete()
    mark_regrounded(at=AT)
    fold_all()
    assert Case.objects.get(number="1").flaws == "unknown_service"
    assert mark_regrounded(at=AT) == 0


def test_an_access_point_that_gets_a_place_gives_it_to_cases_and_tickets(system: ConnectedSystem) -> None:
    load_codifier(at=AT)
    centre = AccessPoint.objects.get(code="CNAP-2")
    Seat.objects.create(access_point=centre, role=Seat.Role.WORK, territory_id="UA80000000000093317")
    mark_regrounded(at=AT)
    assert stale() == ["2", "3"]
    fold_all()
    assert all(
        '"oblast":"UA80000000000093317"' in facts
        for facts in Case.objects.filter(number__in="23").values_list("facts", flat=True)
    )


def test_a_mark_of_the_registers_gives_way_to_one_of_intake(system: ConnectedSystem) -> None:
    Variation.objects.filter(code="first").update(term_amount=11)
    mark_regrounded(at=AT)
    before = StaleCase.objects.get(number="1").version
    send(system, event("4", "result.received", number="1"))
    assert before < 0 < StaleCase.objects.get(number="1").version
