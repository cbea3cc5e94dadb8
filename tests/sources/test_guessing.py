"""Tests of proposing mappings: what is proposed can be read back, and reads the file."""

from pathlib import Path

import pytest

from mirylo.sources.guessing import guess_mapping
from mirylo.sources.loading import load
from mirylo.sources.mapping import Mapping
from mirylo.sources.mapping_file import parse_mapping, read_mapping

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


def guessed(tmp_path: Path, content: str, name: str = "log.csv") -> tuple[str, Mapping]:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    text = guess_mapping(path)
    return text, parse_mapping(text)


def test_a_ukrainian_register_of_cases(tmp_path: Path) -> None:
    text, mapping = guessed(
        tmp_path,
        "№ справи;Дата реєстрації заяви;Виконати до;Дата надання послуги;Прострочено;ПІБ\n"
        + "".join(
            f"{n};0{n}.02.2026;10.02.2026;11.02.2026;{'так' if n > 3 else 'ні'};Особа {n}\n" for n in range(1, 9)
        ),
    )
    assert mapping.rows == "cases"
    assert {name: rule.columns[0] for name, rule in mapping.columns.items()} == {
        "number": "№ справи",
        "registered_at": "Дата реєстрації заяви",
        "due_at": "Виконати до",
        "ready_at": "Дата надання послуги",
        "late_by_source": "Прострочено",
    }
    unsure = next(line for line in text.splitlines() if line.startswith("registered_at"))
    assert unsure.endswith("?")
    assert "Особа" not in text  # nobody's name is copied into a mapping


def test_a_log_of_events_with_its_steps(tmp_path: Path) -> None:
    steps = ("Звернення зареєстровано", "Передано виконавцю", "Ухвалено рішення", "Результат видано", "Перекладено")
    content = "Справа,Подія,Коли сталося\n" + "".join(
        f"{case},{step},2026-01-{day:02} 09:00\n" for case in range(8) for day, step in enumerate(steps, start=1)
    )
    text, mapping = guessed(tmp_path, content)
    assert mapping.rows == "events"
    assert mapping.types == {
        "Звернення зареєстровано": "application.registered",
        "Передано виконавцю": "application.forwarded",
        "Ухвалено рішення": "decision.made",
        "Результат видано": "result.issued",
        "Перекладено": "other",
    }
    loaded = load([tmp_path / "log.csv"], mapping)
    assert (loaded.summary.judged.cases, loaded.summary.judged.events) == (8, 40)
    assert '"application.registered" = [  # ?' in text


def test_a_queue_with_times_of_day(tmp_path: Path) -> None:
    content = "Талон;Талон видано;Викликано;Очікування;Результат\n" + "".join(
        f"A{n};9:0{n}:00;{'0:00:00' if n == 3 else f'9:1{n}:00'};10;{'обслуговано' if n else 'неявка'}\n"
        for n in range(9)
    )
    text, mapping = guessed(tmp_path, content)
    assert mapping.rows == "tickets"
    assert mapping.none == ("", "0:00:00")
    assert mapping.on is not None
    assert mapping.columns["waiting_seconds"].unit == "seconds"
    assert mapping.columns["outcome"].values == {"обслуговано": "served", "неявка": "left"}
    assert "say which means served and which left" in text


def test_a_column_whose_values_do_not_fit_is_not_proposed(tmp_path: Path) -> None:
    text, mapping = guessed(tmp_path, "id,opened,closed at\n" + "1,yes,2026-01-05\n2,no,2026-01-06\n" * 9)
    assert "registered_at" not in mapping.columns
    assert mapping.columns["ready_at"].columns == ("closed at",)
    assert '#   "opened": text' in text
    assert "not unique" in text


def test_a_column_that_says_on_time_says_the_opposite_of_late(tmp_path: Path) -> None:
    _, mapping = guessed(tmp_path, "Номер;Дата реєстрації;Вчасно\n1;05.01.2026;так\n2;06.01.2026;ні\n")
    assert mapping.columns["late_by_source"].values == {"так": False, "ні": True}


def test_names_that_are_traps_for_toml(tmp_path: Path) -> None:
    name = 'number "quoted" \\ \u2028 = ['
    _, mapping = guessed(tmp_path, f'"{name.replace(chr(34), chr(34) * 2)}",opened\n1,2026-01-05\n')
    assert mapping.columns["number"].columns == (name,)


def test_a_file_without_any_known_column_gives_a_start(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("x,y\n1,2\n", encoding="utf-8")
    text = guess_mapping(path)
    assert '# number = ""  # ?' in text
    assert '#   "x": numbers, 1 filled, 1 different' in text


def test_the_example_is_recognised() -> None:
    mapping = parse_mapping(guess_mapping(EXAMPLES / "centre.csv"))
    by_hand = read_mapping(EXAMPLES / "centre.toml")
    same = {name for name, rule in mapping.columns.items() if rule.columns == by_hand.columns[name].columns}
    assert same >= {"number", "registered_at", "forwarded_at", "issued_at", "service", "provider", "channel"}
    assert load([EXAMPLES / "centre.csv"], mapping).summary.judged.cases > 300


@pytest.mark.parametrize(
    ("path", "rows", "cases"),
    [
        ("data/real/1_event_logs/receipt.csv", "events", 1434),
        ("data/real/1_event_logs/receipt.xes.gz", "events", 1434),
        ("data/real/2_311/boston311_animal_sanitation_2014.csv", "cases", 5268),
        ("data/real/2_311/nyc311-100.csv", "cases", 100),
        ("data/ua/opendata/annex38_admin_services_example.xlsx", "cases", 3),
    ],
)
def test_real_files_load_by_their_proposal(shared: Path, path: str, rows: str, cases: int) -> None:
    mapping = parse_mapping(guess_mapping(shared / path))
    loaded = load([shared / path], mapping)
    assert (mapping.rows, loaded.summary.judged.cases, loaded.refusals.total) == (rows, cases, 0)
    assert {"registered_at", "ready_at"} <= set(mapping.columns)


def test_calls_are_taken_for_tickets(shared: Path) -> None:
    mapping = parse_mapping(guess_mapping(shared / "data/real/4_queues/calls_1999-08-01.csv"))
    assert mapping.rows == "tickets"
    assert mapping.columns["waiting_seconds"].columns == ("q_time",)


def test_columns_named_as_ours_are_taken_as_such(tmp_path: Path) -> None:
    content = "id,number,type,happened_at,term_amount,term_unit,corrects\n" + "".join(
        f"e{n},{n % 4},{step},2026-01-0{n % 9 + 1}T09:00:00,30,calendar_days,\n"
        for n, step in enumerate(["application.registered", "result.issued"] * 6)
    )
    _, mapping = guessed(tmp_path, content)
    assert mapping.rows == "events"
    assert {name: rule.columns[0] for name, rule in mapping.columns.items()} == {
        name: name for name in ("number", "id", "type", "happened_at", "term_amount", "term_unit", "corrects")
    }


def test_a_register_with_its_own_words(tmp_path: Path) -> None:
    content = "Номер;Дата прийняття заяви;Дата одержання результату;Результат\n" + "".join(
        f"{n};0{n}.02.2026;1{n}.02.2026;{'надано' if n % 3 else 'відмова'}\n" for n in range(1, 10)
    )
    _, mapping = guessed(tmp_path, content)
    assert mapping.rows == "cases"
    assert mapping.columns["registered_at"].columns == ("Дата прийняття заяви",)
    assert mapping.columns["result_received_at"].columns == ("Дата одержання результату",)
    assert mapping.columns["decision"].values == {"надано": "granted", "відмова": "refused"}


def test_the_status_of_a_ticket_is_its_outcome(tmp_path: Path) -> None:
    content = "Талон;Видано;Викликано;Статус\n" + "".join(
        f"A{n};2026-01-05 9:0{n};2026-01-05 9:1{n};{'обслуговано' if n % 3 else 'не з’явився'}\n" for n in range(9)
    )
    _, mapping = guessed(tmp_path, content)
    assert mapping.rows == "tickets"
    assert mapping.columns["outcome"].values == {"обслуговано": "served", "не з’явився": "left"}
