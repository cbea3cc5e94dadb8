"""`mirylo measure` as somebody runs it: what it prints and writes, how it ends, and what it says when it cannot."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet
import pytest
from click.testing import CliRunner, Result

from mirylo.commands import main

MAPPING = """
rows = "cases"
timezone = "Europe/Kyiv"

[columns]
number = "номер"
registered_at = "зареєстровано"
due_at = "строк"
ready_at = "готово"
centre = "цнап"
channel = "канал"
"""

ROWS = """номер,зареєстровано,строк,готово,цнап,канал
1,2026-01-05,2026-01-20,2026-01-15,Полтава,desk
2,2026-01-06,2026-01-21,2026-01-21,Полтава,desk
3,2026-01-07,2026-01-22,2026-01-30,Лубни,online
4,2026-02-02,2026-02-17,2026-02-10,Лубни,online
5,2026-02-03,2026-02-18,,Лубни,desk
6,2026-04-01,2026-04-16,2026-04-10,Полтава,desk
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "cases.csv").write_text(ROWS, "utf-8")
    (tmp_path / "map.toml").write_text(MAPPING, "utf-8")
    return tmp_path / "cases.csv"


def mirylo(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def measure(source: Path, *words: str | Path) -> Result:
    return mirylo("measure", source, "--mapping", source.with_name("map.toml"), "--as-of", "2026-04-30", *words)


def values(source: Path, *words: str | Path) -> list[dict[str, object]]:
    result = measure(source, "--format", "json", *words)
    assert result.exit_code == 0, result.output
    found: list[dict[str, object]] = json.loads(result.stdout)["values"]
    return found


def test_the_table_in_both_languages(source: Path) -> None:
    uk = measure(source)
    assert uk.exit_code == 0, uk.output
    assert "Вчасно завершено 4 із 6 справ; ціль 95\u00a0% не досягнуто." in uk.stdout
    assert "Частка справ, завершених вчасно" in uk.stdout
    assert "▨ Джерело не збирає того, що потрібно для показників:" in uk.stdout
    en = measure(source, "--lang", "en")
    assert "4 of 6 cases were finished in time; the target of 95% is not met." in " ".join(en.stdout.split())
    assert "\x1b[" not in uk.stdout + en.stdout


def test_the_language_of_the_environment(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIRYLO_LANG", "en")
    assert "4 of 6 cases" in measure(source).stdout
    assert "Вчасно завершено" in measure(source, "--lang", "uk").stdout


def test_both_engines_say_the_same(source: Path) -> None:
    words = ("--by", "centre", "--by", "channel", "--period", "month", "--period", "year")
    assert values(source, *words) == values(source, *words, "--engine", "reference")


def test_without_a_period_all_the_data_is_one(source: Path) -> None:
    (found,) = values(source, "--indicator", "on_time_share")
    assert (found["numerator"], found["denominator"], found["cut"], found["period"]) == (4, 6, "nation", "whole")


@pytest.mark.parametrize(
    ("words", "periods"),
    [
        (["quarter"], ["2026Q1", "2026Q2"]),
        (["2026"], ["2026"]),
        (["2026Q1", "2026Q2"], ["2026Q1", "2026Q2"]),
        (["2026Q1", "month"], ["2026-01", "2026-02", "2026-03"]),
        (["2026-02"], ["2026-02"]),
    ],
)
def test_a_code_restricts_and_a_length_splits(source: Path, words: list[str], periods: list[str]) -> None:
    asked = [part for word in words for part in ("--period", word)]
    assert [row["period"] for row in values(source, "--indicator", "registered", *asked)] == periods


def test_another_basis_puts_cases_in_other_periods(source: Path) -> None:
    words = ("--indicator", "on_time_share_closed", "--period", "2026-01", "--basis")
    assert [row["denominator"] for row in values(source, *words, "registered")] == [3]
    assert [row["denominator"] for row in values(source, *words, "ready")] == [3]
    assert [row["denominator"] for row in values(source, *words[:-1])] == [3]


def test_the_rule_of_comparison_stands_beside_the_figures(source: Path) -> None:
    moments = source.read_text("utf-8").replace(
        "2,2026-01-06,2026-01-21,2026-01-21", "2,2026-01-06,2026-01-21 12:00,2026-01-21 17:40"
    )
    source.write_text(moments, "utf-8")
    (by_dates,) = values(source, "--indicator", "on_time_share_closed")
    (by_moments,) = values(source, "--indicator", "on_time_share_closed", "--compare", "moments")
    assert (by_dates["numerator"], by_moments["numerator"]) == (4, 3)
    for words, said in (((), "за датами: результат готовий"), (("--compare", "moments"), "за моментами: результат")):
        for format_ in ("table", "html"):
            assert said in " ".join(measure(source, "--format", format_, *words).stdout.split())


def test_moments_are_compared_only_with_moments(source: Path) -> None:
    source.with_name("map.toml").write_text(MAPPING.replace('due_at = "строк"\n', ""), "utf-8")
    result = measure(source, "--compare", "moments")
    assert result.exit_code == 2
    assert "Для --compare moments у файлі відповідностей потрібен due_at" in result.stderr


def test_a_folder_of_facts_is_judged_already(source: Path, tmp_path: Path) -> None:
    lake = tmp_path / "facts"
    assert (
        mirylo("simulate", "--facts", lake, "--centres", "1", "--from", "2026-01-01", "--to", "2026-01-31").exit_code
        == 0
    )
    assert mirylo("measure", lake, "--indicator", "registered").exit_code == 0
    for words in (("--compare", "dates"), ("--mapping", source.with_name("map.toml"))):
        result = mirylo("measure", lake, *words)
        assert result.exit_code == 2
        assert f"{words[0]} не поєднується з текою фактів" in result.stderr


def test_by_a_cut_every_unit_has_its_row(source: Path) -> None:
    found = values(source, "--by", "centre", "--indicator", "on_time_share")
    by_centre = {row["unit"]: (row["numerator"], row["denominator"]) for row in found if row["cut"] == "centre"}
    assert by_centre == {"Полтава": (3, 3), "Лубни": (1, 3)}


def test_an_indicator_of_one_s_own(source: Path) -> None:
    own = source.with_name("desk_share.yaml")
    own.write_text(
        """
code: desk_share
title: {uk: Частка звернень до вікна, en: Share of desk applications}
explanation: {uk: Хто приходить сам., en: Who comes in person.}
population: cases
basis: registered
share: {numerator: channel = 'desk'}
unit: per_cent
direction: none
""",
        "utf-8",
    )
    (found,) = values(source, "--indicator", own)
    assert (found["indicator"], found["numerator"], found["denominator"]) == ("desk_share", 4, 6)


def test_files_are_written_whole(source: Path, tmp_path: Path) -> None:
    rows = values(source, "--by", "centre")
    for format_ in ("json", "csv", "parquet", "html", "table"):
        result = measure(source, "--by", "centre", "--format", format_, "-o", tmp_path / f"out.{format_}")
        assert (result.exit_code, result.stdout) == (0, ""), result.output
    assert pyarrow.parquet.read_table(tmp_path / "out.parquet").to_pylist() == rows
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == len(rows)
    page = (tmp_path / "out.html").read_text("utf-8")
    assert page.startswith("<!doctype html>")
    assert "http" not in page
    assert "Вчасно завершено 4 із 6 справ" in (tmp_path / "out.table").read_text("utf-8")


@pytest.mark.parametrize(
    ("years", "words", "said"),
    [
        (["2026"], (), "За місяцями."),
        (["2024", "2026"], (), "За кварталами."),
        (["2015", "2026"], (), "За роками."),
        (["2026"], ("--period", "2026"), "За місяцями."),
        (["2026"], ("--period", "2026", "--period", "quarter"), "За кварталами."),
        (["2026"], ("--period", "2026-02"), "щойно дані охоплять два місяці або більше"),
    ],
)
def test_a_page_shows_how_it_went_whether_or_not_that_was_asked_for(
    source: Path, years: list[str], words: tuple[str, ...], said: str
) -> None:
    head, *rows = ROWS.splitlines()
    more = [row.replace("2026", year) for year in years for row in rows for _ in range(3)]
    numbered = [f"{number},{row.split(',', 1)[1]}" for number, row in enumerate(more)]
    source.write_text("\n".join([head, *numbered]), "utf-8")
    page = measure(source, "--format", "html", *words).stdout
    assert said in page


def test_refused_rows_are_told_and_written(source: Path, tmp_path: Path) -> None:
    source.write_text(ROWS + "7,вчора,2026-04-16,,Лубни,desk\n8,колись,2026-04-16,,Лубни,desk\n", "utf-8")
    result = measure(source, "--refused", tmp_path / "refused.csv")
    assert result.exit_code == 0
    assert "Відхилено 2 рядки:" in result.stderr
    assert "рядок 8, рядок 9" in result.stderr
    assert "дату чи час у стовпці «зареєстровано» не розпізнано" in result.stderr
    with (tmp_path / "refused.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [(row["place"], row["value"]) for row in csv.DictReader(file)] == [("8", "вчора"), ("9", "колись")]


def test_unknown_values_are_shown_with_what_can_be_done(source: Path) -> None:
    rule = 'decision = { column = "рішення", values = { "Позитивна" = "granted" } }\n'
    source.with_name("map.toml").write_text(MAPPING + rule, "utf-8")
    lines = ROWS.splitlines()
    values = ["рішення", "Позитивна", "Позитивне", "Позитивне", "Ніяке", "", ""]
    source.write_text("\n".join(f"{line},{value}" for line, value in zip(lines, values, strict=True)), "utf-8")
    said = measure(source).stderr
    assert "«Позитивне» (2), «Ніяке»" in said
    assert "Допишіть у values стовпця decision, що означає кожне з них: granted, refused, closed" in said
    assert "«Позитивне» → «Позитивна»" in said


def test_a_year_of_two_digits_is_told_with_its_format_in_words_of_the_reader(source: Path) -> None:
    head, *rows = ROWS.splitlines()
    source.write_text("\n".join([head, *(row.replace("2026-01-05", "24.09.25 9:05") for row in rows)]), "utf-8")
    assert 'format = "%d.%m.%y %H:%M"' in measure(source).stderr
    source.write_text(f"{head}\n1,24.09.25,,,,\n", "utf-8")
    result = measure(source)
    assert result.exit_code == 1
    assert "перший: cases.csv, рядок 2: дата у стовпці «зареєстровано» поза" in result.stderr
    assert 'format = "%d.%m.%y"' in result.stderr
    assert "lies outside" not in result.stderr


def test_a_mapping_in_another_encoding_is_told_to_be_saved_as_utf_8(source: Path) -> None:
    source.with_name("map.toml").write_bytes(MAPPING.encode("cp1251"))
    result = measure(source)
    assert result.exit_code == 1
    assert "збережіть його в кодуванні UTF-8" in result.stderr
    assert "codec" not in result.stderr


@pytest.mark.parametrize(("name", "begins"), [("x.html", "<!doctype"), ("x.csv", '"indicator'), ("x.json", "{")])
def test_the_name_of_the_file_says_what_is_written(source: Path, tmp_path: Path, name: str, begins: str) -> None:
    assert measure(source, "-o", tmp_path / name).exit_code == 0
    assert (tmp_path / name).read_text("utf-8").lower().startswith(begins)


def test_a_name_that_promises_another_format_is_a_mistake(source: Path, tmp_path: Path) -> None:
    result = measure(source, "--format", "csv", "-o", tmp_path / "x.html")
    assert result.exit_code == 2
    assert "x.html — назва файлу html, а в --format вказано csv" in result.stderr
    assert not (tmp_path / "x.html").exists()


def test_as_of_before_all_data_says_what_dates_there_are(source: Path) -> None:
    result = mirylo("measure", source, "--mapping", source.with_name("map.toml"), "--as-of", "2020-01-01")
    assert result.exit_code == 1
    assert "станом на 2020-01-01 ще нічого не сталося" in result.stderr
    assert "від 2026-01-05 до 2026-04-10" in result.stderr


@pytest.mark.parametrize("words", [[], ["--format", "html"]])
def test_flaws_name_cases_that_have_them(source: Path, words: list[str]) -> None:
    backwards = "".join(f"{n},2026-03-05,2026-03-20,2026-03-01,Лубни,desk\n" for n in (17, 25, 9, 31))
    source.write_text(ROWS + backwards, "utf-8")
    said = " ".join(measure(source, *words).stdout.replace("\N{NO-BREAK SPACE}", " ").split())
    assert "№ 9, № 17, № 25" in said
    assert "№ 31" not in said


def test_strict_writes_nothing(source: Path, tmp_path: Path) -> None:
    source.write_text(ROWS + "7,вчора,2026-04-16,,Лубни,desk\n", "utf-8")
    result = measure(source, "--strict", "--format", "csv", "-o", tmp_path / "out.csv")
    assert result.exit_code == 1
    assert "Нічого не записано" in result.stderr
    assert not (tmp_path / "out.csv").exists()


def test_every_mistake_of_a_mapping_is_told_at_once(source: Path) -> None:
    source.with_name("map.toml").write_text('rows = "cases"\n[columns]\nnumbr = "a"\ncentr = "b"\n', "utf-8")
    result = measure(source)
    assert result.exit_code == 1
    assert "Знайдено 3 помилки:" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["measure"], "Вкажіть щонайменше один файл"),
        (["measure", "a.csv"], "Вкажіть файл відповідностей через --mapping"),
        (["measure", "a.csv", "--by", "center"], "немає розрізу center. Найближчі за написанням: centre"),
        (
            ["measure", "a.csv", "--indicator", "on_tim_share"],
            "немає показника on_tim_share. Найближчі за написанням: on_time_share",
        ),
        (["measure", "a.csv", "--mapping", "m.toml", "--period", "2014S2"], "немає періоду 2014S2"),
        (["measure", "--explain", "nothing_like_it"], "немає показника nothing_like_it"),
        (["measur"], "немає дії measur. Найближчі за написанням: measure"),
        (["measure", "--perid", "2014"], "немає параметра --perid. Найближчі за написанням: --period."),
        (["measure", "--format"], "після --format має стояти значення."),
        (
            ["measure", "--format", "pdf"],
            "--format: значення pdf немає серед можливих: table, json, csv, parquet, html.",
        ),
        (["measure", "--as-of", "31.01.2026"], "--as-of: 31.01.2026 не є датою; напишіть її так: 2026-01-31."),
        (["measure", "--methodology", "nowhere"], "--methodology: немає nowhere. Перевірте шлях."),
        (["measure", "a.csv", "-o", "nowhere/out.csv"], "немає теки nowhere, щоб записати out.csv."),
        (["measure", "a.csv", "-o", "."], "--output: . — це тека; вкажіть файл."),
        (["simulate", "--centres", "0"], "--centres: потрібне ціле число від 1 до 9999, а не 0."),
        (["simulate", "--seed", "-1"], "--seed: потрібне ціле число, не менше за 0, а не -1."),
        (["simulate", "--seed", "one"], "--seed: потрібне ціле число, не менше за 0, а не one."),
        (["mapping", "guess"], "бракує FILE."),
        (["mapping", "guess", "a.csv", "b.csv"], "зайве в команді: b.csv."),
        (["mapping", "gess"], "немає дії gess. Найближчі за написанням: guess."),
        (["measure", "--lang", "de"], "--lang: значення de немає серед можливих: uk, en."),
    ],
)
def test_a_command_that_cannot_be_understood_ends_with_2(words: list[str], said: str) -> None:
    result = mirylo(*words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


def test_click_itself_speaks_the_language_that_was_chosen() -> None:
    result = mirylo("--lang", "en", "measure", "--nonsense")
    assert result.stderr == "there is no option --nonsense.\nMore: main measure --help\n"
    for words in (["measure", "--nonsense"], ["measure", "--basis", "x"], ["mapping", "guess"], ["measure", "-o"]):
        assert not {"Usage", "Error", "option", "Missing", "Invalid", "Try"} & set(mirylo(*words).stderr.split())


def test_every_unclear_word_of_a_command_is_told_at_once() -> None:
    result = mirylo("measure", "a.csv", "--by", "nowhere", "--period", "2014Q7", "--indicator", "nonsense")
    assert result.exit_code == 2
    for said in ("немає розрізу nowhere", "немає періоду 2014Q7", "немає показника nonsense", "через --mapping"):
        assert said in result.stderr


def test_every_file_that_is_not_there_is_told_at_once(tmp_path: Path) -> None:
    result = mirylo("measure", tmp_path / "a.csv", tmp_path / "b.csv", "--mapping", tmp_path)
    assert result.exit_code == 1
    for said in ("a.csv: такого файлу немає", "b.csv: такого файлу немає", f"{tmp_path.name}: це тека, а не файл"):
        assert said in result.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('rows = "cases\n', "недозволений знак '\\n' (рядок 1, знак 14)"),
        ('rows = "cases"\nrows = "events"\n', "цей ключ уже є вище (рядок 2, знак 16)"),
        ("rows", "після ключа бракує знака «=» (у кінці файлу)"),
        ("[columns]\n[columns]", "цей розділ уже є вище (рядок 2, знак 9)"),
        ("rows = cases", "значення записано неправильно; текст беруть у лапки (рядок 1, знак 8)"),
    ],
)
def test_what_is_wrong_with_toml_is_said_in_ukrainian(source: Path, text: str, said: str) -> None:
    source.with_name("map.toml").write_text(text, "utf-8")
    result = measure(source)
    assert result.exit_code == 1
    assert f"map.toml: це не TOML: {said}" in result.stderr


def test_a_file_that_is_not_there_ends_with_1(source: Path) -> None:
    result = measure(source.with_name("absent.csv"))
    assert result.exit_code == 1
    assert "такого файлу немає" in result.stderr


@pytest.mark.parametrize(
    "code", ["on_time_share", "overdue_open", "throughput_days_p90", "waiting_minutes_mean", "registered"]
)
@pytest.mark.parametrize("language", ["uk", "en"])
def test_an_indicator_is_explained_without_any_source(code: str, language: str) -> None:
    result = mirylo("measure", "--explain", code, "--lang", language, "--as-of", "2026-01-31")
    assert result.exit_code == 0, result.output
    assert code in result.stdout
    assert "SELECT" in result.stdout
    assert "{" not in result.stdout


@pytest.mark.parametrize(("language", "said"), [("uk", "Як запустити:"), ("en", "Usage:")])
def test_help_in_both_languages(language: str, said: str) -> None:
    for words in ([], ["measure"], ["mapping"], ["mapping", "guess"], ["methodology"], ["methodology", "check"]):
        result = mirylo(*words, "--lang", language, "--help")
        assert result.exit_code == 0
        assert said in result.stdout


def test_the_methodology_is_checked(tmp_path: Path) -> None:
    assert mirylo("methodology", "check").exit_code == 0
    (tmp_path / "methodology.yaml").write_text("version: 1\nnonsense: 2\n", "utf-8")
    result = mirylo("methodology", "check", tmp_path)
    assert result.exit_code == 1
    assert "methodology.yaml, рядок 2: невідомий ключ nonsense" in result.stderr


def test_a_guessed_mapping_can_be_used(source: Path) -> None:
    proposed = source.with_name("proposed.toml")
    result = mirylo("mapping", "guess", source, "-o", proposed)
    assert result.exit_code == 0, result.output
    assert mirylo("measure", source, "--mapping", proposed).exit_code == 0


def test_remarks_of_a_guessed_mapping_are_in_the_language_that_was_chosen(source: Path) -> None:
    source.write_text(
        ROWS.replace("канал\n", "канал,зайве\n").replace("desk\n", "desk,x\n").replace("online\n", "online,x\n"),
        "utf-8",
    )
    uk = mirylo("mapping", "guess", source).stdout
    remarks = [line.partition("#")[2] for line in uk.splitlines() if "#" in line]
    assert "# Перечитайте й виправте: знак питання стоїть там, де це здогад." in uk
    assert "заповнено 6, різних 6" in uk
    for english in ("filled", "different", "Not used", "column", "guess", "row"):
        assert not [remark for remark in remarks if english in remark]
    assert "a question mark stands where it is a guess" in mirylo("mapping", "guess", source, "--lang", "en").stdout


def test_as_a_process_of_its_own(source: Path) -> None:
    words = [sys.executable, "-m", "mirylo", "measure", str(source), "--mapping", str(source.with_name("map.toml"))]
    environment = {**os.environ, "MIRYLO_LANG": "en", "COLUMNS": "120"}
    done = subprocess.run(
        [*words, "--as-of", "2026-04-30"], capture_output=True, text=True, env=environment, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "4 of 6 cases were finished in time; the target of 95% is not met." in done.stdout
    wrong = subprocess.run([*words, "--by", "nowhere"], capture_output=True, text=True, env=environment, check=False)
    assert wrong.returncode == 2
    assert "Traceback" not in wrong.stderr


def test_help_needs_no_engine() -> None:
    code = (
        "import sys, mirylo.commands; print([m for m in ('duckdb', 'pyarrow', 'altair', 'babel') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_receipt_log_gives_its_published_figures(shared: Path) -> None:
    log = shared / "data" / "real" / "1_event_logs" / "receipt.csv"
    mapping = Path(__file__).parents[2] / "docs" / "examples" / "mappings" / "receipt.toml"
    result = mirylo("measure", log, "--mapping", mapping)
    assert result.exit_code == 0, result.output
    for part in (
        "1\u202f434",
        "8\u202f577",
        "467\u202f263,915\u00a0с",
        "1\u202f322\u202f517,208\u00a0с",
        "1\u202f020 із 1\u202f329",
    ):
        assert part in result.stdout


def test_what_is_read_is_never_overwritten(source: Path) -> None:
    before = source.read_text("utf-8")
    for words in (("-o", source), ("--refused", source.with_name("map.toml"))):
        result = measure(source, *words)
        assert result.exit_code == 2
        assert "запис його знищив би" in result.stderr
    guessed = mirylo("mapping", "guess", source, "-o", source.with_name("map.toml"))
    assert (guessed.exit_code, "уже є" in guessed.stderr) == (2, True)
    assert source.read_text("utf-8") == before


def test_where_nothing_can_be_counted_every_format_says_so(source: Path, tmp_path: Path) -> None:
    (tmp_path / "left.csv").write_text("no,left\n1,2026-01-05 09:00\n", "utf-8")
    (tmp_path / "left.toml").write_text('rows = "tickets"\n[columns]\nnumber = "no"\nleft_at = "left"\n', "utf-8")
    words = ("measure", tmp_path / "left.csv", "--mapping", tmp_path / "left.toml", "--format")
    for format_ in ("table", "html"):
        assert "не порахувати жодного показника" in " ".join(mirylo(*words, format_).stdout.split())
    for format_ in ("csv", "json"):
        assert mirylo(*words, format_).exit_code == 0
