"""A lake and a folder of results for each test."""

from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, settings: Settings) -> Path:
    settings.LAKE = tmp_path / "facts"
    settings.RESULTS = tmp_path / "results"
    return tmp_path
