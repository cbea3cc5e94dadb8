"""The ruler shows a value where it stands, and on the right side of its target however narrow it is."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirylo.core.methodology.model import Direction, Unit
from mirylo.display.language import speaking
from mirylo.display.ruler import Ruler, draw_ruler, scale_for, write_ruler

SHARE = Ruler(Unit.PER_CENT, 0.5, 1.0, 0.837, 0.787, 0.876, Decimal("0.95"), Direction.HIGHER, 0.91)


def test_the_drawing_holds_every_mark_and_names_its_ends() -> None:
    with speaking("uk"):
        svg = draw_ruler(SHARE, "headline")
    for mark in ("ruler-needle", "ruler-band", "ruler-target", "ruler-median", "ruler-tick"):
        assert f'class="{mark}"' in svg
    assert 'x="67.4%"' in svg
    assert 'aria-label="83,7\u00a0%; ціль ≥\u202f95\u00a0%; у подібних 91,0\u00a0%"' in svg
    assert ">50\u00a0%<" in svg
    assert ">100\u00a0%<" in svg


def test_without_a_number_only_the_scale_is_drawn() -> None:
    empty = Ruler(Unit.PER_CENT, 0.0, 1.0, None, target=Decimal("0.95"))
    assert "ruler-needle" not in draw_ruler(empty)
    assert "◆" not in write_ruler(empty)


@given(st.floats(0, 1), st.decimals("0.001", "0.999", places=3), st.integers(8, 60))
def test_the_text_ruler_keeps_value_and_target_apart(value: float, target: Decimal, width: int) -> None:
    exact = Decimal(repr(value))
    written = write_ruler(Ruler(Unit.PER_CENT, 0.0, 1.0, value, target=target), width)
    assert len(written) == width
    needle, notch = written.index("◆"), written.find("╿")
    if exact < target and needle < width - 1:
        assert needle < notch
    if exact > target and needle > 0:
        assert -1 < notch < needle


@given(st.sampled_from(list(Unit)), st.lists(st.floats(0, 1), min_size=1))
def test_a_scale_holds_every_value(unit: Unit, values: list[float]) -> None:
    start, end = scale_for(unit, values)
    assert start <= min(values)
    assert max(values) <= end


@pytest.mark.parametrize(
    ("values", "scale"),
    [([0.95, 0.96], (0.8, 1.0)), ([0.72, 0.95], (0.5, 1.0)), ([0.3, 0.95], (0.0, 1.0)), ([0.03], (0.0, 0.1))],
)
def test_a_scale_of_shares_is_as_long_as_it_must_be(values: list[float], scale: tuple[float, float]) -> None:
    assert scale_for(Unit.PER_CENT, values) == scale
