"""The made-up measurement, for whatever shows it."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from mirylo.display.measurement import Measurement


@pytest.fixture(scope="session")
def sample() -> ModuleType:
    """The module that makes cells up."""
    spec = importlib.util.spec_from_file_location("display_sample", Path(__file__).with_name("sample.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def measurement(sample: ModuleType) -> Measurement:
    """A measurement with every kind of cell."""
    found: Measurement = sample.measured()
    return found
