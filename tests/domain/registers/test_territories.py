"""Territories are found by name, new and former, and by code, at once and in the order that people expect."""

import time

import pytest

from mirylo.domain.registers.territories import children_of, find, path_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("codifier")]

KYIV = "UA80000000000093317"


def names(text: str, limit: int = 20) -> list[tuple[str, str]]:
    return [(found.territory.category, found.territory.name) for found in find(text, limit)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("київ", ("K", "Київ")),
        ("КИЇВ", ("K", "Київ")),
        ("м. Київ", ("K", "Київ")),
        ("Київська", ("O", "Київська")),
        ("київська обл.", ("O", "Київська")),
        ("львів", ("M", "Львів")),
        ("Львівська область", ("O", "Львівська")),
        ("Львівська міська територіальна громада", ("H", "Львівська")),
        ("бучанський р-н", ("P", "Бучанський")),
        ("кам'янець-п", ("M", "Кам’янець-Подільський")),
        ("  КАМ`ЯНЕЦЬ-ПОДІЛЬСЬКИЙ ", ("M", "Кам’янець-Подільський")),
        ("одеса", ("M", "Одеса")),
        ("село Андріївка", ("C", "Андріївка")),
        ("плавні", ("C", "Плавні")),
    ],
)
def test_what_is_meant_comes_first(text: str, first: tuple[str, str]) -> None:
    assert names(text)[0] == first


def test_the_same_name_first_then_its_beginning_then_its_inside_and_cities_before_villages() -> None:
    found = names("покров", 500)
    assert found[0] == ("M", "Покров")
    likeness = [0 if name == "Покров" else 1 if name.startswith("Покров") else 2 for _, name in found]
    former_aside = [place for place, (_, name) in zip(likeness, found, strict=True) if "окров" in name]
    assert former_aside == sorted(former_aside)
    assert found.index(("M", "Покровськ")) < found.index(("C", "Покровка"))
    assert {2} <= set(likeness), "names with it inside are found too"


@pytest.mark.parametrize(
    ("former", "now"),
    [("Дніпропетровськ", "Дніпро"), ("кіровоград", "Кропивницький"), ("Сєвєродонецьк", "Сіверськодонецьк")],
)
def test_a_former_name_finds_the_city_of_today(former: str, now: str) -> None:
    found = find(former)[0]
    assert (found.territory.name, found.former.casefold()) == (now, former.casefold())
    assert len({one.territory.pk for one in find(former)}) == len(find(former))


@pytest.mark.parametrize(
    "code", [KYIV, "уа80000000000093317", " UA80 000000 0000 93317", "УА80000000000093317", "ua80\u200b000000000093317"]
)
def test_a_code_is_found_however_it_is_typed(code: str) -> None:
    assert [found.territory.name for found in find(code)] == ["Київ"]


def test_the_beginning_of_a_code_finds_all_below() -> None:
    found = find("УА80", 100)
    assert [one.territory.name for one in found][:1] == ["Київ"]
    assert len(found) == 11


@pytest.mark.parametrize("text", ["", "  ", "\0", "%", "_", "'; drop table", "я" * 10_000, "\\", "UA00", "😀"])
def test_odd_texts_find_nothing(text: str) -> None:
    assert find(text) == []


def test_limits_are_kept() -> None:
    assert (len(find("а", 3)), find("а", 0), find("а", -5)) == (3, [], [])
    assert len(find("а", 10**9)) == 500


def test_the_path_leads_from_the_oblast_down() -> None:
    assert [territory.name for territory in path_of("UA12100070010038698")] == [
        "Дніпропетровська", "Самарівський", "Самарівська", "Самар",
    ]  # fmt: skip
    assert path_of("UA99") == []


def test_children_are_by_name_and_the_top_has_27() -> None:
    assert children_of(None).count() == 27
    names = [territory.name for territory in children_of(KYIV)]
    assert names[0] == "Голосіївський"
    assert len(names) == 10


def test_looking_up_feels_instant() -> None:
    texts = ["київ", "а", "нов", "дніпро", "UA80", "село Андріївка", "таких-немає"]
    find("київ")
    begun = time.process_time()
    for text in texts:
        find(text)
    assert (time.process_time() - begun) / len(texts) < 0.1


def test_names_stand_in_the_order_of_the_alphabet() -> None:
    names = [territory.name for territory in children_of(None)]
    assert names[:4] == ["Автономна Республіка Крим", "Вінницька", "Волинська", "Дніпропетровська"]
    assert names.index("Запорізька") < names.index("Івано-Франківська") < names.index("Київ")
