"""While nothing is there, every page says what will stand on it and how to get it."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from mirylo.web.portal.loading import end_loading, read_loading, tell_loading
from tests.domain.sending import event, make_registers, make_system, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return Client(SERVER_NAME="localhost")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/", "Показати поки нічого"),
        ("/", "mirylo connect"),
        ("/", "Тут стоятимуть усі підключені системи"),
        ("/feed/", "Жодної події ще не надійшло"),
        ("/registers/territories/", "mirylo registers load territories"),
        ("/registers/bodies/", "mirylo registers load bodies"),
        ("/registers/centres/", "mirylo registers load centres"),
        ("/registers/services/", "mirylo registers load services"),
    ],
)
def test_an_empty_page_says_what_to_do(client: Client, address: str, said: str) -> None:
    response = client.get(address)
    assert response.status_code == 200
    assert said in response.content.decode()


def test_an_unknown_address_leads_back(client: Client) -> None:
    response = client.get("/nothing/here/")
    assert response.status_code == 404
    assert "сторінки немає" in response.content.decode()


def test_a_chosen_language_is_remembered(client: Client) -> None:
    assert "There is no number to show yet" in client.get("/?lang=en").content.decode()
    response = client.get("/")
    assert response.headers["Content-Language"] == "en"
    assert '<html lang="en">' in response.content.decode()


def test_what_is_being_loaded_is_told(client: Client) -> None:
    try:
        tell_loading("history", 45, 343)
        page = client.get("/").content.decode()
        assert "Завантажуємо події від початку року · 45 із 343" in page
        assert '<progress class="bar" value="45" max="343"' in page
    finally:
        end_loading()
    assert read_loading() is None
    (settings.FOLDER / "loading.json").write_text("{")  # half a file, as if another program wrote it
    try:
        assert read_loading() is None
    finally:
        end_loading()


def test_a_fault_of_ours_is_said_plainly(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.raise_request_exception = False
    monkeypatch.setattr(settings, "METHODOLOGY", settings.FOLDER / "nowhere")
    from mirylo.web.portal import start

    monkeypatch.setattr(start, "read_systems", lambda *_: 1 / 0)
    response = client.get("/")
    assert response.status_code == 500
    assert "Сталася помилка, і вона наша" in response.content.decode()


def test_an_event_from_the_future_is_not_said_to_have_come_at_once(client: Client) -> None:
    make_registers()
    system, _ = make_system(kind="portal")
    now = timezone.now()
    for number, ahead in (("1", timedelta(days=300)), ("2", timedelta(minutes=1))):
        send(system, event(number, number=number, happened_at=(now + ahead).isoformat()), at=now)
    page = client.get("/feed/?lang=uk").content.decode()
    assert page.count("раніше, ніж сталася") == 1
    assert page.count("одразу") == 1
