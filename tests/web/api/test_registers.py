"""The registers through HTTP: lists, records, files out and files in, and every odd request answered with a reason."""

import gzip
import io
import json
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mirylo.domain.intake.systems import connect
from mirylo.domain.registers.models import AccessPoint, Body, FormerName, Seat, Service, Territory, Variation
from mirylo.web.api.register_files import WORKBOOK

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 25, 9, tzinfo=UTC)
OBLAST, RAION, HROMADA, CITY = (
    "UA12000000000090473", "UA12100000000039307", "UA12100070000091237", "UA12100070010038698",
)  # fmt: skip
KYIV = "UA80000000000093317"


@pytest.fixture(autouse=True)
def registers() -> None:
    for code, category, name, parent, raion, hromada in (
        (OBLAST, "O", "Дніпропетровська", None, None, None),
        (RAION, "P", "Самарівський", OBLAST, RAION, None),
        (HROMADA, "H", "Самарівська", RAION, RAION, HROMADA),
        (CITY, "M", "Самар", HROMADA, RAION, HROMADA),
    ):
        Territory.objects.create(
            code=code, category=category, name=name, parent_id=parent, oblast=OBLAST, raion=raion, hromada=hromada
        )
    Territory.objects.create(code=KYIV, category="K", name="Київ", oblast=KYIV, hromada=KYIV)
    FormerName.objects.create(territory_id=CITY, name="Новомосковськ", until_year=2024)
    Body.objects.create(edrpou="00032129", name="МІНІСТЕРСТВО Зв’язку", kind="ministry", territory_id=KYIV)
    centre = AccessPoint.objects.create(code="A/1", name="ЦНАП", kind="centre", body_id="00032129", idf="7")
    AccessPoint.objects.create(code="B", name="ВРМ", kind="remote", parent=centre)
    Seat.objects.create(access_point=centre, role="work", territory_id=CITY, valid_from=date(2022, 3, 1))
    Seat.objects.create(access_point=centre, role="work", territory_id=KYIV)
    service = Service.objects.create(code="00034", uk="Будинок", valid_from=date(2020, 1, 1), results=["Сертифікат"])
    costs = [{"type": "Сума", "value": "1", "currency": "UAH", "verbose": ""}]
    Variation.objects.create(service=service, code="1", term_amount=10, term_unit="working_days", costs=costs)
    Variation.objects.create(service=service, code="2")


@pytest.fixture
def client() -> Client:
    return Client(headers={"Accept-Language": "en"}, raise_request_exception=True)


def get(client: Client, path: str, **query: Any) -> Any:
    answer = client.get(f"/api/v1{path}", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_territories_by_name_code_and_parent(client: Client) -> None:
    everything = get(client, "/territories", size=2)
    assert (everything["count"], [one["code"] for one in everything["items"]]) == (5, [OBLAST, RAION])
    second = get(client, "/territories", size=2, page=2)
    assert [one["code"] for one in second["items"]] == [HROMADA, CITY]
    former = get(client, "/territories", search="НОВОМОСКОВСЬК")
    assert former["items"] == [
        {
            "code": CITY, "category": "M", "name": "Самар", "parent": HROMADA, "oblast": OBLAST, "raion": RAION,
            "hromada": HROMADA, "former": "Новомосковськ",
        }
    ]  # fmt: skip
    assert [one["name"] for one in get(client, "/territories", search="уа80")["items"]] == ["Київ"]
    assert [one["code"] for one in get(client, "/territories", parent=RAION)["items"]] == [HROMADA]
    assert [one["code"] for one in get(client, "/territories", search="самар", parent=HROMADA)["items"]] == [CITY]


def test_a_territory_shows_the_way_down_to_it(client: Client) -> None:
    card = get(client, f"/territories/{CITY}")
    assert [step["name"] for step in card["path"]] == ["Дніпропетровська", "Самарівський", "Самарівська", "Самар"]
    assert card["former_names"] == [{"name": "Новомосковськ", "code": "", "until_year": 2024}]
    assert card["children"] == 0
    assert get(client, f"/territories/{OBLAST}")["children"] == 1


def test_bodies_centres_and_services(client: Client) -> None:
    body = get(client, "/bodies", search="міністерство зв'язку")["items"]
    assert body == [get(client, "/bodies/00032129")]
    assert body[0]["kind"] == "ministry"
    assert get(client, "/centres")["count"] == 2
    centre = get(client, "/centres/A/1")
    assert centre["work"] == [{"territory": KYIV, "since": None}, {"territory": CITY, "since": "2022-03-01"}]
    assert (centre["body"], centre["parent"], centre["founding"]) == ("00032129", None, [])
    assert get(client, "/centres/B")["parent"] == "A/1"
    for territory in (OBLAST, RAION, HROMADA, CITY, KYIV):
        assert [one["code"] for one in get(client, "/centres", territory=territory)["items"]] == ["A/1"]
    service = get(client, "/services/00034")
    assert service["variations"][0]["costs"][0]["value"] == "1"
    assert (service["variations"][1]["term_amount"], service["variations"][1]["term_unit"]) == (None, None)
    assert get(client, "/services", search="БУДИН")["items"] == [service]
    assert get(client, "/services", search="нічого") == {"count": 0, "items": []}


@pytest.mark.parametrize(
    "path", ["/territories/UA99", "/bodies/0", "/centres/x/y", "/services/99999", "/bodies/%00", "/centres/%FF%FE"]
)
def test_what_is_not_there_is_answered_404_with_a_reason(client: Client, path: str) -> None:
    answer = client.get(f"/api/v1{path}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["title"].startswith("There is no ")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("search=%00", 200),
        ("search=%FF%FE%ED%A0%80", 200),
        ("search=" + "%F0%9F%98%80" * 50, 200),
        ("search=" + "a" * 201, 422),
        ("page=0", 422),
        ("page=99999999999999999999999999", 422),
        ("page=100000&size=500", 200),
        ("size=501", 422),
        ("size=x", 422),
        ("search=%25_%5C'%22", 200),
    ],
)
@pytest.mark.parametrize("register", ["territories", "bodies", "centres", "services"])
def test_odd_queries_never_break_anything(client: Client, register: str, query: str, status: int) -> None:
    assert client.get(f"/api/v1/{register}?{query}").status_code == status


@pytest.mark.parametrize("register", ["bodies", "centres", "services"])
@pytest.mark.parametrize("format_", ["csv", "xlsx", "json"])
def test_a_register_is_written_as_a_file(client: Client, register: str, format_: str) -> None:
    answer = client.get(f"/api/v1/registers/{register}.{format_}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{register}.{format_}"'
    match format_:
        case "csv":
            assert answer.content.decode("utf-8-sig").splitlines()[0].startswith(("edrpou,", "code,"))
        case "xlsx":
            assert openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames == [register]
        case _:
            assert len(answer.json()["entries"]) >= 1


def test_there_are_no_other_files(client: Client) -> None:
    assert client.get("/api/v1/registers/people.csv").status_code == 422
    assert client.get("/api/v1/registers/bodies.pdf").status_code == 422


def key_of(*, keeps_registers: bool, of: str = "") -> dict[str, str]:
    name = f"система {of} {keeps_registers}"
    _, key = connect(name=name, kind="portal", sources=[name], at=AT, keeps_registers=keeps_registers)
    return {"Authorization": f"Bearer {key}"}


def send(client: Client, content: bytes, kind: str, register: str = "bodies", **headers: str) -> Any:
    headers = {**key_of(keeps_registers=True, of=register), **headers}
    return client.generic("POST", f"/api/v1/registers/{register}", content, kind, headers=headers)


BODIES = "edrpou;name;kind;Примітка\n43395033;Рада;council;x\n00032129;Міністерство;ministry;\n"


def test_a_file_in_the_body_is_taken_in(client: Client) -> None:
    answer = send(client, BODIES.encode("cp1251"), "text/csv; charset=windows-1251")
    assert answer.status_code == 200, answer.content
    assert answer.json() == {"added": 1, "changed": 1, "unchanged": 0, "left_out": ["Примітка"]}
    assert Body.objects.get(pk="00032129").name == "Міністерство"


def test_a_file_packed_with_gzip_is_taken_in(client: Client) -> None:
    answer = send(client, gzip.compress(BODIES.encode()), "text/csv", **{"Content-Encoding": "gzip"})
    assert answer.json()["added"] == 1


@pytest.mark.parametrize("format_", ["csv", "xlsx", "json"])
@pytest.mark.parametrize("register", ["bodies", "centres", "services"])
def test_what_was_written_is_taken_back_and_changes_nothing(client: Client, register: str, format_: str) -> None:
    written = client.get(f"/api/v1/registers/{register}.{format_}")
    kind = {"csv": "text/csv", "xlsx": WORKBOOK, "json": "application/json"}[format_]
    answer = send(client, written.content, kind, register)
    assert answer.json() | {"unchanged": 0} == {"added": 0, "changed": 0, "unchanged": 0, "left_out": []}


def test_a_file_in_a_form_is_taken_in_and_its_faults_name_it(client: Client) -> None:
    headers = key_of(keeps_registers=True)
    good = SimpleUploadedFile("органи.csv", BODIES.encode())
    answer = client.post("/api/v1/registers/bodies", {"file": good}, headers=headers)
    assert answer.json()["added"] == 1, answer.content
    bad = SimpleUploadedFile("../органи.csv", b"edrpou,name,kind\n00032128,a,council\n32129,,b\n")
    answer = client.post("/api/v1/registers/bodies?lang=uk", {"file": bad}, headers=headers)
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["title"] == "У надісланому є помилки"
    assert [fault["field"] for fault in problem["faults"]] == [
        "органи.csv, line 2, column edrpou",
        "органи.csv, line 3, column edrpou",
        "органи.csv, line 3, column kind",
        "органи.csv, line 3, column name",
    ]
    assert problem["faults"][1]["remedy"] == "Напишіть 00032129."


def test_without_the_right_key_nothing_is_taken(client: Client) -> None:
    url, kind = "/api/v1/registers/bodies", "text/csv"
    assert client.post(url, BODIES.encode(), content_type=kind).status_code == 401
    wrong = {"Authorization": "Bearer mirylo_wrong"}
    assert client.post(url, BODIES.encode(), content_type=kind, headers=wrong).status_code == 401
    answer = client.post(url, BODIES.encode(), content_type=kind, headers=key_of(keeps_registers=False))
    assert (answer.status_code, answer.json()["title"]) == (403, "This key may not change registers")
    assert Body.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"\n", "text/csv", 422),
        (b"\0\0\0", "text/csv", 422),
        (b"\xff\xfe", "text/csv", 422),
        (b"PK\x03\x04 no workbook", WORKBOOK, 422),
        (b"{", "application/json", 422),
        (b"5", "application/json", 422),
        (b'{"entries": [{"edrpou": 1e400}]}', "application/json", 422),
        (b'[{"edrpou": "\xff"}]', "application/json", 422),
        (b'"\\ud800"', "application/json", 422),
        (b"x", "application/pdf", 415),
        (b"x", "multipart/form-data", 400),
        (b"x", "multipart/form-data; boundary=a", 400),
        (b"--a\r\n\r\nx\r\n--a--\r\n", "multipart/form-data; boundary=a", 400),
    ],
)
def test_odd_uploads_are_answered_with_what_to_do(client: Client, content: bytes, kind: str, status: int) -> None:
    answer = send(client, content, kind)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json"), answer.content
    assert answer.json()["detail"]
    assert Body.objects.count() == 1


@pytest.fixture
def small_limit(settings: Any) -> None:
    settings.LARGEST_BODY = 1000
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000


@pytest.mark.usefixtures("small_limit")
def test_what_is_too_large_is_refused_in_a_form_too(client: Client) -> None:
    assert send(client, b"x" * 2000, "text/csv").status_code == 413
    form = (
        b'--a\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n' + b"x" * 2000 + b"\r\n--a--\r\n"
    )
    assert send(client, form, "multipart/form-data; boundary=a", "centres").status_code == 413


def test_unknown_registers_are_refused(client: Client) -> None:
    assert send(client, BODIES.encode(), "text/csv", "people").status_code == 422


def test_every_way_in_and_out_is_described(client: Client) -> None:
    described = json.loads(client.get("/api/v1/openapi.json").content)["paths"]
    upload = described["/api/v1/registers/{name}"]["post"]
    assert set(upload["requestBody"]["content"]) == {"text/csv", WORKBOOK, "application/json", "multipart/form-data"}
    assert {"200", "400", "401", "403", "409", "411", "413", "415", "422", "503"} <= set(upload["responses"])
    written = described["/api/v1/registers/{name}"]["get"]["responses"]["200"]["content"]
    assert set(written) == {"text/csv", WORKBOOK, "application/json"}
