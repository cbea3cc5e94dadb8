"""Where centres stand, who decides for them, and that the codifier is read whole."""

import re

import numpy as np
import pytest

from mirylo.core.codes import Edrpou
from mirylo.simulation.catalogue import read_catalogue
from mirylo.simulation.country import KINDS, build_country
from mirylo.simulation.territories import read_territories


def test_the_codifier_is_whole() -> None:
    """25 regions, two cities, 136 raions and 1,772 communities."""
    names = read_territories().names
    assert len(names) == 27 + 136 + 1772
    assert names["UA80000000000093317"] == "Київ"
    assert not [name for name in names.values() if name != name.strip()]


def test_every_region_but_the_occupied_has_a_centre() -> None:
    """Crimea and Sevastopol have none unless they are asked for."""
    usual = {centre.hromada.oblast[2:4] for centre in build_country(1, 60).centres}
    assert len(usual) == 25
    assert not usual & {"01", "85"}
    assert len({centre.hromada.oblast for centre in build_country(1, 60, all_regions=True).centres}) == 27


@pytest.mark.parametrize("count", [1, 2, 24, 26, 300])
def test_as_many_centres_as_asked_for(count: int) -> None:
    """However few or many there are, each has a code of its own and a part of the load."""
    country = build_country(3, count)
    assert len({centre.code for centre in country.centres}) == count == len(country.weights)
    assert (country.weights > 0).all()


def test_large_regions_have_more_centres_and_all_kinds_occur() -> None:
    """Kyiv outweighs Luhansk by far."""
    country = build_country(1, 500)
    of = [centre.hromada.oblast[2:4] for centre in country.centres]
    assert of.count("80") > 25 > 5 > of.count("44")
    kinds = [centre.kind for centre in country.centres]
    assert set(kinds) == set(KINDS)
    assert kinds.count("centre") > kinds.count("unit") > kinds.count("mobile")


def test_a_city_with_special_status_is_its_own_community() -> None:
    """Kyiv lies in no raion."""
    [hromada] = {centre.hromada for centre in build_country(1, 100).centres if centre.hromada.oblast[2:4] == "80"}
    assert (hromada.raion, hromada.code) == (None, hromada.oblast)


def test_codes_look_right_and_are_no_real_ones() -> None:
    """Services have five digits; providers eight with the right check digit, in a range that nobody was given."""
    country = build_country(1, 60)
    assert all(re.fullmatch(r"\d{5}", service.code) for service in country.catalogue.services)
    for code, _ in country.providers:
        assert str(Edrpou.parse(code)) == code
        assert code.startswith("98")


def test_the_catalogue_makes_sense() -> None:
    """Shares are shares, and services have both names."""
    services = read_catalogue().services
    assert len({service.code for service in services}) == len(services) >= 60
    for service in services:
        assert service.uk != service.en
        shares = (service.refused, service.returned, service.withdrawn, service.extended, service.online)
        assert all(0 <= share < 0.7 for share in shares)


def test_some_systems_fall_silent_each_year_and_not_the_same() -> None:
    """About an eighth of them, for one to five weeks."""
    country = build_country(1, 500)
    silences = {year: np.diff(country.silences(year), axis=0)[0] + 1 for year in (2024, 2025)}
    for days in silences.values():
        assert 30 < (days > 0).sum() < 100
        assert days.max() <= 36
    assert (silences[2024] != silences[2025]).any()
