"""Jobs for tests: they write what they do into the folder of the installation."""

import os
import time
from pathlib import Path

from django.conf import settings


def _attempts(name: str) -> Path:
    path = Path(settings.FOLDER) / name
    with path.open("a") as opened:
        opened.write(f"{os.getpid()}\n")
    return path


def fail_once() -> None:
    """Raise the first time."""
    if len(_attempts("failing").read_text().split()) == 1:
        raise ValueError("as planned")


def hang_once() -> None:
    """Work on and on the first time, until somebody kills the worker."""
    if len(_attempts("hanging").read_text().split()) == 1:
        time.sleep(600)
