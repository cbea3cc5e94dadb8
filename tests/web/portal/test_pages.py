"""Pages of a country that lives: what they say is what is in the registers, the events and the counted values."""

import re
from html import unescape

import pytest
from django.test import Client

from mirylo.display.cells import read_cells
from mirylo.display.language import speaking
from mirylo.display.numbers import write_number, write_value
from mirylo.domain.indicators.values import current_run, values
from mirylo.domain.intake.models import ConnectedSystem, Event
from mirylo.domain.registers.models import AccessPoint, Service, Territory

from .conftest import Living

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return Client(SERVER_NAME="localhost")


def text_of(page: str) -> str:
    """What a reader sees: no tags, single spaces."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page))).strip()


def read(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode()


def test_the_first_page_opens_with_what_was_counted(living: Living, client: Client) -> None:
    page = text_of(read(client, "/"))
    run = current_run()
    assert run is not None
    cells = [
        cell
        for cell in read_cells(values(cut="nation", indicators=["on_time_share"], run=run))
        if cell.grain == "month" and (cell.denominator or 0) >= 30
    ]
    newest = max(cells, key=lambda cell: cell.period or "")
    with speaking("uk"):
        assert write_value(newest.value, "per_cent", n=newest.denominator).replace("\xa0", " ") in page
        assert f"{write_number(int(newest.numerator or 0))} і" in page.replace(" з ", " із ")
    assert "вчасно завершено" in page
    assert "Пораховано" in page
    for system in ConnectedSystem.objects.all():
        assert system.name in page
    assert f"{AccessPoint.objects.count()} Точки доступу" in page


def test_the_feed_goes_back_in_time_without_gaps(living: Living, client: Client) -> None:
    address, seen = "/feed/", []
    for _ in range(4):
        page = read(client, address)
        rows = re.findall(r'<tr[^>]*>\s*<td class="when">', page)
        assert len(rows) == 40
        before = re.search(r'rel="next" href="([^"]+)"', page)
        assert before
        address = "/feed/" + unescape(before[1])
        seen.append(int(address.rpartition("=")[2]))
    newest = Event.objects.order_by("-pk").values_list("pk", flat=True)
    assert seen == [newest[39], newest[79], newest[119], newest[159]]


def test_the_feed_is_chosen_from(living: Living, client: Client) -> None:
    system = ConnectedSystem.objects.get(sources__name="vulyk")
    page = read(client, f"/feed/?system={system.pk}&type=decision.made")
    assert page.count('<td class="what">Ухвалено рішення') + page.count('<td class="what">ухвалено рішення') == 40
    assert set(re.findall(r'<td class="came">[^<]*<small>([^<]+)', page)) == {"vulyk"}
    assert "Таких подій немає" in text_of(read(client, f"/feed/?system={system.pk}&type=centre.interrupted"))


@pytest.mark.parametrize("query", ["before=x", "before=99999999999999999999", "system=0", "type=nothing", "seen=%00"])
def test_an_odd_address_of_the_feed_is_read_as_far_as_it_makes_sense(
    living: Living, client: Client, query: str
) -> None:
    read(client, f"/feed/?{query}")


def test_new_rows_come_only_when_there_are_any(living: Living, client: Client) -> None:
    newest = Event.objects.order_by("-pk").values_list("pk", flat=True)
    assert client.get(f"/feed/newest/?seen={newest[0]}").status_code == 204
    page = read(client, f"/feed/newest/?seen={newest[3]}&short=True")
    assert page.count('class="fresh"') == 3
    assert page.count('<td class="when">') == 8
    assert f"seen={newest[0]}" in page
    assert client.get("/feed/newest/").headers["Cache-Control"] == "no-store"


def test_a_centre_says_where_it_is_who_reports_and_how_it_does(living: Living, client: Client) -> None:
    centre = living.country.centres[0]
    page = text_of(read(client, f"/registers/centres/{centre.code}/"))
    assert centre.name in page
    assert living.country.territories.names[centre.hromada.code] in page
    assert ConnectedSystem.objects.get(sources__name=centre.system).name in page
    cells = read_cells(values(cut="centre", unit=centre.code, indicators=["registered"]))
    newest = max((cell for cell in cells if cell.grain == "month" and cell.value), key=lambda cell: cell.period or "")
    with speaking("uk"):
        assert write_number(int(newest.value or 0)) in page


def test_a_service_says_its_term_and_how_it_does(living: Living, client: Client) -> None:
    page = text_of(read(client, "/registers/services/00034/"))
    assert "Реєстрація місця проживання особи" in page
    assert "Строк за законом: 1 робочий день" in page
    assert "Частка справ, завершених вчасно" in page
    english = text_of(read(client, "/registers/services/00034/?lang=en"))
    assert "Registration of residence" in english
    assert "Term by law: 1 working day" in english


@pytest.mark.parametrize(
    ("address", "found", "absent"),
    [
        ("/registers/services/?q=МІСЦЯ ПРОЖИВАННЯ", "00034", "00106"),
        ("/registers/services/?q=0010", "00106", "00034"),
        ("/registers/bodies/?q=виконавчий&kind=council", "рада", "територіальний орган<"),
    ],
)
def test_lists_are_searched(living: Living, client: Client, address: str, found: str, absent: str) -> None:
    page = read(client, address)
    table = page[page.index("<table") :]
    assert found in table
    assert absent not in table


def test_the_tree_of_territories_leads_down_and_up(living: Living, client: Client) -> None:
    hromada = next(centre.hromada for centre in living.country.centres if centre.hromada.raion)
    top = read(client, "/registers/territories/")
    assert f"?in={hromada.oblast}" in top
    below = read(client, f"/registers/territories/?in={hromada.oblast}")
    assert f"?in={hromada.raion}" in below
    bottom = text_of(read(client, f"/registers/territories/?in={hromada.code}"))
    assert "Точки доступу тут" in bottom
    assert f"{hromada.name} громада" in bottom
    found = text_of(read(client, f"/registers/territories/?q={hromada.name[:5].upper()}"))
    assert hromada.code in found


def test_a_list_turns_its_pages(living: Living, client: Client) -> None:
    pages = [read(client, f"/registers/services/?page={number}") for number in (1, 2, 99, "x")]
    codes = [re.findall(r'<td class="code">(\d{5})', page) for page in pages]
    assert codes[0] + codes[1] == list(Service.objects.values_list("code", flat=True))
    assert codes[2] == codes[1]
    assert codes[3] == codes[0]


def test_an_unknown_code_is_answered_with_the_nearest(living: Living, client: Client) -> None:
    code = living.country.centres[0].code
    page = read(client, f"/registers/centres/{code}x/", 404)
    assert f'href="/registers/centres/{code}/"' in page
    assert 'href="/registers/services/00034/"' in read(client, "/registers/services/0034/", 404)
    assert "?in=UA" in read(client, f"/registers/territories/?in={Territory.objects.earliest('code').code[:12]}", 404)


@pytest.mark.parametrize("address", ["/", "/feed/", "/registers/", "/registers/centres/", "/registers/services/00034/"])
def test_pages_are_small_and_ask_only_this_site(living: Living, client: Client, address: str) -> None:
    response = client.get(address)
    page = response.content.decode()
    assert len(page) < 100_000
    assert response.headers["Content-Security-Policy"].startswith("default-src 'self';")
    assert not re.search(r'<script(?![^>]*src=)|style="|javascript:|https?://(?!www\.w3\.org/2000/svg)', page)
