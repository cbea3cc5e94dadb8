"""Takes values out of a TOML document by key, and notes every value that does not fit, with the key where it stands."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from mirylo.core.faults import N_, Fault
from mirylo.sources.raw_rows import nearest


class Section:
    """A table of the document being read: takes values out by key and notes what is wrong with them."""

    def __init__(
        self, table: Mapping[str, object], name: str, path: str, faults: list[Fault], known: Sequence[str] | None
    ) -> None:
        """`known` are the keys there may be; none where any may stand."""
        self.table, self.name, self.path, self.faults = table, name, path, faults
        for key in table if known is not None else ():
            if key not in (known or ()):
                problem = N_("there is no such column") if path == "columns" else N_("there is no such key")
                self.fault(key, problem, N_("The nearest are: {nearest}."), nearest=nearest(key, known or ()))

    def fault(self, key: str, problem: str, remedy: str, **values: object) -> None:
        """Note a mistake at a key."""
        place = ".".join(part for part in (self.path, key) if part)
        self.faults.append(Fault(f"{self.name}, {place}", problem, remedy, values))

    def take(self, key: str, kind: type, expected: str, **values: object) -> object | None:
        """The value of a key if it is of that kind; none, and a note, if it is not."""
        value = self.table.get(key)
        if value is None:
            return None
        if not isinstance(value, kind) or (isinstance(value, bool | datetime) and kind in (int, date)):
            self.fault(key, N_("{value} does not fit"), expected, value=repr(value), **values)
            return None
        return value

    def text(self, key: str) -> str | None:
        """A text, or none."""
        value = self.take(key, str, N_("Write a text in quotation marks."))
        return value if isinstance(value, str) else None

    def whole(self, key: str) -> int | None:
        """A whole number, 0 or more, or none."""
        value = self.take(key, int, N_("Write a whole number."))
        if isinstance(value, int) and value < 0:
            self.fault(key, N_("{value} does not fit"), N_("Write 0 or more."), value=value)
            return None
        return value if isinstance(value, int) else None

    def flag(self, key: str) -> bool | None:
        """A yes or no, or none."""
        value = self.take(key, bool, N_("Write true or false."))
        return value if isinstance(value, bool) else None

    def day(self, key: str) -> date | None:
        """A date, or none."""
        value = self.take(key, date, N_("Write a date such as 2026-01-31, without quotation marks."))
        return value if isinstance(value, date) else None

    def days(self, key: str) -> tuple[date, ...]:
        """A list of dates."""
        days = self._list(key, date, N_("Write dates such as [2026-01-31], without quotation marks."))
        return tuple(day for day in days if isinstance(day, date))

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of texts."""
        if key not in self.table:
            return default
        texts = self._list(key, str, N_('Write a list of texts, such as ["", "-"].'))
        return tuple(text for text in texts if isinstance(text, str))

    def _list(self, key: str, kind: type, expected: str) -> Sequence[object]:
        value = self.take(key, list, expected)
        if isinstance(value, list) and all(isinstance(item, kind) and not isinstance(item, datetime) for item in value):
            return value
        if isinstance(value, list):
            self.fault(key, N_("{value} does not fit"), expected, value=repr(value))
        return ()

    def one_of(self, key: str, allowed: Iterable[str]) -> str | None:
        """A text that is one of a few, or none."""
        value, options = self.text(key), tuple(allowed)
        if value is not None and value not in options:
            expected = N_("Write one of: {options}.")
            self.fault(key, N_("{value} does not fit"), expected, value=repr(value), options=", ".join(options))
            return None
        return value

    def section(self, key: str, known: Sequence[str] | None = None) -> "Section":
        """A table inside this one; an empty one where there is none."""
        value = self.take(key, dict, N_("Write a table, such as [{table}]."), table=key)
        path = ".".join(part for part in (self.path, key) if part)
        return Section(value if isinstance(value, dict) else {}, self.name, path, self.faults, known)

    def tables(self, key: str, known: Sequence[str]) -> "list[Section]":
        """A list of tables."""
        tables = self._list(key, dict, N_("Write a list of tables."))
        place = ".".join(part for part in (self.path, key) if part)
        return [
            Section(table, self.name, f"{place}[{number}]", self.faults, known)
            for number, table in enumerate(tables, start=1)
            if isinstance(table, dict)
        ]
