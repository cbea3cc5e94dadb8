"""Tells on the pages what is being loaded, and how far it is, while a new installation fills itself.

Whoever loads writes a small file into the folder of the installation; who shows it only reads.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from mirylo.core.faults import N_
from mirylo.display.language import say
from mirylo.display.numbers import write_number

STEPS = {
    "codifier": N_("the codifier of territories"),
    "registers": N_("the registers of the made-up country"),
    "history": N_("events since the beginning of the year"),
}


@dataclass(frozen=True)
class Loading:
    """What is being loaded, in words, with how much is done where that is known."""

    said: str
    done: int
    whole: int
    counted: str


def tell_loading(step: str, done: int = 0, whole: int = 0) -> None:
    """Say that a step goes on; readers see the file whole or not at all."""
    path = _path()
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_text(json.dumps({"step": step, "done": done, "whole": whole}), "utf-8")
    os.replace(part, path)


def end_loading() -> None:
    """Say that nothing is being loaded any more."""
    _path().unlink(missing_ok=True)


def read_loading() -> Loading | None:
    """What is being loaded now."""
    try:
        told = json.loads(_path().read_text("utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    done, whole = told["done"], told["whole"]
    counted = say("{done} of {whole}", done=write_number(done), whole=write_number(whole)) if whole else ""
    return Loading(say(STEPS[told["step"]]), done, whole, counted)


def _path() -> Path:
    return Path(settings.FOLDER) / "loading.json"
