"""Registers are loaded from CSV, XLSX and JSON: all of a file or nothing, every mistake named by row and column."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from mirylo.core.faults import FaultsFoundError
from mirylo.display.language import say_fault, speaking
from mirylo.domain.registers.entries import in_batches
from mirylo.domain.registers.imports import Imported, load
from mirylo.domain.registers.models import AccessPoint, Body, Seat, Service, Territory, Variation

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 25, 9, tzinfo=UTC)
OBLAST, RAION, HROMADA, CITY = (
    "UA12000000000090473", "UA12100000000039307", "UA12100070000091237", "UA12100070010038698",
)  # fmt: skip
KYIV = "UA80000000000093317"
MINISTRY, OFFICE = "00032129", "43395033"
"""Codes whose check digits are right."""


@pytest.fixture(autouse=True)
def territories() -> None:
    for code, category, parent, raion, hromada in (
        (OBLAST, "O", None, None, None),
        (RAION, "P", OBLAST, RAION, None),
        (HROMADA, "H", RAION, RAION, HROMADA),
        (CITY, "M", HROMADA, RAION, HROMADA),
    ):
        Territory.objects.create(
            code=code, category=category, name=f"Н{code}", parent_id=parent, oblast=OBLAST, raion=raion, hromada=hromada
        )
    Territory.objects.create(code=KYIV, category="K", name="Київ", oblast=KYIV, hromada=KYIV)


def write(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def write_json(folder: Path, name: str, content: Any) -> Path:
    return write(folder, name, json.dumps(content, ensure_ascii=False))


def write_book(folder: Path, name: str, rows: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(folder / name)
    return folder / name


def faults_of(register: str, path: Path) -> list[str]:
    with pytest.raises(FaultsFoundError) as refused:
        load(register, path, at=AT)
    return [str(fault) for fault in refused.value.faults]


BODIES = f"""edrpou,name,kind,parent,territory
{MINISTRY},Міністерство,ministry,,{KYIV}
{OFFICE},Управління,територіальний орган,{MINISTRY},{CITY}
"""


def test_bodies_are_added_changed_and_left_as_they_are(tmp_path: Path) -> None:
    assert load("bodies", write(tmp_path, "a.csv", BODIES), at=AT) == Imported(2, 0, 0)
    assert load("bodies", write(tmp_path, "a.csv", BODIES), at=AT) == Imported(0, 0, 2)
    office = Body.objects.get(pk=OFFICE)
    assert (office.kind, office.parent_id, office.territory_id) == ("territorial_office", MINISTRY, CITY)
    changed = write(tmp_path, "b.csv", f"edrpou,name,parent\n{OFFICE},УПРАВЛІННЯ №2,\n")
    assert load("bodies", changed, at=AT) == Imported(0, 1, 0)
    office.refresh_from_db()
    assert (office.name, office.search_name, office.parent_id) == ("УПРАВЛІННЯ №2", "управління №2", None)
    assert office.territory_id == CITY, "a column that the file does not have is left as it is"


@pytest.mark.parametrize(
    ("encoding", "separator"), [("utf-8", ","), ("cp1251", ";"), ("utf-8-sig", "\t"), ("utf-16", ";")]
)
def test_encodings_separators_and_ukrainian_headings(tmp_path: Path, encoding: str, separator: str) -> None:
    rows = [
        ["Код ЄДРПОУ", "Назва", "Вид", "Орган вищого рівня", "Примітка"],
        [MINISTRY, "Міністерство цифрових справ і зв’язку", "Міністерство", "", "так"],
        [OFFICE, "Виконавчий комітет", "Міська рада", MINISTRY, ""],
    ]
    text = "\n".join(separator.join(row) for row in rows)
    assert load("bodies", write(tmp_path, "a.csv", text, encoding), at=AT) == Imported(2, 0, 0, ("Примітка",))
    assert Body.objects.get(pk=OFFICE).kind == "council"
    assert Body.objects.get(pk=MINISTRY).name == "Міністерство цифрових справ і зв’язку"


def test_every_mistake_is_told_at_once_by_row_and_column_and_nothing_is_loaded(tmp_path: Path) -> None:
    text = f"""edrpou,name,kind,parent,territory
{MINISTRY},Міністерство,ministry,,УА80000000000093317
32129,,council,,
{OFFICE},Управління,уряд,00032128,UA80000000000093318
{MINISTRY},Друге,,,
{MINISTRY},Міністерство,ministry,,
"""
    assert faults_of("bodies", write(tmp_path, "bodies.csv", text)) == [
        "bodies.csv, line 2, column territory: «УА80000000000093317» is no code of a territory, "
        "which is UA and 17 digits. Write UA80000000000093317.",
        "bodies.csv, line 3, column edrpou: «32129» is no code of a legal entity, which is eight digits. "
        "Write 00032129.",
        "bodies.csv, line 3, column name: name is empty. Fill it in.",
        "bodies.csv, line 4, column kind: «уряд» is none of the values that kind may have. Write one of: "
        "ministry (міністерство), central (центральний орган виконавчої влади), "
        "oblast_administration (обласна державна адміністрація), "
        "raion_administration (районна державна адміністрація), "
        "council (рада), military_administration (військова адміністрація), territorial_office (територіальний орган), "
        "enterprise (підприємство), other (інше).",
        "bodies.csv, line 4, column parent: «00032128» has a wrong check digit: a digit is mistyped or two are swapped",
        "bodies.csv, line 4, column territory: the codifier has no territory UA80000000000093318. "
        "The nearest is UA80000000000093317 (Київ).",
        f"bodies.csv, line 5: {MINISTRY} is there already, at number 2. Leave one of the two out.",
        f"bodies.csv, line 6: {MINISTRY} is there already, at number 2. Leave one of the two out.",
    ]
    assert not Body.objects.exists()


@pytest.mark.parametrize(
    ("code", "nearest"),
    [
        ("UA12100070000091238", f"The nearest is {HROMADA} "),  # a slip in the number at the end
        ("UA12010070000091237", f"The nearest is {HROMADA} "),  # a slip in the raion
        ("UA80000000010093318", f"The nearest is {KYIV} "),
        ("UA99999999999999999", "has no territory UA99999999999999999"),
    ],
)
def test_the_nearest_territory_is_the_one_that_was_meant(tmp_path: Path, code: str, nearest: str) -> None:
    text = f"edrpou,name,kind,territory\n{MINISTRY},Міністерство,ministry,{code}\n"
    (fault,) = faults_of("bodies", write(tmp_path, "a.csv", text))
    assert nearest in fault
    assert ("nearest" in fault) == ("nearest" in nearest)


def test_faults_are_told_in_ukrainian_too(tmp_path: Path) -> None:
    path = write(tmp_path, "органи.csv", "Код ЄДРПОУ;Назва;Вид\n00032128;Міністерство;ministry\n")
    with pytest.raises(FaultsFoundError) as refused, speaking("uk"):
        load("bodies", path, at=AT)
    with speaking("uk"):
        assert say_fault(refused.value.faults[0]) == (
            "органи.csv, рядок 2, стовпець Код ЄДРПОУ: у «00032128» не сходиться контрольна цифра: "
            "одну цифру набрано неправильно або дві переставлено"
        )


def test_references_and_circles_are_checked_against_file_and_register(tmp_path: Path) -> None:
    load("bodies", write(tmp_path, "a.csv", BODIES), at=AT)
    circle = write(tmp_path, "b.csv", f"edrpou,parent\n{MINISTRY},{OFFICE}\n")
    assert faults_of("bodies", circle) == [
        f"b.csv, line 2, column parent: {MINISTRY} would stand above itself. Mend parent."
    ]
    stranger = write(tmp_path, "c.csv", f"edrpou,parent\n{MINISTRY},00032106\n14360570,{MINISTRY}\n")
    assert faults_of("bodies", stranger) == [
        f"c.csv, line 2, column parent: there is no body 00032106. The nearest are: {MINISTRY}.",
        "c.csv, line 3, column name: 14360570 is new and has no name. Add it.",
        "c.csv, line 3, column kind: 14360570 is new and has no kind. Add it.",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("edrpou,nmae,kind\n", "there is no column «nmae». Write «name» if that is what it means"),
        ("Код ЄДРПОУ;Назвва;Вид\n", "there is no column «Назвва». Write «назва» if that is what it means"),
        ("name,kind\nX,council\n", "there is no column edrpou, which says what a row is about"),
        ("edrpou,ЄДРПОУ,name\n1,1,x\n", "«edrpou» and «ЄДРПОУ» both mean edrpou"),
        ("edrpou,name,kind\n00032129,a\0b,council\n", "this is no text, workbook or Parquet file"),
        ('edrpou,name,kind\n00032129,"a,council\n', "quotation marks are not closed"),
        ("edrpou,name,kind\n00032129,a,council,more\n", "the row has more or fewer fields than the header"),
        ("edrpou,name,kind\n00032129,a\x07b,council\n", "invisible control characters in «a�b»"),
        ("<html></html>", "this is a web page"),
    ],
)
def test_files_that_are_not_as_they_should_be(tmp_path: Path, text: str, fault: str) -> None:
    said = "\n".join(faults_of("bodies", write(tmp_path, "a.csv", text)))
    assert fault in said
    assert "mapping" not in said


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ('{"entries": [', "the JSON is torn or damaged"),
        ('{"entries": [1, null]}', "record 2: this is no object with the fields of a record"),
        ('{"entries": 5}', "neither a list of records nor an object"),
        ('{"a": 1}', "neither a list of records nor an object"),
        ('[{"edrpou": {"a": 1}, "name": [], "kind": 5}]', "record 1, column edrpou: a text was expected"),
        ('[{"edrpou": "00032129", "name": "a\\u0000b", "kind": "council"}]', "name: invisible control characters"),
        ('[{"name": "x"}]', "there is no column edrpou"),
        ('[{"edrpou": "00032129", "name": "x", "kind": "council"}, {"name": "y"}]', "record 2, column edrpou: edrpou"),
        ("[" * 100_000, ""),
        ('[{"edrpou": ' + "9" * 5000 + "}]", ""),
    ],
)  # fmt: skip
def test_json_that_is_not_as_it_should_be(tmp_path: Path, content: str, fault: str) -> None:
    assert fault in "\n".join(faults_of("bodies", write(tmp_path, "a.json", content)))
    assert not Body.objects.exists()


SEATED = ["founding_territory", "work_territory", "work_since"]
CENTRES = [
    ["code", "idf", "name", "kind", "parent", "state", "opened_on", *SEATED],
    ["C1", "77", "ЦНАП", "ЦНАП", None, "Діючий", date(2020, 1, 31), HROMADA, CITY, None],
    ["C2", None, "ВРМ", "віддалене робоче місце", "C1", "Тимчасово закритий", "01.02.2021", HROMADA, None, None],
]  # fmt: skip


def test_centres_from_a_workbook_with_dates_as_dates(tmp_path: Path) -> None:
    assert load("centres", write_book(tmp_path, "a.xlsx", CENTRES), at=AT) == Imported(2, 0, 0)
    first, second = AccessPoint.objects.order_by("code")
    assert (first.kind, first.state, first.mode, first.opened_on) == ("centre", "active", "on_site", date(2020, 1, 31))
    assert (second.kind, second.state, second.parent, second.idf) == ("remote", "closed_for_now", first, None)
    assert second.opened_on == date(2021, 2, 1)
    assert set(first.seats.values_list("role", "territory_id", "valid_from")) == {
        ("founding", HROMADA, None), ("work", CITY, None),
    }  # fmt: skip
    assert load("centres", write_book(tmp_path, "a.xlsx", CENTRES), at=AT) == Imported(0, 0, 2)


def test_a_new_place_is_added_from_its_day_on_and_history_is_never_written_over(tmp_path: Path) -> None:
    load("centres", write_book(tmp_path, "a.xlsx", CENTRES), at=AT)
    moved = write(tmp_path, "b.csv", f"code,work_territory,work_since\nC1,{KYIV},2022-05-01\n")
    assert load("centres", moved, at=AT) == Imported(0, 1, 0)
    assert load("centres", moved, at=AT) == Imported(0, 0, 1)
    assert list(Seat.objects.filter(role="work").values_list("territory_id", "valid_from")) == [
        (CITY, None), (KYIV, date(2022, 5, 1)),
    ]  # fmt: skip
    other = write(
        tmp_path, "c.csv",
        f"code,work_territory,work_since\nC1,{HROMADA},2022-05-01\nC2,{HROMADA},\nC1,{HROMADA},\nC1,,2023-01-01\n",
    )  # fmt: skip
    assert faults_of("centres", other) == [
        f"c.csv, line 2, column work_territory: from 2022-05-01 on it belongs to {KYIV} already, "
        "and history is not written over. Write the day from which it is so.",
        f"c.csv, line 4, column work_since: it belonged to {KYIV} so far, and it is not said since when that is "
        "otherwise. Write the day from which it is so.",
        "c.csv, line 5, column work_since: a day without a territory. Add the territory.",
    ]
    undated = write(tmp_path, "d.csv", f"code,work_territory\nC1,{HROMADA}\n")
    assert load("centres", undated, at=AT).changed == 1
    assert Seat.objects.get(territory_id=HROMADA, role="work").valid_from == date(2026, 11, 25)


def test_second_keys_wander_and_are_never_shared(tmp_path: Path) -> None:
    rows = "code,idf,name\nA,1,a\nB,2,b\n"
    load("centres", write(tmp_path, "a.csv", rows), at=AT)
    assert load("centres", write(tmp_path, "b.csv", "code,idf\nA,2\nB,1\n"), at=AT) == Imported(0, 2, 0)
    assert dict(AccessPoint.objects.values_list("code", "idf")) == {"A": "2", "B": "1"}
    assert faults_of("centres", write(tmp_path, "c.csv", "code,idf,name\nC,2,c\n")) == [
        "c.csv, line 2, column idf: 2 is the second key of A already. Check both."
    ]


def test_dates_of_centres(tmp_path: Path) -> None:
    text = """code,name,opened_on,closed_on,confirmed_on
A,a,2021-01-01,2020-12-31,
B,b,31.02.2021,,2026-11-26
C,c,0021-01-01,2021-13-01,25/11/2026
"""
    assert faults_of("centres", write(tmp_path, "a.csv", text)) == [
        "a.csv, line 2, column closed_on: closed_on is before opened_on. Mend one of the two dates.",
        "a.csv, line 3, column opened_on: «31.02.2021» is no date. Write it as 2026-01-31 or 31.01.2026.",
        "a.csv, line 3, column confirmed_on: 2026-11-26 lies in the future. Check the date.",
        "a.csv, line 4, column opened_on: «0021-01-01» is a date of another century. Check the year.",
        "a.csv, line 4, column closed_on: «2021-13-01» is no date. Write it as 2026-01-31 or 31.01.2026.",
        "a.csv, line 4, column confirmed_on: «25/11/2026» is no date. Write it as 2026-01-31 or 31.01.2026.",
    ]
    load("centres", write(tmp_path, "b.csv", "code,name,opened_on\nA,a,2021-01-01\n"), at=AT)
    assert (
        "closed_on is before opened_on"
        in faults_of("centres", write(tmp_path, "c.csv", "code,closed_on\nA,2020-01-01\n"))[0]
    )


SERVICES = """code;uk;variation;term_amount;term_unit;refusal_grounds;costs
00034;Будинок;a;30;Календарні дні;"Подано не все;
Неправда";"Сума; 100,50; UAH; сто гривень; п’ятдесят копійок"
00034;;b;;Відразу;;
00034;Будинок;c;;У місячний строк;;Безоплатне надання
00106;ФОП;;24;години;;
00107;Зміни ФОП;;;;;
"""


def test_services_have_a_row_for_each_variation(tmp_path: Path) -> None:
    assert load("services", write(tmp_path, "a.csv", SERVICES, "cp1251"), at=AT) == Imported(3, 0, 0)
    assert list(Variation.objects.order_by("pk").values_list("service_id", "code", "term_amount", "term_unit")) == [
        ("00034", "a", 30, "calendar_days"),
        ("00034", "b", 0, "working_days"),
        ("00034", "c", 1, "months"),
        ("00106", "1", 24, "hours"),
    ]
    house = Service.objects.get(pk="00034")
    assert house.refusal_grounds == ["Подано не все;", "Неправда"]
    first, second, third = house.variations.order_by("pk")
    assert first.costs == [
        {"type": "Сума", "value": "100.50", "currency": "UAH", "verbose": "сто гривень; п’ятдесят копійок"}
    ]
    assert (second.costs, third.costs[0]["type"]) == ([], "Безоплатне надання")
    assert load("services", write(tmp_path, "a.csv", SERVICES, "cp1251"), at=AT) == Imported(0, 0, 3)


def test_the_order_of_variations_is_that_of_the_file_and_what_is_no_longer_told_is_gone(tmp_path: Path) -> None:
    load("services", write(tmp_path, "a.csv", SERVICES), at=AT)
    other = write(
        tmp_path, "b.csv", "code,variation,term_amount,term_unit\n00034,c,5,working_days\n00034,a,30,calendar_days\n"
    )
    assert load("services", other, at=AT) == Imported(0, 1, 0)
    variations = Variation.objects.filter(service_id="00034").order_by("pk")
    assert list(variations.values_list("code", "term_amount")) == [("c", 5), ("a", 30)]
    assert variations[1].costs, "a column that the file does not have is left as it is"
    names = write(tmp_path, "c.csv", "code,uk\n00034,Дім\n")
    assert load("services", names, at=AT) == Imported(0, 1, 0)
    assert variations.count() == 2


def test_a_term_is_read_as_it_is_said(tmp_path: Path) -> None:
    text = (
        "Код послуги;Назва;Строк;Одиниця строку\n00034;а;30;календарних днів\n00035;б;5;Робочих днів\n00036;в;1;місяць"
    )
    load("services", write(tmp_path, "a.csv", text), at=AT)
    terms = Variation.objects.order_by("service__code").values_list("term_amount", "term_unit")
    assert list(terms) == [(30, "calendar_days"), (5, "working_days"), (1, "months")]


def test_mistakes_in_services(tmp_path: Path) -> None:
    text = """code,uk,variation,term_amount,term_unit,is_suspendable,valid_from,valid_to,costs
34,a,,,,,,,
00035,b,x,30,,maybe,2021-01-01,2020-01-01,Сума; багато
00035,c,x,5.5,дні,,,,
00036,d,,2000,роки,,,,
00037,e,,2000,months,,,,
00038,e,,,working_days,,,,
"""
    assert faults_of("services", write(tmp_path, "a.csv", text)) == [
        "a.csv, line 2, column code: «34» is no code of a service, which is five digits. Write 00034.",
        "a.csv, line 3, column is_suspendable: «maybe» is neither yes nor no. Write true or false.",
        "a.csv, line 3, column costs: «багато» is no amount of a cost. Write a number, such as 100 or 0.5.",
        "a.csv, line 3, column valid_to: valid_to is before valid_from. Mend one of the two dates.",
        "a.csv, line 3, column term_unit: the term has an amount without a unit. Write the unit.",
        "a.csv, line 4, column term_amount: «5.5» is no whole number. Write a number such as 30.",
        "a.csv, line 4, column uk: uk is not what it is where 00035 stands first, at number 3. "
        "Write it once, or the same.",
        "a.csv, line 4, column variation: the variation x is there already for 00035. "
        "Give each variation of a service a code of its own.",
        "a.csv, line 5, column term_unit: «роки» is no unit of a term. Write one of: "
        "minutes (хвилини), hours (години), working_days (робочі дні), calendar_days (календарні дні), "
        "months (місяці).",
        "a.csv, line 6, column term_amount: a term of 2000 months is longer than a hundred years. Check the amount.",
        "a.csv, line 7, column term_amount: the term has a unit without an amount. Write the amount.",
    ]
    assert not Service.objects.exists()


def test_an_empty_codifier_is_told_once(tmp_path: Path) -> None:
    Territory.objects.all()._raw_delete("default")
    assert faults_of("bodies", write(tmp_path, "a.csv", BODIES)) == [
        "a.csv: the codifier of territories is empty. Load it first: mirylo registers load territories."
    ]


def test_a_workbook_made_to_fill_the_memory_is_refused(tmp_path: Path, settings: Any) -> None:
    settings.LARGEST_TEXT = 2 << 20
    path = write_book(tmp_path, "a.xlsx", [["edrpou", "name", "kind"], *[[MINISTRY, "а" * 900, "council"]] * 3000])
    assert path.stat().st_size < 200_000
    assert "the workbook unpacks to" in faults_of("bodies", path)[0]


def test_queries_name_no_more_keys_than_sqlite_takes() -> None:
    assert [len(batch) for batch in in_batches(range(12_000))] == [5000, 5000, 2000]
    assert list(in_batches([])) == []
