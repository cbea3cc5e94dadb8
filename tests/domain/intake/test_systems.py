"""Connecting a system: its key, what is wrong with what was asked for, and when it was heard."""

from datetime import timedelta
from typing import Any

import pytest

from mirylo.core.faults import FaultsFoundError
from mirylo.domain.intake.liveness import list_heard, seconds_to_wait
from mirylo.domain.intake.models import ConnectedSystem
from mirylo.domain.intake.systems import allow, connect, renew_key, stop, system_of
from tests.domain.sending import AT, event, make_registers, make_system, send

pytestmark = pytest.mark.django_db


def test_a_key_is_kept_as_a_hash_only() -> None:
    make_registers()
    system, key = make_system()
    assert system_of(key) == system
    kept = ConnectedSystem.objects.values().get()
    assert key not in map(str, kept.values())
    assert key.startswith(kept["key_start"])


@pytest.mark.parametrize("key", ["", "mirylo_", "wrong", "\ud800", "ключ"])
def test_another_key_opens_nothing(key: str) -> None:
    make_registers()
    make_system()
    assert system_of(key) is None


def test_a_renewed_key_puts_the_old_one_out_of_use() -> None:
    make_registers()
    system, old = make_system()
    new = renew_key(name="vulyk")
    assert (system_of(old), system_of(new)) == (None, system)
    with pytest.raises(FaultsFoundError, match="no connected system has this name"):
        renew_key(name="nobody")


def test_an_inactive_system_has_no_key() -> None:
    make_registers()
    _, key = make_system()
    ConnectedSystem.objects.update(is_active=False)
    assert system_of(key) is None


def test_all_that_is_wrong_with_a_connection_is_told_at_once() -> None:
    make_registers()
    make_system()
    with pytest.raises(FaultsFoundError) as raised:
        connect(
            name="vulyk", kind="bank", sources=["vulyk"], access_points=["CNAP-9"], services=["99999"],
            number_format="[", at=AT,
        )  # fmt: skip
    said = str(raised.value)
    for part in (
        "unknown kind of system bank", "connected already", "source vulyk belongs to vulyk", "cannot be read",
        "no access point has the code CNAP-9", "no service has the code 99999",
    ):  # fmt: skip
        assert part in said
    with pytest.raises(FaultsFoundError, match="needs a source"):
        connect(name="new", kind="centres", sources=[], at=AT)
    assert ConnectedSystem.objects.count() == 1


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        ({"name": " "}, "a system needs a name"),
        ({"name": "n" * 201}, "Write one of 1 to 200 characters"),
        ({"sources": [""]}, "this cannot be the name of a source"),
        ({"sources": ["s" * 201]}, "this cannot be the name of a source"),
        ({"kind": "centres"}, "it may not send for any access point"),
        ({"kind": "provider"}, "it may not send for any service"),
    ],
)
def test_a_connection_with_which_nothing_could_be_sent_is_refused(asked: dict[str, Any], fault: str) -> None:
    with pytest.raises(FaultsFoundError, match=fault):
        connect(**{"name": "new", "kind": "portal", "sources": ["new"], "at": AT, **asked})
    assert not ConnectedSystem.objects.exists()


def test_a_system_is_let_send_for_more_with_the_same_key() -> None:
    make_registers()
    system, key = make_system(access_points=["CNAP-1"])
    make_system("other")
    assert send(system, event(centre="CNAP-2"), at=AT).counts["accepted"] == 0
    with pytest.raises(FaultsFoundError) as raised:
        allow(name="vulyk", access_points=["CNAP-9"], services=["99999"], sources=["other"])
    assert len(raised.value.faults) == 3
    allow(name="vulyk", access_points=["CNAP-2"], services=["00034"], sources=["vulyk", "vulyk-2"])
    assert system_of(key) == system
    assert sorted(system.access_points.values_list("code", flat=True)) == ["CNAP-1", "CNAP-2"]
    assert sorted(system.sources.values_list("name", flat=True)) == ["vulyk", "vulyk-2"]
    assert send(system, event(centre="CNAP-2", source="vulyk-2"), at=AT).counts["accepted"] == 1


def test_a_system_that_was_stopped_goes_on_with_a_new_key() -> None:
    make_registers()
    system, key = make_system()
    stop(name="vulyk")
    assert system_of(key) is None
    assert (list_heard(), [one.system for one in list_heard(is_active=None)]) == ([], [system])
    assert system_of(renew_key(name="vulyk")) == system


def test_a_name_that_is_mistyped_is_answered_with_the_nearest() -> None:
    make_registers()
    make_system("vulyk")
    with pytest.raises(FaultsFoundError, match="Those that are connected: vulyk"):
        stop(name="wulyk")


def test_who_was_silent_longest_comes_first() -> None:
    make_registers()
    one, two, three = (make_system(name)[0] for name in ("one", "two", "three"))
    send(two, event(), at=AT + timedelta(hours=1))
    send(one, event(), at=AT)
    assert [(heard.system.name, heard.last_at) for heard in list_heard()] == [
        (three.name, None),
        ("one", AT),
        ("two", AT + timedelta(hours=1)),
    ]


def test_a_minute_holds_so_many_lines() -> None:
    make_registers()
    system = make_system(lines_per_minute=3)[0]
    send(system, event("1"), event("2"), at=AT)
    assert seconds_to_wait(system, AT + timedelta(seconds=10)) == 0
    send(system, event("3"), at=AT + timedelta(seconds=20))
    assert seconds_to_wait(system, AT + timedelta(seconds=50)) == 11
    assert seconds_to_wait(system, AT + timedelta(seconds=61)) == 0
