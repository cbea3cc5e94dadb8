"""What the fold of cases is told: terms of services and variations, and dated places of access points."""

from datetime import date

import pytest

from mirylo.core.calendars import TermUnit
from mirylo.core.rules import Deficiency, Finish, ServiceRule
from mirylo.core.terms import Term
from mirylo.domain.registers.models import AccessPoint, Seat, Service, Territory, Variation
from mirylo.domain.registers.rules import access_point_places, place_of, service_rules, variation_terms

pytestmark = pytest.mark.django_db

OBLAST, RAION, HROMADA, CITY = (
    "UA12000000000090473", "UA12100000000039307", "UA12100070000091237", "UA12100070010038698",
)  # fmt: skip
KYIV = "UA80000000000093317"


@pytest.fixture
def territories() -> None:
    for code, category, parent, raion, hromada in (
        (OBLAST, "O", None, None, None),
        (RAION, "P", OBLAST, RAION, None),
        (HROMADA, "H", RAION, RAION, HROMADA),
        (CITY, "M", HROMADA, RAION, HROMADA),
    ):
        Territory.objects.create(
            code=code, category=category, name=code, parent_id=parent, oblast=OBLAST, raion=raion, hromada=hromada
        )
    Territory.objects.create(code=KYIV, category="K", name="Київ", oblast=KYIV, hromada=KYIV)


def test_a_service_has_the_term_of_its_first_variation() -> None:
    service = Service.objects.create(
        code="00034", uk="Будинок", finish="issued", deficiency="restarts", is_suspendable=False
    )
    Service.objects.create(code="00106", uk="Без строку")
    for code, amount, unit in (("b", 5, "working_days"), ("a", 30, "calendar_days"), ("c", None, "")):
        Variation.objects.create(service=service, code=code, term_amount=amount, term_unit=unit)
    assert service_rules() == {
        "00034": ServiceRule(Term(5, TermUnit.WORKING_DAYS), Finish.ISSUED, Deficiency.RESTARTS, False),
        "00106": ServiceRule(),
    }
    assert variation_terms() == {
        ("00034", "b"): Term(5, TermUnit.WORKING_DAYS),
        ("00034", "a"): Term(30, TermUnit.CALENDAR_DAYS),
    }


@pytest.mark.usefixtures("territories")
def test_an_access_point_belongs_where_it_works_else_to_its_founder() -> None:
    moved, founded, lost = (
        AccessPoint.objects.create(code=code, name=code, kind=kind)
        for code, kind in (("A", "centre"), ("B", "remote"), ("C", "mobile"))
    )
    for point, role, since, territory in (
        (moved, "work", date(2022, 5, 1), KYIV),
        (moved, "work", None, CITY),
        (moved, "founding", None, HROMADA),
        (founded, "founding", None, HROMADA),
    ):
        Seat.objects.create(access_point=point, role=role, valid_from=since, territory_id=territory)
    assert access_point_places() == {
        "A": [
            (None, HROMADA, RAION, OBLAST, "centre"),
            (date(2022, 5, 1), KYIV, None, KYIV, "centre"),
        ],
        "B": [(None, HROMADA, RAION, OBLAST, "remote")],
        lost.code: [],
    }


@pytest.mark.usefixtures("territories")
def test_the_place_of_a_code() -> None:
    assert place_of(HROMADA) == (OBLAST, RAION, HROMADA)
    assert place_of(KYIV) == (KYIV, None, KYIV)
    assert place_of("UA00") == (None, None, None)
