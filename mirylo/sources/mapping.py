"""Says how the columns of a file become the columns that Mirylo knows, as a person wrote it down for her system."""

import hashlib
from collections import abc
from dataclasses import dataclass, field
from datetime import date, datetime

from mirylo.core.methodology.model import Column
from mirylo.core.rules import Rules
from mirylo.engines.records import RECORDS

Constant = str | int | bool | date | datetime


@dataclass(frozen=True)
class ColumnRule:
    """How one column is filled: from a column of the file, from several joined, or by a constant.

    `values` maps what stands in the file to what is meant; `otherwise` is meant by all other values. `true_values` mean
    yes, and all others no. `none` are the values that mean that there is nothing; without it, those of the mapping.
    `format` reads dates (strptime), `unit` tells what plain numbers in a column of durations are.
    """

    columns: tuple[str, ...] = ()
    join: str = " "
    constant: Constant | None = None
    values: abc.Mapping[str, str | bool] = field(default_factory=dict)
    otherwise: str | bool | None = None
    true_values: tuple[str, ...] = ()
    none: tuple[str, ...] | None = None
    format: str | None = None
    unit: str = "seconds"


@dataclass(frozen=True)
class FileRule:
    """What cannot be recognised in the file itself; all empty, as a rule."""

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int | None = None


@dataclass(frozen=True)
class Mapping:
    """A mapping, checked: what a row is, how each column is filled, and the rules by which cases are then judged."""

    rows: str
    columns: abc.Mapping[str, ColumnRule]
    rules: Rules
    types: abc.Mapping[str, str] = field(default_factory=dict)
    """What the source calls an activity, to the event type that it is."""
    none: tuple[str, ...] = ("",)
    time_format: str | None = None
    on: date | None = None
    as_of: date | None = None
    earliest: date = date(1991, 1, 1)
    latest: date = date(2100, 12, 31)
    not_negative: tuple[str, ...] = ()
    """Columns of the file in which a negative number is a flaw of the row."""
    file: FileRule = FileRule()
    text: str = ""
    """The mapping as it was written, which is part of what the facts are made of."""

    @property
    def known(self) -> abc.Mapping[str, Column]:
        """The columns that rows of this kind can fill, by name."""
        return {column.name: column for column in RECORDS[self.rows]}

    @property
    def event_types(self) -> frozenset[str] | None:
        """The event types that the source can tell; none where it uses the types of Mirylo itself."""
        if "type" not in self.columns:
            return frozenset({"other"})
        return frozenset({*self.types.values(), "other"}) if self.types else None

    @property
    def wanted(self) -> abc.Mapping[str, str]:
        """Columns of the file that the mapping names, to the key that names them."""
        named = {name: f"columns.{key}" for key, rule in self.columns.items() for name in rule.columns}
        return {**dict.fromkeys(self.not_negative, "checks.not_negative"), **named}

    @property
    def digest(self) -> str:
        """SHA-256 of the mapping as written."""
        return hashlib.sha256(self.text.encode()).hexdigest()
