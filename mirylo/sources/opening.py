"""Finds out what kind of file a file really is, and gets it ready to be read: unpacked, whole, and in UTF-8.

The content decides, not the name. A packed file is unpacked to its end first, because an engine that reads a torn gzip
file stops without a word. Text in another encoding is written anew in UTF-8 beside, in the folder given.
"""

import codecs
import gzip
import os
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from charset_normalizer import from_bytes

from mirylo.core.faults import N_, Fault, FaultsFoundError

CHUNK = 1 << 20
LARGEST_RATIO = 300
"""A gzip file that grows more than this, and over a gigabyte, is made to fill a disk."""

CYRILLIC = ("cp1251", "koi8_u", "cp1125", "mac_cyrillic")
"""The first is what office programs of Ukraine write; it wins where the letters do not tell."""

BY_FREQUENCY = "оанивітерсклудмпязьбгчйхжїюцшєщфґ"

WESTERN = ["cp1252", "cp1250", "iso8859_2", "latin_1"]

FEW = 10
"""Fewer bytes beyond ASCII than this show no language."""

PLAUSIBLE_UTF8 = 0.95
"""From this share of good characters on, a text is UTF-8 with broken bytes in it, and not of another encoding."""


class FileKind(StrEnum):
    """The kinds of files that can be read."""

    CSV = "csv"
    XES = "xes"
    JSON = "json"
    XLSX = "xlsx"
    PARQUET = "parquet"


ENDINGS = {
    ".xes": FileKind.XES,
    ".xml": FileKind.XES,
    ".json": FileKind.JSON,
    ".ndjson": FileKind.JSON,
    ".jsonl": FileKind.JSON,
    ".xlsx": FileKind.XLSX,
    ".parquet": FileKind.PARQUET,
}
"""What the ending of a name promises. Every other file may be CSV, which has no sign to know it by."""


@dataclass(frozen=True)
class OpenedFile:
    """A file ready to be read: `name` is what the user called it, `path` where to read (it may be a copy)."""

    name: str
    path: Path
    kind: FileKind
    encoding: str = ""
    """The encoding that the text came in; empty for files that are no text."""


def open_file(path: Path, folder: Path, encoding: str | None = None) -> OpenedFile:
    """Recognise a file and get it ready. Copies go to `folder`. FaultsFoundError for what cannot be read at all."""
    name = path.name
    check_is_there(path)
    if _start(path).startswith(b"\x1f\x8b"):
        path = unpack(path, folder)
    kind = _binary_kind(path, name)
    if kind is not None:
        return OpenedFile(name, path, kind)
    encoding = _checked(encoding, name) if encoding else recognise_encoding(path, name)
    kind = _text_kind(_start(path, 65_536).decode(encoding, "replace"), name)
    promised = _promised(name)
    if kind is FileKind.CSV and promised is not None:
        raise fault(
            name,
            N_("by its name this is {kind}, but it does not begin as one"),
            N_("Export it again; if it is CSV, end its name in .csv."),
            kind=promised.upper(),
        )
    if kind is FileKind.XES:
        return OpenedFile(name, path, kind, encoding)  # XML says its encoding itself
    if encoding not in ("utf-8", "utf-8-sig"):
        path = transcode(path, folder, encoding, name)
    return OpenedFile(name, path, kind, encoding)


def open_at_sight(path: Path) -> OpenedFile | None:
    """The file as it lies there, if it begins as plain CSV in UTF-8 with line feeds; none if a closer look is due."""
    if not path.is_file() or _promised(path.name) is not None:
        return None
    start = _start(path, CHUNK)
    if (
        not start
        or start.startswith((b"\x1f\x8b", b"PAR1", b"PK", codecs.BOM_UTF8))
        or b"\r" in start
        or b"\0" in start
    ):
        return None
    try:
        text = codecs.getincrementaldecoder("utf-8")("strict").decode(start)
    except UnicodeDecodeError:
        return None
    if text.lstrip()[:1] in ("", "{", "[", "<"):
        return None
    return OpenedFile(path.name, path, FileKind.CSV, "utf-8")


def check_is_there(path: Path) -> None:
    """Raise unless there is a readable file with something in it."""
    problem = None
    if not path.exists():
        problem = N_("there is no such file")
    elif path.is_dir():
        problem = N_("this is a folder, not a file")
    elif not path.is_file():
        problem = N_("this is not an ordinary file")
    elif path.stat().st_size == 0:
        problem = N_("the file is empty")
    elif not os.access(path, os.R_OK):
        problem = N_("the file may not be read")
    if problem:
        raise fault(path.name, problem, N_("Check the path."))


def unpack(path: Path, folder: Path) -> Path:
    """Unpack a gzip file to its very end, which proves that it is whole."""
    target = folder / f"{len(list(folder.iterdir()))}-unpacked"
    limit = max(1 << 30, path.stat().st_size * LARGEST_RATIO)
    written = 0
    try:
        with gzip.open(path) as packed, target.open("wb") as plain:
            while chunk := packed.read(CHUNK):
                written += plain.write(chunk)
                if written > limit:
                    raise fault(
                        path.name, N_("unpacks to more than {n} times its size"), N_("Unpack it by hand."), n=limit
                    )
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise fault(
            path.name,
            N_("the gzip file is torn or damaged ({detail})"),
            N_("Copy or download it again."),
            detail=error,
        ) from None
    if not written:
        raise fault(path.name, N_("the file is empty"), N_("Check the path."))
    return target


def recognise_encoding(path: Path, name: str) -> str:
    """The encoding of a text file: by its byte order mark, else UTF-8 where it is valid, else the likeliest one."""
    start = _start(path, 4096)
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if start.startswith(mark):
            return encoding
    # Two-byte characters without a mark: the high byte is 0 for Latin letters and digits, 4 for Cyrillic letters.
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        high = start[first::2]
        if 0 in high and (high.count(0) + high.count(4)) * 10 > len(high) * 9 and 0 not in start[1 - first :: 2]:
            return encoding
    if b"\0" in start:
        raise fault(
            name,
            N_("this is no text, workbook or Parquet file"),
            N_("Export it as CSV, XES, NDJSON, XLSX or Parquet."),
        )
    broken = _first_broken(path)
    return "utf-8" if broken is None else _likeliest_encoding(broken, name)


def _first_broken(path: Path) -> bytes | None:
    """None for a file that is UTF-8 to its end, else the piece around the first bytes that are not."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    with path.open("rb") as file:
        before = b""
        for chunk in iter(lambda: file.read(CHUNK), b""):
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                return before[-CHUNK // 2 :] + chunk + file.read(CHUNK // 2)
            before = chunk
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return before
    return None


def _likeliest_encoding(sample: bytes, name: str) -> str:
    """The encoding of bytes that are not UTF-8: UTF-8 with a few broken bytes, Cyrillic, or a western one."""
    as_utf8 = sample.decode("utf-8", "replace")
    broken, foreign = as_utf8.count("\N{REPLACEMENT CHARACTER}"), sum(char > "\x7f" for char in as_utf8)
    if foreign and 1 - broken / foreign >= PLAUSIBLE_UTF8:
        return "utf-8"
    if foreign < FEW:
        return CYRILLIC[0]
    if _is_in_runs(sample):
        return max(CYRILLIC, key=lambda encoding: _commonness(sample.decode(encoding, "replace")))
    best = from_bytes(sample, cp_isolation=WESTERN).best()
    if best is None:
        raise fault(
            name, N_("the encoding of the text was not recognised"), N_("Write encoding under [file] in the mapping.")
        )
    return best.encoding


def _is_in_runs(sample: bytes) -> bool:
    """Whether bytes beyond ASCII stand side by side, as in Cyrillic words; in western words they stand alone."""
    runs = [len(run) for run in re.findall(rb"[\x80-\xff]+", sample)]
    return sum(length for length in runs if length > 1) * 3 > sum(runs) * 2


def _commonness(text: str) -> int:
    """How common the letters of a text are in Ukrainian, by their rank: a wrong alphabet gives rare ones."""
    return sum(len(BY_FREQUENCY) - BY_FREQUENCY.index(char) for char in text.casefold() if char in BY_FREQUENCY)


def transcode(path: Path, folder: Path, encoding: str, name: str) -> Path:
    """Write the text anew in UTF-8, line ends untouched."""
    target = folder / f"{len(list(folder.iterdir()))}-utf8"
    line = 1
    with target.open("wb") as plain:
        try:
            for text in _decoded(path, encoding):
                line += text.count("\n")
                plain.write(text.encode())
        except (UnicodeDecodeError, UnicodeEncodeError) as error:
            raise fault(
                f"{name}, line {line} or after",
                N_("bytes that are no text in {encoding}"),
                N_("Write the true encoding under [file] in the mapping."),
                encoding=encoding,
            ) from error
    return target


def _decoded(path: Path, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with path.open("rb") as file:
        for chunk in iter(lambda: file.read(CHUNK), b""):
            yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def _checked(encoding: str, name: str) -> str:
    """The name of an encoding as Python writes it; a fault where there is none of that name."""
    try:
        found = codecs.lookup(encoding).name
        "".encode(found)  # a codec that turns bytes into bytes, such as zlib, is no encoding
    except LookupError:
        raise fault(
            name, N_("there is no encoding {encoding}"), N_("Write utf-8, cp1251 or utf-16."), encoding=encoding
        ) from None
    return found


def _binary_kind(path: Path, name: str) -> FileKind | None:
    """The kind of a file that is no text, by its first bytes; none for text."""
    start = _start(path)
    if start.startswith(b"PAR1"):
        return FileKind.PARQUET
    if start.startswith(b"PK\x03\x04"):
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                if "xl/workbook.xml" in packed.namelist():
                    return FileKind.XLSX
        raise fault(name, N_("a zip file that is no whole XLSX workbook"), N_("Unpack it, or copy it again."))
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise fault(name, N_("an old XLS workbook"), N_("Open it and save it as XLSX or CSV."))
    return None


def _promised(name: str) -> FileKind | None:
    """The kind of file that the ending of a name promises, that of packing left aside."""
    return ENDINGS.get(Path(name.lower().removesuffix(".gz")).suffix)


def _text_kind(text: str, name: str) -> FileKind:
    """The kind of a text file, by how it begins."""
    text = text.lstrip("\ufeff \t\r\n")
    if text.startswith("{") or (text.startswith("[") and text[1:].lstrip().startswith(("{", "]"))):
        return FileKind.JSON
    if text[:15].lower().startswith(("<!doctype html", "<html")):
        raise fault(name, N_("this is a web page, not a log"), N_("Download the file itself; a login may be needed."))
    if text.startswith("<"):
        return FileKind.XES
    if not text:
        raise fault(name, N_("the file is empty"), N_("Check the path."))
    return FileKind.CSV


def _start(path: Path, size: int = 8) -> bytes:
    with path.open("rb") as file:
        return file.read(size)


def fault(place: str, problem: str, remedy: str, **values: object) -> FaultsFoundError:
    """A single fault, to be raised."""
    return FaultsFoundError([Fault(place, problem, remedy, values)])
