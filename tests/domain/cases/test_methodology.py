"""The methodology is loaded again when its files change, and one with mistakes changes nothing."""

import logging
import shutil
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from mirylo.core.faults import FaultsFoundError
from mirylo.core.methodology.loading import load
from mirylo.core.methodology.model import Methodology
from mirylo.domain.cases import methodology
from mirylo.domain.cases.methodology import current_methodology, methodology_with_edition


@pytest.fixture
def folder(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(settings.METHODOLOGY, tmp_path / "methodology")
    settings.METHODOLOGY = tmp_path / "methodology"
    monkeypatch.setattr(methodology, "LOOK_EVERY", 0.0)
    return settings.METHODOLOGY


def test_it_is_loaded_once_and_again_when_a_file_changes(folder: Path) -> None:
    first, edition = methodology_with_edition()
    assert current_methodology() is first
    assert len(edition) <= 40
    path = folder / "registered.yaml"
    path.write_text(path.read_text() + "\n# nothing new\n")
    assert current_methodology() is not first
    assert methodology_with_edition()[1] != edition
    (folder / "withdrawn_share.yaml").unlink()
    assert current_methodology().indicator("withdrawn_share") is None


def test_an_edition_is_that_of_the_files_that_were_loaded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody copies new files while they are loaded: what was loaded and the mark of its files belong together."""

    def load_and_change(*given: Any) -> Methodology:
        loaded = load(*given)
        monkeypatch.setattr(methodology, "load", load)
        path = folder / "withdrawn_share.yaml"
        path.write_text(path.read_text().replace("Частка відкликаних справ", "Нова назва"))
        return loaded

    monkeypatch.setattr(methodology, "load", load_and_change)
    changed, edition = methodology_with_edition()
    monkeypatch.setattr(methodology, "_loaded", None)
    assert methodology_with_edition()[1] == edition
    indicator = changed.indicator("withdrawn_share")
    assert indicator is not None
    assert indicator.title.uk == "Нова назва"


def test_mistakes_that_come_later_leave_the_last_good_state_in_force(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    good = current_methodology()
    (folder / "registered.yaml").write_text("code: [")
    with caplog.at_level(logging.ERROR):
        assert current_methodology() is good
        assert current_methodology() is good
    assert len(caplog.records) == 1, "told once"
    assert "registered.yaml" in caplog.text


def test_mistakes_from_the_start_are_told(folder: Path, settings: Settings) -> None:
    (folder / "methodology.yaml").unlink()
    settings.METHODOLOGY = folder.rename(folder.with_name("broken"))
    with pytest.raises(FaultsFoundError, match=r"methodology\.yaml"):
        current_methodology()
