"""A lake and a folder of results for each test, and a methodology that is counted quickly."""

import shutil
from pathlib import Path

import pytest
from pytest_django import Settings

SOME = ("registered", "overdue_open", "uncollected_open", "on_time_share_all", "withdrawn_share", "returned_share")


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, settings: Settings) -> Path:
    settings.LAKE = tmp_path / "facts"
    settings.RESULTS = tmp_path / "results"
    return tmp_path


@pytest.fixture(autouse=True)
def small_methodology(tmp_path: Path, settings: Settings) -> Path:
    """A few of the indicators that are shipped: stocks, and shares that look at the as-of date."""
    folder = tmp_path / "a few indicators"
    folder.mkdir()
    for code in SOME:
        shutil.copy(settings.METHODOLOGY / f"{code}.yaml", folder)
    frame, _, _ = (settings.METHODOLOGY / "methodology.yaml").read_text().partition("\nindex:")
    (folder / "methodology.yaml").write_text(frame + "\n")
    settings.METHODOLOGY = folder
    return folder
