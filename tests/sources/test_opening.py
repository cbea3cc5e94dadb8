"""Tests of recognising files: kind and encoding come from the content, and what is not whole is refused."""

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from mirylo.core.faults import FaultsFoundError
from mirylo.sources.opening import FileKind, OpenedFile, open_at_sight, open_file

UKRAINIAN = "Номер;Дата реєстрації;Послуга\n1;2026-01-31;Видача довідки, її дублікат\n" * 5


def opened(tmp_path: Path, content: bytes, name: str = "log.bin", encoding: str | None = None) -> OpenedFile:
    path, scratch = tmp_path / name, tmp_path / "scratch"
    path.write_bytes(content)
    scratch.mkdir(exist_ok=True)
    return open_file(path, scratch, encoding)


def fault_of(tmp_path: Path, content: bytes, encoding: str | None = None) -> str:
    with pytest.raises(FaultsFoundError) as found:
        opened(tmp_path, content, encoding=encoding)
    return str(found.value)


def zipped(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for name in names:
            packed.writestr(name, "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"a,b\n1,2\n", FileKind.CSV),
        (b'{"a": 1}\n', FileKind.JSON),
        (b' \n[\n {"a": 1}]', FileKind.JSON),
        (b"[link],b\n1,2\n", FileKind.CSV),
        (b"<?xml version='1.0'?><log/>", FileKind.XES),
        (b"PAR1....PAR1", FileKind.PARQUET),
        (zipped("xl/workbook.xml"), FileKind.XLSX),
    ],
    ids=lambda value: value if isinstance(value, FileKind) else "",
)
def test_content_decides_the_kind_not_the_name(tmp_path: Path, content: bytes, kind: FileKind) -> None:
    assert opened(tmp_path, content, "log.txt").kind is kind
    assert opened(tmp_path, gzip.compress(content), "log.csv").kind is kind


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("cp1251", "cp1251"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32"),
    ],
)
def test_encodings_are_recognised_and_written_anew(tmp_path: Path, encoding: str, found: str) -> None:
    file = opened(tmp_path, UKRAINIAN.encode(encoding))
    assert file.encoding == found
    assert file.path.read_text(encoding="utf-8-sig") == UKRAINIAN


@pytest.mark.parametrize("encoding", ["cp1251", "koi8_u", "cp1125"])
def test_capital_letters_are_recognised(tmp_path: Path, encoding: str) -> None:
    text = "НОМЕР;ПОСЛУГА\n1;РЕЄСТРАЦІЯ МІСЦЯ\n2;ВИДАЧА ДОВІДКИ\n"
    assert opened(tmp_path, text.encode(encoding)).path.read_text(encoding="utf-8") == text


def test_broken_bytes_in_a_utf8_text_leave_it_utf8(tmp_path: Path) -> None:
    """One bad byte must not turn a whole Ukrainian text into another alphabet: its row is refused later."""
    assert opened(tmp_path, UKRAINIAN.encode() + b"2;\xff;x\n").encoding == "utf-8"


@pytest.mark.parametrize("cut", [1, 8, 9, 200])
def test_a_torn_gzip_file_is_refused(tmp_path: Path, cut: int) -> None:
    whole = gzip.compress("\n".join(map(str, range(10_000))).encode())
    assert "torn or damaged" in fault_of(tmp_path, whole[:-cut])


def test_a_damaged_gzip_file_is_refused(tmp_path: Path) -> None:
    whole = bytearray(gzip.compress("\n".join(map(str, range(10_000))).encode()))
    whole[-6] ^= 1
    assert "torn or damaged" in fault_of(tmp_path, bytes(whole))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"  \n\n", "the file is empty"),
        (gzip.compress(b""), "the file is empty"),
        (b"<!DOCTYPE html><html>Log in</html>", "web page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old XLS workbook"),
        (zipped("a.csv"), "no whole XLSX workbook"),
        (zipped("xl/workbook.xml")[:20], "no whole XLSX workbook"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", "no text, workbook or Parquet file"),
        (b"\0\1\2", "no text, workbook or Parquet file"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",  # packed bytes hold the second of their packing
)
def test_what_cannot_be_read_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    assert said in fault_of(tmp_path, content)


@pytest.mark.parametrize("name", ["log.xes", "log.XES.gz", "log.ndjson", "log.xlsx", "log.parquet"])
def test_a_file_that_is_not_what_its_name_says_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(FaultsFoundError, match=f"{name}: by its name this is .*end its name in .csv"):
        opened(tmp_path, b"number,at\n1,2026-01-05\n", name)
    assert open_at_sight(tmp_path / name) is None


def test_an_encoding_that_is_named_is_taken_at_its_word(tmp_path: Path) -> None:
    text = "назва\nїжак\n"
    assert opened(tmp_path, text.encode("koi8-u"), encoding="koi8-u").path.read_text(encoding="utf-8") == text
    assert "log.bin, line 1 or after: bytes that are no text in ascii" in fault_of(tmp_path, text.encode(), "ascii")
    assert "there is no encoding utf-9" in fault_of(tmp_path, b"a\n", "utf-9")
    assert "there is no encoding zlib" in fault_of(tmp_path, b"a\n", "zlib")


def test_a_folder_and_a_missing_file_are_named(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for name, said in (("folder", "this is a folder"), ("nothing.csv", "there is no such file")):
        with pytest.raises(FaultsFoundError, match=said):
            open_file(tmp_path / name, tmp_path)


def test_western_text_is_not_taken_for_cyrillic(tmp_path: Path) -> None:
    text = "nummer;afdeling\n1;Coördinatie België\n2;één café in Curaçao, reünie\n" * 3
    file = opened(tmp_path, text.encode("cp1252"))
    assert file.path.read_text(encoding="utf-8") == text
