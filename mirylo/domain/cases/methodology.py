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


def methodology_edition() -> str:
    """The version of the methodology in force and a mark of what its files say, at most 40 characters."""
    return _look().edition


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
    state = _state(folder)
    methodology = load(folder, FACT_TABLES)
    content = hashlib.sha256()
    for path in sorted(folder.glob("*.yaml")):
        content.update(f"{path.name}\n{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return _Loaded(folder, state, now, methodology, f"{methodology.version[:27]}+{content.hexdigest()[:12]}")


def _state(folder: Path) -> tuple[tuple[str, int, int], ...]:
    stats = [(path.name, path.stat()) for path in sorted(folder.glob("*.y*ml"))]
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)
