"""The registers from a terminal: loaded, written and looked up, with honest exit codes."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mirylo.commands import main
from mirylo.domain.registers.models import Body, Territory

pytestmark = pytest.mark.django_db

KYIV = "UA80000000000093317"


def run(*words: str, language: str = "en") -> Result:
    return CliRunner().invoke(main, ["registers", *words], env={"MIRYLO_LANG": language})


def test_the_codifier_comes_with_mirylo() -> None:
    result = run("load", "territories", language="uk")
    assert (result.exit_code, result.stdout) == (0, "Нових записів: 31\u202f744, змінених: 0, без змін: 0.\n")
    assert run("load", "territories").stdout == "New records: 0, changed: 0, as they were: 31,744.\n"
    assert Territory.objects.count() == 31_744
    found = run("find", "Новомосковськ")
    assert found.stdout.splitlines()[0] == (
        "UA12100070010038698  Дніпропетровська › Самарівський › Самарівська › Самар (Новомосковськ)"
    )
    assert len(run("find", "Ялта", "--limit", "2").stdout.splitlines()) == 2
    nothing = run("find", "хххх", language="uk")
    assert (nothing.exit_code, nothing.stderr) == (1, "Території з такою назвою чи кодом немає.\n")


def test_a_register_is_loaded_and_written(tmp_path: Path) -> None:
    Territory.objects.create(code=KYIV, category="K", name="Київ", oblast=KYIV, hromada=KYIV)
    file = tmp_path / "bodies.csv"
    file.write_text(f"edrpou,name,kind,territory,Примітка\n00032129,Міністерство,ministry,{KYIV},x\n")
    result = run("load", "bodies", str(file))
    assert result.stdout == (
        "New records: 1, changed: 0, as they were: 0.\nColumns that the register does not have: Примітка.\n"
    )
    written = tmp_path / "out.xlsx"
    assert run("write", "bodies", "-o", str(written)).exit_code == 0
    assert run("load", "bodies", str(written)).stdout == "New records: 0, changed: 0, as they were: 1.\n"
    assert run("write", "bodies", "-o", str(written)).exit_code == 2, "nothing is overwritten"
    assert run("write", "bodies", "-o", str(tmp_path / "out.pdf")).exit_code == 2


def test_mistakes_are_told_at_once_and_nothing_is_loaded(tmp_path: Path) -> None:
    file = tmp_path / "bodies.csv"
    file.write_text("edrpou,name,kind\n00032129,Міністерство,ministry\n32129,,council\n")
    result = run("load", "bodies", str(file), language="uk")
    assert result.exit_code == 1
    assert result.stderr.splitlines()[1] == (
        "bodies.csv, рядок 3, стовпець edrpou: «32129» — не код ЄДРПОУ: у ньому має бути вісім цифр. Напишіть 00032129."
    )
    assert len(result.stderr.splitlines()) == 3
    assert not Body.objects.exists()


def test_a_file_must_be_named() -> None:
    result = run("load", "bodies")
    assert (result.exit_code, result.stderr.splitlines()[0]) == (2, "Name the FILE with bodies.")
    assert run("load", "bodies", "nowhere.csv").exit_code == 1
    assert run("load", "people", "a.csv").exit_code == 2
