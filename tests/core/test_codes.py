"""Codes: every row of the codifier, EDRPOU codes of well-known bodies, and the slips that spreadsheets make."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirylo.core.codes import (
    Edrpou,
    InvalidCodeError,
    InvalidEdrpouError,
    InvalidKatottgError,
    InvalidServiceCodeError,
    Katottg,
    ServiceCode,
    TerritoryLevel,
)

LEVELS = {
    "O": TerritoryLevel.OBLAST,
    "K": TerritoryLevel.OBLAST,
    "P": TerritoryLevel.RAION,
    "H": TerritoryLevel.HROMADA,
    "M": TerritoryLevel.SETTLEMENT,
    "C": TerritoryLevel.SETTLEMENT,
    "X": TerritoryLevel.SETTLEMENT,
    "B": TerritoryLevel.DISTRICT,
}

WELL_KNOWN = {
    "00032129": "Ощадбанк",
    "14360570": "ПриватБанк",
    "21560045": "Укрпошта",
    "40075815": "Укрзалізниця",
    "43220851": "Міністерство цифрової трансформації",
}


@pytest.fixture(scope="module")
def codifier(shared: Path) -> list[dict[str, str]]:
    with (shared / "data/ua/katottg_2026-07-07.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# --- Territories -----------------------------------------------------------------------------------------------------


def test_every_territory_of_the_codifier_has_its_level(codifier):
    assert len(codifier) == 31_744
    for row in codifier:
        assert Katottg.parse(row["code"]).level == LEVELS[row["category"]] == int(row["level"]), row


def test_every_territory_lies_within_its_parent(codifier):
    for row in codifier:
        if row["parent"]:
            territory, parent = Katottg(row["code"]), Katottg(row["parent"])
            assert territory.is_within(parent), row
            assert not parent.is_within(territory), row


def test_prefixes_name_one_territory_each(codifier):
    territories = [Katottg(row["code"]) for row in codifier]
    of_level = Counter(territory.level for territory in territories)
    assert len({territory.oblast for territory in territories}) == of_level[TerritoryLevel.OBLAST] == 27
    assert len({territory.raion for territory in territories} - {None}) == of_level[TerritoryLevel.RAION] == 136
    assert len({territory.hromada for territory in territories} - {None}) == of_level[TerritoryLevel.HROMADA]


def test_parts_of_a_settlement():
    andriivka = Katottg("UA01020010010075540")
    assert (andriivka.oblast, andriivka.raion, andriivka.hromada) == ("UA01", "UA0102", "UA0102001")


def test_kyiv_has_districts_and_no_raion_and_no_community():
    kyiv, holosiivskyi = Katottg("UA80000000000093317"), Katottg("UA80000000000126643")
    assert (holosiivskyi.oblast, holosiivskyi.raion, holosiivskyi.hromada) == ("UA80", None, None)
    assert holosiivskyi.is_within(kyiv)
    assert not kyiv.is_within(Katottg("UA85000000000065278"))


def test_prypiat_is_a_settlement_right_under_its_oblast():
    prypiat = Katottg("UA32000000010085013")
    assert prypiat.level == TerritoryLevel.SETTLEMENT
    assert (prypiat.raion, prypiat.hromada) == (None, None)


def test_neighbours_do_not_lie_within_each_other():
    first, second = Katottg("UA01020010010075540"), Katottg("UA01020010020030666")
    assert first.is_within(first)
    assert not first.is_within(second)
    assert not first.is_within(Katottg("UA05000000000010236"))


@pytest.mark.parametrize(
    "text",
    [
        "УА01020010010075540",
        "uA01020010010075540",
        "уа01020010010075540",
        "UA 0102001001 0075540",
        "\ufeffUA01020010010075540",
    ],
)
def test_the_right_territory_is_offered(text):
    with pytest.raises(InvalidKatottgError, match=r"write UA01020010010075540$"):
        Katottg.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "UA",
        "UA0102001001007554",
        "UA010200100100755400",
        "0102001001",
        "UA00000000000000001",
        "UA0102001001007554О",
    ],
)
def test_what_is_no_territory_is_refused_without_a_guess(text):
    with pytest.raises(InvalidKatottgError) as caught:
        Katottg.parse(text)
    assert "write" not in str(caught.value)


# --- Legal entities --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", WELL_KNOWN)
def test_well_known_bodies(code):
    assert str(Edrpou.parse(f" {code}\n")) == code


def test_bodies_in_the_samples_of_sev_ovv(shared: Path):
    samples = [path.read_text("utf-8", errors="replace") for path in shared.glob("data/ua/sevovv/test_data/*.xml")]
    named = {code: name for text in samples for name, code in re.findall(r'fullname="([^"]*)"[^>]*ogrn="(\d+)"', text)}
    right = {name for code, name in named.items() if is_edrpou(code)}
    assert right == {"Міністерство інфраструктури України", "Укрпошта"}
    assert "Міністерство для тесту" in set(named.values()) - right


def is_edrpou(text: str) -> bool:
    try:
        Edrpou.parse(text)
    except InvalidEdrpouError:
        return False
    return True


def checking_digits(seven: str) -> list[str]:
    """The last digits with which seven digits make a code."""
    return [digit for digit in "0123456789" if is_edrpou(seven + digit)]


@given(st.integers(0, 9_999_999))
def test_seven_digits_have_one_check_digit(seven):
    assert len(checking_digits(f"{seven:07}")) == 1


@pytest.mark.parametrize(
    ("seven", "digit"),
    [
        ("0000005", "2"),  # 5 x 7 = 35 = 33 + 2
        ("0000003", "5"),  # remainder 10; then 3 x 9 = 27 = 22 + 5
        ("0000281", "0"),  # remainder 10 with both rows of weights
        ("2999999", "3"),  # 2 x 1 + 9 x 27 = 245 = 242 + 3
        ("3000000", "5"),  # 3 x 7 = 21, remainder 10; then 3 x 9 = 27 = 22 + 5
        ("3285596", "1"),  # from the tests of python-stdnum
        ("6000000", "6"),
    ],
)
def test_check_digits_by_hand(seven, digit):
    assert checking_digits(seven) == [digit]


@pytest.mark.parametrize("text", ["32129", " 32129", "000 32129", "32129.0"])
def test_zeros_that_a_spreadsheet_ate_are_offered(text):
    with pytest.raises(InvalidEdrpouError, match=r"write 00032129$"):
        Edrpou.parse(text)


@pytest.mark.parametrize("text", ["", "000321290", "0003212О", "٠٠٠٣٢١٢٩", "32128"])
def test_what_is_no_legal_entity_is_refused_without_a_guess(text):
    with pytest.raises(InvalidEdrpouError) as caught:
        Edrpou.parse(text)
    assert "write" not in str(caught.value)


# --- Services --------------------------------------------------------------------------------------------------------


def test_service_codes_keep_their_zeros():
    assert str(ServiceCode.parse(" 00034 ")) == "00034"


@pytest.mark.parametrize(("text", "right"), [("34", "00034"), ("0 0034", "00034"), ("1245.0", "01245")])
def test_the_right_service_is_offered(text, right):
    with pytest.raises(InvalidServiceCodeError, match=f"write {right}$"):
        ServiceCode.parse(text)


@pytest.mark.parametrize("text", ["", "000034", "00-34", "0003O", "٠٠٠٣٤"])
def test_what_is_no_service_is_refused_without_a_guess(text):
    with pytest.raises(InvalidServiceCodeError) as caught:
        ServiceCode.parse(text)
    assert "write" not in str(caught.value)


@given(st.text(max_size=20), st.sampled_from([Katottg, Edrpou, ServiceCode]))
def test_any_text_is_a_code_that_reads_back_or_is_refused(text, kind):
    try:
        code = kind.parse(text)
    except InvalidCodeError:
        return
    assert kind.parse(str(code)) == code
