"""The two sides of a case: joined by its number, kept and named while they are not, and joined late."""

from datetime import date
from typing import Any

import pytest

from mirylo.domain.cases.facts import of_json
from mirylo.domain.cases.folding import fold_stale
from mirylo.domain.cases.halves import services_of_providers
from mirylo.domain.cases.models import Case, DirtyMonth
from mirylo.domain.intake.models import ConnectedSystem, StaleCase
from tests.domain.sending import AT, event, make_registers, make_system, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre() -> ConnectedSystem:
    make_registers()
    return make_system("centre")[0]


@pytest.fixture
def provider(centre: ConnectedSystem) -> ConnectedSystem:
    return make_system("provider", "provider", services=["00034", "00106"])[0]


def fold_all() -> None:
    while fold_stale(at=AT):
        pass


def registered(id_: str = "1", **more: Any) -> dict[str, object]:
    return event(id_, **{"happened_at": "2026-11-02T10:00:00+02:00", **more})


def received(id_: str = "1", **more: Any) -> dict[str, object]:
    return event(id_, "result.received", **{"happened_at": "2026-11-05T10:00:00+02:00", **more})


def accepted(id_: str = "2", **more: Any) -> dict[str, object]:
    return event(id_, "application.accepted", happened_at="2026-11-03T10:00:00+02:00", **more)


def cases() -> list[tuple[str, str, str]]:
    """Source, state and flaws of every case."""
    return list(Case.objects.order_by("source__name").values_list("source__name", "state", "flaws"))


JOINED = [("centre", "ready", "")]


@pytest.mark.parametrize("first", ["centre", "provider", "both"])
def test_both_sides_make_one_case(centre: ConnectedSystem, provider: ConnectedSystem, first: str) -> None:
    """Ids are each system's own: both sides may use the same."""
    sides = [(centre, [registered("1")]), (provider, [received("1"), accepted("2")])]
    for system, some in sides if first != "provider" else reversed(sides):
        send(system, *some)
        if first != "both":
            fold_all()
    fold_all()
    case = Case.objects.get(source__name="centre")
    row = of_json(case.facts)
    assert (row["events"], row["registered_on"], row["ready_on"]) == (3, date(2026, 11, 2), date(2026, 11, 5))
    assert (row["accepted_on"], row["source"], case.flaws) == (date(2026, 11, 3), "centre", "")
    lonely = Case.objects.filter(source__name="provider")
    assert [half.state for half in lonely] == (["voided"] if first == "provider" else [])


def test_a_half_without_its_case_is_kept_and_says_so(provider: ConnectedSystem) -> None:
    send(provider, received())
    fold_all()
    assert cases() == [("provider", "ready", "not_registered unpaired_half")]


def test_a_half_that_finds_its_case_later_is_voided_and_its_month_counted_anew(
    centre: ConnectedSystem, provider: ConnectedSystem
) -> None:
    send(provider, received(happened_at="2026-10-05T10:00:00Z"))
    fold_all()
    DirtyMonth.objects.all().delete()
    send(centre, registered(happened_at="2026-09-05T10:00:00Z"))
    fold_all()
    assert [case[:2] for case in cases()] == [("centre", "ready"), ("provider", "voided")]
    assert {"2026-09", "2026-10"} <= set(DirtyMonth.objects.values_list("month", flat=True))
    alone = Case.objects.get(source__name="provider")
    assert of_json(alone.facts)["is_voided"] is True
    before = alone.version
    send(provider, accepted("9"))
    fold_all()
    assert Case.objects.get(source__name="provider").version == before, "what is voided is not voided again"
    assert of_json(Case.objects.get(source__name="centre").facts)["events"] == 3


def test_two_cases_of_one_number_leave_the_half_by_itself(centre: ConnectedSystem, provider: ConnectedSystem) -> None:
    send(centre, registered())
    send(provider, received())
    fold_all()
    assert cases() == JOINED
    send(make_system("neighbour")[0], registered(centre="CNAP-2"))
    fold_all()
    assert cases() == [
        ("centre", "registered", ""),
        ("neighbour", "registered", ""),
        ("provider", "ready", "ambiguous_half not_registered"),
    ]


def test_only_cases_of_the_providers_services_are_joined(centre: ConnectedSystem, provider: ConnectedSystem) -> None:
    send(centre, registered(service="00107"))
    send(provider, received())
    fold_all()
    assert cases() == [("centre", "registered", ""), ("provider", "ready", "not_registered unpaired_half")]


def test_what_was_corrected_pairs_no_more(centre: ConnectedSystem, provider: ConnectedSystem) -> None:
    send(centre, registered())
    send(provider, received())
    fold_all()
    assert cases() == JOINED
    send(centre, registered("2", service="00107", corrects="1"))
    fold_all()
    assert cases() == [("centre", "registered", ""), ("provider", "ready", "not_registered unpaired_half")]
    send(centre, registered("3", service="00034", corrects="2"))
    fold_all()
    assert [case[:2] for case in cases()] == [("centre", "ready"), ("provider", "voided")]


def test_a_case_moved_to_another_number_takes_the_half_of_that_number(
    centre: ConnectedSystem, provider: ConnectedSystem
) -> None:
    send(centre, registered(number="typo"))
    send(provider, received(number="right"))
    fold_all()
    send(centre, registered("2", number="right", corrects="1"))
    fold_all()
    found = {
        (name, number): state for name, number, state in Case.objects.values_list("source__name", "number", "state")
    }
    assert found == {("centre", "typo"): "voided", ("centre", "right"): "ready", ("provider", "right"): "voided"}


def test_two_providers_may_tell_of_one_case(centre: ConnectedSystem, provider: ConnectedSystem) -> None:
    other = make_system("second", "provider", services=["00034"])[0]
    send(centre, registered())
    send(provider, received())
    send(other, accepted())
    fold_all()
    assert cases() == JOINED
    assert of_json(Case.objects.get().facts)["events"] == 3


def test_a_provider_may_register_a_case_of_its_own(provider: ConnectedSystem) -> None:
    """People apply to the provider too; that is a case without a centre's side."""
    send(provider, registered(centre=None), received("2"))
    fold_all()
    assert cases() == [("provider", "ready", "unpaired_half")]


def test_a_correction_that_came_at_the_same_moment_refolds_the_other_case(centre: ConnectedSystem) -> None:
    """Two batches that do not see each other: intake marked only the case of the correction."""
    send(centre, registered("1", number="A"))
    fold_all()
    send(centre, registered("2", number="B", corrects="1"))
    StaleCase.objects.filter(number="A").delete()
    fold_all()
    assert dict(Case.objects.values_list("number", "state")) == {"A": "voided", "B": "registered"}


def test_many_providers_are_looked_up_at_once(
    centre: ConnectedSystem, provider: ConnectedSystem, django_assert_num_queries: Any
) -> None:
    """This is asked at every fold, and a ministry connects hundreds of providers."""
    for n in range(5):
        make_system(f"provider {n}", "provider", sources=[f"{n} a", f"{n} b"], services=["00034"])
    with django_assert_num_queries(1):
        found = services_of_providers()
    assert sorted(map(len, found.values())) == [*[1] * 10, 2]
