"""The whole codifier in the database: loaded once, for all tests that look something up in it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from pytest_django.plugin import DjangoDbBlocker

from mirylo.domain.registers.codifier import load_codifier
from mirylo.domain.registers.models import FormerName, Territory

AT = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def codifier(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The codifier stays for all tests of a module, and goes with the last of them."""
    with django_db_blocker.unblock():
        load_codifier(at=AT)
    yield
    with django_db_blocker.unblock():
        FormerName.objects.all().delete()
        Territory.objects.all()._raw_delete("default")
