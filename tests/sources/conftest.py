"""Small files to be read, written where the test wants them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mirylo.core.faults import FaultsFoundError
from mirylo.sources.loading import Loaded, load
from mirylo.sources.mapping_file import parse_mapping

CASES = """
rows = "cases"
[columns]
number = "number"
registered_at = "opened"
ready_at = "closed"
"""

Load = Callable[..., Loaded]


@pytest.fixture
def load_text(tmp_path: Path) -> Load:
    """Load a text or bytes as a file by a mapping (that of CASES unless given)."""

    def load_it(content: str | bytes, mapping: str = CASES, name: str = "log.csv") -> Loaded:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return load([path], parse_mapping(mapping))

    return load_it


@pytest.fixture
def fault_of(load_text: Load) -> Callable[..., str]:
    """What loading complains of, in English."""

    def find(*args: object, **named: object) -> str:
        with pytest.raises(FaultsFoundError) as found:
            load_text(*args, **named)
        return str(found.value)

    return find
