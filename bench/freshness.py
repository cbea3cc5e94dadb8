"""Times how long a changed case takes from its commit to a changed indicator, in a country of 5,000 centres.

`bench/freshness.py [cases]`: by default 5,000,000 cases of two years with their tickets, counted once; this is built
once and kept under bench-results/. Then thousands of events of the present day are committed, beside thousands of older
cases that changed, and each step is timed until a reader gets the new value. SQLite, all in one process.
"""

import logging
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

import msgspec

ROOT = Path(__file__).parent.parent
CENTRES = 5_000
FIRST_ON, TODAY = date(2024, 1, 1), date(2025, 12, 22)
AT = datetime(2025, 12, 22, 15, tzinfo=UTC)
ORDINARY_DAYS = 548
"""An ordinary working day brings this part of what two years bring."""
EVENTS = 5_000
LATE, OLD = 3_000, 20
"""Cases that changed beside: of the last two months, and of all two years; each month among them is written anew."""
LIMIT = 60.0
MONTH = f"{TODAY:%Y-%m}"
Given = TypeVar("Given")


def main(words: list[str]) -> None:
    """Build what is not there, then time each step on a copy."""
    if words[:1] != ["--at-work"]:
        cases = int(words[0]) if words else 5_000_000
        kept = ROOT / "bench-results" / f"freshness-{cases}"
        if not (kept / "whole").exists():
            shutil.rmtree(kept, ignore_errors=True)
            run_in(kept, ["build", str(cases)])
            (kept / "whole").touch()
        with tempfile.TemporaryDirectory(dir=kept.parent) as name:
            # Files of facts and results never change, so a copy may share them.
            shutil.copytree(kept, name, dirs_exist_ok=True, copy_function=link_or_copy)
            run_in(Path(name), ["time", str(cases)])
        return
    import django

    django.setup()
    logging.getLogger().setLevel(logging.ERROR)
    (build if words[1] == "build" else time_steps)(int(words[2]))


def run_in(folder: Path, words: list[str]) -> None:
    """Run this program in an installation of its own."""
    environment = {
        **os.environ,
        "MIRYLO_FOLDER": str(folder),
        "DJANGO_SETTINGS_MODULE": "mirylo.config.settings",
        "DATABASE_URL": f"sqlite:///{folder / 'mirylo.sqlite3'}",
    }
    if os.spawnve(os.P_WAIT, sys.executable, [sys.executable, __file__, "--at-work", *words], environment):
        raise SystemExit(1)


def link_or_copy(source: str, target: str) -> None:
    """A second name for a file that never changes, else a copy."""
    (os.link if source.endswith(".parquet") else shutil.copy2)(source, target)


def build(cases: int) -> None:
    """Two years of a synthetic country in the lake, its centres in the register, and all periods counted."""
    from django.conf import settings
    from django.core.management import call_command

    from mirylo.domain.indicators.running import refresh
    from mirylo.domain.registers.models import AccessPoint
    from mirylo.engines.facts import Facts
    from mirylo.engines.lake import write_lake
    from mirylo.simulation.country import build_country
    from mirylo.simulation.generation import COLLECTED, Span, generate_facts

    call_command("migrate", verbosity=0)
    country = build_country(1, CENTRES)
    centres: set[str] = set()
    for _, piece in generate_facts(Span(country, FIRST_ON, TODAY, cases / ORDINARY_DAYS, as_of=TODAY)):
        write_lake(settings.LAKE, Facts(piece, COLLECTED, TODAY, settings.TIME_ZONE, ""), adds=True)
        centres.update(piece["cases"]["centre"].unique().to_pylist())
    codes = sorted(code for code in centres if code is not None)
    AccessPoint.objects.bulk_create(AccessPoint(code=code, kind="centre", name=code) for code in codes)
    with timed("counting all periods, once"):
        refresh(at=AT, is_patient=False)


def time_steps(cases: int) -> None:
    """From the commit of events to a reader's new value, and what history takes afterwards."""
    from django.conf import settings

    from mirylo.domain.cases.folding import fold_stale
    from mirylo.domain.cases.models import Case
    from mirylo.domain.cases.writing import write_changed
    from mirylo.domain.indicators.jobs import LONGEST_REST
    from mirylo.domain.indicators.running import refresh
    from mirylo.domain.indicators.values import values
    from mirylo.domain.registers.models import AccessPoint

    before = registered()
    changed = change_older()
    take_events()
    print(f"freshness, {cases:,} cases of two years, {AccessPoint.objects.count():,} centres, {changed:,} older cases")
    folded = step("folding", lambda: fold_until_done(fold_stale))
    waiting = Case.objects.filter(is_in_lake=False).count()
    written = step("putting what changed into the lake", lambda: write_changed(settings.LAKE, at=AT))
    counted = step("counting the present month", lambda: refresh(at=AT))
    read = step("reading all values of one centre", lambda: values(cut="centre", unit=some_centre(), periods=[MONTH]))
    after = registered()
    assert written[0].rows == waiting > EVENTS / 4
    assert [run.counted for run in counted[0]] == [[MONTH]]
    assert after > before
    whole = folded[1] + written[1] + counted[1] + read[1]
    print(f"  {'all of it':40} {whole:6.2f} s, and at most {LONGEST_REST:.0f} s before, while the last refresh rests")
    with timed("reading two years of one centre"):
        values(cut="centre", unit=some_centre())
    with timed("history afterwards, which rests nine times as long"):
        refresh(at=AT, is_patient=False)
    with timed("nothing changed"):
        refresh(at=AT)
    if whole + LONGEST_REST > LIMIT:
        raise SystemExit(f"more than {LIMIT:.0f} s")


def step(name: str, work: Callable[[], Given]) -> tuple[Given, float]:
    """Do a step and tell how long it took."""
    started = time.perf_counter()
    given = work()
    took = time.perf_counter() - started
    print(f"  {name:40} {took:6.2f} s", flush=True)
    return given, took


@contextmanager
def timed(name: str) -> Iterator[None]:
    """Tell how long something took."""
    started = time.perf_counter()
    yield
    print(f"  ({name}: {time.perf_counter() - started:.2f} s)", flush=True)


def registered() -> float:
    """How many cases were registered in the present month, as readers see it."""
    from mirylo.domain.indicators.values import values

    return float(values(cut="nation", periods=[MONTH], indicators=["registered"])["value"][0].as_py())


def some_centre() -> str:
    """A centre in the middle of the register."""
    from mirylo.domain.registers.models import AccessPoint

    return str(AccessPoint.objects.all()[CENTRES // 2].code)


def take_events() -> None:
    """Commit the first events of the present day, as intake does."""
    from mirylo.domain.intake.systems import connect
    from mirylo.domain.intake.taking import take
    from mirylo.simulation.country import build_country
    from mirylo.simulation.generation import Span, generate_events

    system, _ = connect(name="bench", kind="centres", sources=["bench"], at=AT, has_all_centres=True)
    day = Span(build_country(1, CENTRES), TODAY, TODAY, 3_000.0, as_of=date.fromordinal(TODAY.toordinal() + 1))
    [(_, text)] = generate_events(day)
    lines = []
    for number, line in enumerate(text.splitlines()[:EVENTS]):
        said = msgspec.json.decode(line)
        said.pop("received_at", None)
        lines.append(msgspec.json.encode({**said, "source": "bench", "id": str(number)}))
    answer = take(system, lines, at=AT)
    print(f"  {answer.counts}")


def change_older() -> int:
    """Keep older cases of the lake in the database, each with an appeal of today, as a fold does; returns how many."""
    from django.conf import settings
    from django.db import transaction

    from mirylo.domain.cases.facts import to_json
    from mirylo.domain.cases.models import Case
    from mirylo.domain.cases.months import mark_dirty, months_of
    from mirylo.domain.intake.models import ConnectedSystem, Source
    from mirylo.engines.backends import open_duckdb
    from mirylo.engines.lake import open_lake

    with open_duckdb(open_lake(settings.LAKE)) as connection:
        query = "from (from cases where registered_on >= $1) using sample reservoir({} rows) repeatable (1)"
        rows = connection.execute(query.format(LATE), [date(2025, 11, 1)]).to_arrow_table().to_pylist()
        rows += connection.execute(query.format(OLD), [FIRST_ON]).to_arrow_table().to_pylist()
    rows = list({(row["source"], row["number"]): row for row in rows}.values())
    system = ConnectedSystem.objects.create(name="country", kind="centres", key_hash="", key_start="", created_at=AT)
    sources = {name: Source.objects.create(name=name, system=system) for name in {row["source"] for row in rows}}
    months: set[str] = set()
    made = []
    for row in rows:
        new = {**row, "appeal_lodged_on": TODAY}
        months |= months_of(row, new, TODAY)
        month = f"{row['registered_on']:%Y-%m}"
        case = Case(source=sources[row["source"]], number=row["number"], kind="case", state="registered")
        case.facts, case.version, case.lake_month = to_json(new), 1, month
        made.append(case)
    with transaction.atomic():
        Case.objects.bulk_create(made)
        mark_dirty(months, at=AT)
    return len(made)


def fold_until_done(fold_stale: Callable[..., int]) -> None:
    """Fold all that is stale."""
    while fold_stale(at=AT):
        pass


if __name__ == "__main__":
    main(sys.argv[1:])
