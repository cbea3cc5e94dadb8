"""Reads JSON: one object a line, or one list of objects. What is nested becomes columns with dots in their names."""

from collections.abc import Iterator, Mapping

import duckdb
import msgspec

from mirylo.core.faults import N_
from mirylo.sources.memory_rows import RowsInMemory
from mirylo.sources.opening import OpenedFile, fault
from mirylo.sources.raw_rows import RawRows
from mirylo.sources.refusals import Refusal, shorten

DEEPEST = 8
"""Objects nested deeper than this stay JSON text: no log needs more, and a hostile line may hold thousands."""


def read_json(file: OpenedFile, connection: duckdb.DuckDBPyConnection) -> RawRows:
    """The rows of a JSON file, every value as text. A line that is no object is refused; a broken list is a fault."""
    gathered = RowsInMemory()
    with file.path.open("rb") as binary:
        is_list = binary.read(64).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"[")
    for number, found in _items(file) if is_list else _lines(file, gathered.refused):
        if isinstance(found, dict):
            gathered.add(dict(flatten(found)), number)
        else:
            counted = "record" if is_list else "line"
            gathered.refused.append(
                Refusal(file.name, number, counted, "unreadable_line", value=shorten(as_text(found) or "null"))
            )
    return gathered.finish(connection, file, "record" if is_list else "line")


def _lines(file: OpenedFile, refused: list[Refusal]) -> Iterator[tuple[int, object]]:
    decode = msgspec.json.Decoder().decode
    with file.path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            line = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            if not line.strip():
                continue
            try:
                found = decode(line)
            except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
                shown = shorten(line[:200].decode("utf-8", "replace").strip())
                refused.append(Refusal(file.name, number, "line", "unreadable_line", value=shown))
            else:
                yield number, found


def _items(file: OpenedFile) -> Iterator[tuple[int, object]]:
    try:
        items = msgspec.json.decode(file.path.read_bytes().removeprefix(b"\xef\xbb\xbf"), type=list[object])
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise fault(
            file.name, N_("the JSON is torn or damaged ({detail})"), N_("Export it again."), detail=error
        ) from None
    yield from enumerate(items, start=1)


def flatten(found: Mapping[str, object], before: str = "", depth: int = 1) -> Iterator[tuple[str, str | None]]:
    """Columns of an object: `{"case": {"id": 1}}` gives `case.id`; lists stay JSON text.

    >>> dict(flatten({"case": {"id": 1}, "tags": ["a"], "open": True}))
    {'case.id': '1', 'tags': '["a"]', 'open': 'true'}
    """
    for key, value in found.items():
        if isinstance(value, dict) and depth < DEEPEST:
            yield from flatten(value, f"{before}{key}.", depth + 1)
        else:
            yield before + key, as_text(value)


def as_text(value: object) -> str | None:
    """A value of JSON as text; none for null."""
    if value is None or isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode()
