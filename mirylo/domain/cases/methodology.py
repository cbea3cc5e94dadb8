"""Keeps the methodology of this installation at hand: loaded once, and again as soon as its files change."""

import hashlib
import logging
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from mirylo.core.faults import FaultsFoundError
from mirylo.core.methodology.loading import load
from mirylo.core.methodology.model import Methodology
from mirylo.engines.tables import FACT_TABLES

LOOK_EVERY = 1.0
"""Seconds between two looks at the files: a look costs little, but many callers ask."""

log = logging.getLogger(__name__)


@dataclass
class _Loaded:
    """What was loaded, from which state of which files, and when they were looked at last."""

    folder: Path
    state: tuple[tuple[str, int, int], ...]
    looked: float
    methodology: Methodology
    edition: str


_loaded: _Loaded | None = None


def current_methodology() -> Methodology:
    """The methodology in force; FaultsFoundError if its files have mistakes and no state without them was seen.

    Mistakes that come later are written to the log, and the last good state stays in force.
    """
    return _look().methodology


def methodology_with_edition() -> tuple[Methodology, str]:
    """The methodology in force, with its version and a mark of what its files say, at most 40 characters.

    Both of one look: a run that was counted by one state of the files must not bear the mark of the next.
    """
    loaded = _look()
    return loaded.methodology, loaded.edition


def _look() -> _Loaded:
    global _loaded
    folder, now = Path(settings.METHODOLOGY), time.monotonic()
    if _loaded is not None and _loaded.folder == folder:
        if now - _loaded.looked < LOOK_EVERY:
            return _loaded
        _loaded.looked = now
        if _state(folder) == _loaded.state:
            return _loaded
    try:
        _loaded = _load(folder, now)
    except FaultsFoundError as faults:
        if _loaded is None or _loaded.folder != folder:
            raise
        log.error("the methodology has mistakes, the one before stays in force:\n%s", faults)
        _loaded.state = _state(folder)
    return _loaded


def _load(folder: Path, now: float) -> _Loaded:
    """Load the files, and once more if somebody was still changing them meanwhile."""
    while True:
        state = _state(folder)
        methodology = load(folder, FACT_TABLES)
        content = hashlib.sha256()
        for name, _, _ in state:
            content.update(f"{name}\n{hashlib.sha256((folder / name).read_bytes()).hexdigest()}\n".encode())
        if _state(folder) == state:
            return _Loaded(folder, state, now, methodology, f"{methodology.version[:27]}+{content.hexdigest()[:12]}")


def _state(folder: Path) -> tuple[tuple[str, int, int], ...]:
    stats = [(path.name, path.stat()) for path in sorted(folder.glob("*.y*ml"))]
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)
