"""The shipped methodology loads; a broken one names every mistake with its file and line."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from mirylo.core.faults import FaultsFoundError
from mirylo.core.methodology.loading import load, load_indicator
from mirylo.core.methodology.model import Count, Direction, Methodology, Quantile, Share, Stock, Type, Unit
from mirylo.engines.tables import FACT_TABLES

SHIPPED = Path(__file__).parents[3] / "methodology"

INDICATORS = (
    *("registered", "completed", "on_time_share", "on_time_share_closed", "on_time_share_all", "overdue_open"),
    *("throughput_days_mean", "throughput_days_median", "throughput_days_p90", "decision_days_median"),
    *("refusal_share", "returned_share", "withdrawn_share", "extended_share", "digital_share", "completion_share"),
    *("waiting_minutes_mean", "waiting_minutes_median", "waiting_minutes_p90", "served_in_15_minutes_share"),
    *("left_unserved_share", "service_minutes_mean", "service_minutes_median", "consultation_share"),
    *("provider_days_mean", "provider_days_median", "provider_on_time_share", "forwarded_next_day_share"),
    *("notified_same_day_share", "uncollected_open", "appeals_upheld_share"),
)

FRAME = """\
version: "1"
title: {uk: Проба, en: Trial}
valid_from: 2026-01-01
populations:
  cases:
    title: {uk: Справи, en: Cases}
    noun: {uk: справ, en: cases}
    table: cases
    where: not is_test
  tickets:
    title: {uk: Талони, en: Tickets}
    noun: {uk: талонів, en: tickets}
    table: tickets
"""

INDICATOR = """\
code: good_share
title: {uk: Частка, en: Share}
explanation: {uk: Пояснення., en: Explanation.}
population: cases
basis: due
share:
  numerator: is_on_time
  denominator: due_on < as_of
unit: per_cent
direction: higher
target: 0.95
levels: {good: 0.95, fair: 0.8}
origin: {uk: Проба., en: A trial.}
"""

MEASURE = "share:\n  numerator: is_on_time\n  denominator: due_on < as_of\nunit: per_cent\n"
"""Lines 6 to 9 of the indicator, to be replaced by another measure and unit."""

INDEX = """\
index:
  code: whole
  title: {uk: Індекс, en: Index}
  explanation: {uk: Пояснення., en: Explanation.}
  components:
    - {indicator: good_share, weight: 1, worst: 0.5, best: 1}
  least_present: 0.6
"""


@pytest.fixture(scope="module")
def shipped() -> Methodology:
    return load(SHIPPED, FACT_TABLES)


def write(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def _holds(faults: list[str], beginning: str) -> bool:
    return any(fault.startswith(beginning) for fault in faults)


def faults_of(folder: Path) -> list[str]:
    with pytest.raises(FaultsFoundError) as caught:
        load(folder, FACT_TABLES)
    return [str(fault) for fault in caught.value.faults]


# --- Shipped ---------------------------------------------------------------------------------------------------------


def test_the_indicators_that_were_asked_for_are_there(shipped: Methodology) -> None:
    assert [indicator.code for indicator in shipped.indicators] == sorted(INDICATORS)


def test_every_indicator_is_whole(shipped: Methodology) -> None:
    for indicator in shipped.indicators:
        assert indicator.legal_basis, indicator.code
        assert indicator.source, indicator.code
        words = indicator.words
        match indicator.measure:
            case Share(_, denominator):
                assert words.numerator, indicator.code
                assert (words.denominator is None) == (denominator is None), indicator.code
            case Stock():
                assert words.standing, indicator.code
                assert indicator.basis == ""
            case Count():
                assert indicator.direction is Direction.NONE
            case _:
                assert words.of, indicator.code
        assert (words.where is None) == (indicator.where is None), indicator.code


def test_ukrainian_is_ukrainian_and_english_is_english(shipped: Methodology) -> None:
    texts = [text for i in shipped.indicators for text in (i.title, i.explanation, *(a.act for a in i.legal_basis))]
    texts += [text for i in shipped.indicators for text in vars(i.words).values() if text is not None]
    texts += [population.noun for population in shipped.populations]
    for text in texts:
        assert set("абвгґдеєжзиіїйклмнопрстуфхцчшщьюя") & set(text.uk.lower()), text
        assert not set("ыэъё") & set(text.uk.lower()), text
        assert text.en.isascii(), text


def test_numbers_stay_exact(shipped: Methodology) -> None:
    on_time, p90 = shipped.indicator("on_time_share"), shipped.indicator("throughput_days_p90")
    assert on_time is not None
    assert on_time.levels is not None
    assert (on_time.target, on_time.levels.fair) == (Decimal("0.95"), Decimal("0.80"))
    assert p90 is not None
    assert isinstance(p90.measure, Quantile)
    assert p90.measure.q == Decimal("0.9")
    assert shipped.index is not None
    assert sum(component.weight for component in shipped.index.components) == 100


def test_a_figure_needs_the_columns_that_would_make_it_false_when_empty(shipped: Methodology) -> None:
    uncollected, returned = shipped.indicator("uncollected_open"), shipped.indicator("returned_share")
    assert uncollected is not None
    assert returned is not None
    # Where nobody records that results are given out, all of them would seem to wait.
    assert not uncollected.is_collected(frozenset({"ready_on"}))
    assert uncollected.is_collected(frozenset({"ready_on", "issued_on"}))
    assert not returned.is_collected(frozenset({"ready_on"}))


def test_a_measured_column_brings_its_documented_text(shipped: Methodology) -> None:
    mean = shipped.indicator("provider_days_mean")
    assert mean is not None
    assert mean.measure.of.type is Type.SECONDS  # type: ignore[union-attr]
    assert mean.measure.of.said.en == "at the provider: acceptance to result"  # type: ignore[union-attr]
    assert mean.unit is Unit.DAYS


# --- Broken ----------------------------------------------------------------------------------------------------------

UNKNOWN_MEASURE = "share:\n  numerator: {}\n"

BROKEN = [
    # what is replaced, by what, the line, what is said
    ("code: good_share", "code: Good-Share", 1, "Good-Share cannot be a code. Use small Latin letters"),
    ("code: good_share", "code: other_share", 1, "the code other_share is not the file's name. Rename the file"),
    ("code: good_share\n", "", 1, "code is missing. Add the line code: …"),
    ("title: {uk: Частка, en: Share}", "title: {uk: Частка}", 2, "en is missing"),
    ("title: {uk: Частка, en: Share}", "title: {uk: '', en: Share}", 2, "the text is empty"),
    ("title: {uk: Частка, en: Share}", "title: Частка", 2, "entries are expected here"),
    ("explanation: {uk", "explanation: {ua", 3, "unknown key ua. Known are: uk, en"),
    ("explanation: {uk", "explanaton: {uk", 3, "unknown key explanaton. Did you mean explanation?"),
    ("population: cases", "population: case", 4, "unknown population case. Did you mean cases?"),
    ("basis: due", "basis: duo", 5, "unknown basis duo. Did you mean due?"),
    ("basis: due\n", "", 1, "basis is missing. Add the line basis: …"),
    ("numerator: is_on_time", "numerator: is_on_tme", 7, "unknown column is_on_tme. Did you mean is_on_time?"),
    ("numerator: is_on_time", "numerator: throughput_seconds", 7, "a condition is expected, but throughput_seconds"),
    ("numerator: is_on_time", "numerator: is_on_time; drop table cases", 7, "a semicolon stands in the condition"),
    ("denominator: due_on < as_of", "denominator: due_on < 30", 8, "a date cannot be compared with a number"),
    ("denominator: due_on < as_of", "denominator: now() > due_on", 8, "functions are not allowed"),
    ("share:\n", "count: true\nshare:\n", 7, "two measures stand here: count, share. Keep one of"),
    (MEASURE, "unit: per_cent\n", 1, "no measure stands here. Keep one of: count, share, mean, quantile, stock"),
    (MEASURE, "count: yes\nunit: cases\n", 6, "count has nothing to set. Write count: true"),
    (MEASURE, "mean: throughput\nunit: days\n", 6, "unknown column throughput. Did you mean throughput_seconds?"),
    (MEASURE, "mean: events\nunit: days\n", 6, "events is no duration. Name a column of seconds"),
    (MEASURE, "mean: due_on\nunit: days\n", 6, "due_on is no duration"),
    (MEASURE, "quantile: {of: centre_seconds, q: 1}\nunit: days\n", 6, "q is 1. Write a number between 0 and 1"),
    (MEASURE, "quantile: {of: centre_seconds, q: 0,9}\nunit: days\n", 6, "unknown key 9"),
    (MEASURE, "quantile: {of: centre_seconds, q: half}\nunit: days\n", 6, "half is not a number. Write digits"),
    ("unit: per_cent", "unit: days", 9, "days does not fit this measure. Write one of: per_cent"),
    ("unit: per_cent", "unit: percent", 9, "percent is not one of the words expected here. Did you mean per_cent?"),
    (MEASURE, "count: true\nunit: tickets\n", 7, "tickets does not fit this measure. Write one of: cases"),
    (MEASURE, "mean: centre_seconds\nunit: cases\n", 7, "cases does not fit this measure. Write one of: days, hours"),
    ("direction: higher", "direction: up", 10, "up is not one of the words expected here. Known are: higher, lower"),
    ("direction: higher", "direction: lower", 12, "good (0.95) is not better than fair (0.8), while lower is better"),
    ("direction: higher", "direction: none", 11, "a target needs a direction"),
    ("direction: higher", "direction: none", 12, "levels need a direction"),
    ("target: 0.95", "target: 95", 11, "95 is more than the whole. Write a fraction: 95 % is 0.95"),
    ("target: 0.95", "target: -0.1", 11, "-0.1 is less than nothing"),
    ("target: 0.95", "target: 0,95", 11, "0,95 is not a number. Write digits, with a point"),
    ("target: 0.95", "target: 0.5", 11, "the target (0.5) lies among the poor values, beyond fair (0.8)"),
    ("levels: {good: 0.95, fair: 0.8}", "levels: {good: 0.95}", 12, "fair is missing"),
    ("levels: {good: 0.95, fair: 0.8}", "levels: {good: 0.8, fair: 0.8}", 12, "good (0.8) is not better than fair"),
    ("levels: {good: 0.95, fair: 0.8}", "levels: {good: 95, fair: 80}", 12, "95 is more than the whole"),
    ("origin: {uk: Проба., en: A trial.}\n", "", 11, "target without an origin. Add origin: in both languages"),
    ("origin: {uk: Проба., en: A trial.}\n", "", 12, "levels without an origin"),
    ("origin:", "minimum_n: 0\norigin:", 13, "minimum_n is 0. Write a whole number from 1 up"),
    ("origin:", "minimum_n: 2.5\norigin:", 13, "minimum_n is 2.5"),
    ("origin:", "valid_from: 2026-02-01\nvalid_to: 2026-01-01\norigin:", 14, "valid_to (2026-01-01) comes before"),
    ("origin:", "valid_from: 01.02.2026\norigin:", 13, "01.02.2026 is not a date. Write year-month-day"),
    ("origin:", "valid_from: 2026-02-30\norigin:", 13, "2026-02-30 is not a date"),
    ("origin:", "where: not is_tst\norigin:", 13, "unknown column is_tst. Did you mean is_test?"),
    ("origin:", "where: [is_test]\norigin:", 13, "a text is expected here"),
    ("origin:", "needs: [issued]\norigin:", 13, "unknown column issued. Did you mean issued_on?"),
    ("origin:", "needs: issued_on\norigin:", 13, "a list is expected here"),
    ("origin:", "words: {of: {uk: час, en: time}}\norigin:", 13, "unknown key of. Known are: numerator, denominator"),
    ("origin:", "words: {where: {uk: час, en: time}}\norigin:", 13, "unknown key where"),
    ("origin:", "legal_basis:\n  - act: {uk: Закон, en: Law}\norigin:", 14, "dated is missing"),
    ("origin:", "legal_basis:\n  - {act: {uk: Закон, en: Law}, dated: 2021}\norigin:", 14, "2021 is not a date"),
    ("origin:", "unit: days\norigin:", 13, "unit stands here twice, first on line 9. Keep one of them"),
    ("origin:", "? [a]\n: b\norigin:", 13, "a list or entries stand where a key is expected"),
    ("origin:", "needs: !!python/name:os.system [issued_on]\norigin:", 13, "the tag tag:yaml.org,2002:python"),
    ("origin:", "needs: &a [*a]\norigin:", 13, "an alias (*) stands here. Write the value out"),
    ("origin: {uk: Проба., en: A trial.}", "origin: {uk: Проба.", 14, "this is not YAML"),
    ("origin:", "\torigin:", 13, "this is not YAML"),
    ("origin: {uk: Проба", "origin: {uk: Про\x07ба", 13, "a character that cannot be shown stands here. Delete it"),
    ("origin:", "needs: " + "[" * 2000 + "\norigin:", 1, "the entries are nested too deeply"),
]


def test_every_mistake_is_named_with_file_and_line(tmp_path: Path) -> None:
    """One folder, one mistake a file, one loading: all are told together, each where it stands."""
    expected, files = {}, {"methodology": FRAME}
    for number, (old, new, line, said) in enumerate(BROKEN):
        name = f"broken_{number:02}"
        # Only the mistake at hand may be told, so the code follows the file's name.
        sound = INDICATOR.replace("good_share", name)
        old, new = old.replace("good_share", name), new.replace("good_share", name)
        assert sound.count(old) == 1, old
        files[name] = sound.replace(old, new)
        expected[name] = f"{name}.yaml, line {line}: {said}"
    faults = faults_of(write(tmp_path / "broken", **files))
    told = {name: [fault for fault in faults if fault.startswith(f"{name}.yaml, ")] for name in expected}
    missed = {name: (said, told[name]) for name, said in expected.items() if not _holds(told[name], said)}
    assert not missed, "\n".join(map(str, missed.values()))
    # One mistake may leave a second thing missing, but it never sets off a chain.
    assert all(len(said) <= 3 for said in told.values())
    assert faults == sorted(faults, key=lambda fault: fault.split(".yaml")[0])


def test_every_one_of_two_measures_is_read(tmp_path: Path) -> None:
    """What is wrong inside either is told at once, and nothing that only their number makes look wrong."""
    two = (
        "share: {numerator: is_on_tme, denominator: (select 1)}\nmean: throughput\n"
        "words: {of: {uk: час, en: time}, numerator: {uk: вчасних, en: on time}}\nunit: days\n"
    )
    text = INDICATOR.replace(MEASURE, two).replace("target: 0.95\nlevels: {good: 0.95, fair: 0.8}\n", "target: 30\n")
    faults = faults_of(write(tmp_path / "m", methodology=FRAME, good_share=text))
    assert [fault.removeprefix("good_share.yaml, line ").split(". ")[0] for fault in faults] == [
        *("6: unknown column is_on_tme", "6: a query stands in the condition: (SELECT 1)"),
        *("7: two measures stand here: share, mean", "7: unknown column throughput"),
    ]


@pytest.mark.parametrize("text", ["- code: good_share\n- unit: days\n", "good_share\n"])
def test_a_file_that_is_no_list_of_keys_says_only_that(tmp_path: Path, text: str) -> None:
    [fault] = faults_of(write(tmp_path / "m", methodology=FRAME, good_share=text))
    assert fault.startswith("good_share.yaml, line 1: entries are expected here. Write entries with some of the keys:")


def test_populations_without_keys_are_told_to_have_some(tmp_path: Path) -> None:
    frame = FRAME[: FRAME.index("populations:")] + "populations: [cases]\n"
    faults = faults_of(write(tmp_path / "m", methodology=frame))
    assert faults == ["methodology.yaml, line 4: entries are expected here. Give each entry a key of its own."]


STOCKS = [
    ("stock: {enters: due_on, leaves: closed_on}\n", 5, "a stock needs words. Add words: {standing: …}"),
    ("basis: due\nstock: {enters: due_on, leaves: closed_on}\n", 5, "a stock has no basis: it is counted at the end"),
    ("stock: {enters: due_at, leaves: closed_on}\n", 5, "due_at is no date. Name a date column"),
    ("stock: {enters: due, leaves: closed_on}\n", 5, "unknown column due. Did you mean due_on?"),
    ("stock: {enters: due_on, leaves: due_on}\n", 5, "enters and leaves are the same column"),
    ("stock: {enters: due_on}\n", 5, "leaves is missing"),
]


@pytest.mark.parametrize(("measure", "line", "said"), STOCKS)
def test_mistakes_in_a_stock(tmp_path: Path, measure: str, line: int, said: str) -> None:
    text = (
        "code: stock\ntitle: {uk: Залишок, en: Stock}\nexplanation: {uk: Пояснення., en: Explanation.}\n"
        f"population: cases\n{measure}unit: cases\ndirection: lower\n"
    )
    faults = faults_of(write(tmp_path / "m", methodology=FRAME, stock=text))
    assert _holds(faults, f"stock.yaml, line {line}: {said}"), faults


FRAMES = [
    ('version: "1"\n', "", 1, "version is missing"),
    ("valid_from: 2026-01-01", "valid_from: 2026", 3, "2026 is not a date"),
    ("    table: cases\n", "    table: case\n", 8, "unknown fact table case. Did you mean cases?"),
    ("    table: cases\n", "", 5, "table is missing"),
    ("    where: not is_test\n", "    where: is_tset\n", 9, "unknown column is_tset. Did you mean is_test?"),
    ("    where: not is_test\n", "    were: is_test\n", 9, "unknown key were. Did you mean where?"),
    ("  cases:\n", "  Cases:\n", 5, "Cases cannot be a code"),
    ("    noun: {uk: справ, en: cases}\n", "", 5, "noun is missing"),
    ("  code: whole", "  code: good_share", 15, "good_share is an indicator already"),
    ("indicator: good_share,", "indicator: good_shore,", 19, "unknown indicator good_shore. Did you mean good_share?"),
    ("weight: 1,", "weight: 0,", 19, "the weight is 0. Write a number above 0"),
    ("weight: 1, ", "", 19, "weight is missing"),
    ("worst: 0.5, best: 1", "worst: 1, best: 1", 19, "worst and best are the same"),
    ("worst: 0.5, best: 1", "worst: 1, best: 0.5", 19, "best (0.5) is not better than worst (1), while higher is"),
    ("worst: 0.5, best: 1", "worst: 50, best: 100", 19, "50 is more than the whole"),
    ("least_present: 0.6", "least_present: 60", 20, "least_present is 60. Write a fraction above 0"),
    ("indicator: good_share,", "indicator: volume,", 19, "volume is a volume"),
    ("indicator: good_share,", "indicator: neutral,", 19, "neutral has no direction"),
    (
        "    - {indicator: good_share,",
        "    - {indicator: good_share, weight: 1, worst: 0, best: 1}\n    - {indicator: good_share,",
        20,
        "good_share is in the index twice",
    ),
    (
        "  components:\n    - {indicator: good_share, weight: 1, worst: 0.5, best: 1}",
        "  components: []",
        18,
        "the index has",
    ),
    ("  least_present: 0.6", "  least_present: 0.6\n  target: 80", 21, "target without an origin"),
]


@pytest.mark.parametrize(("old", "new", "line", "said"), FRAMES)
def test_mistakes_in_the_frame(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    frame = FRAME + INDEX
    assert frame.count(old) == 1
    volume = INDICATOR.replace(MEASURE, "count: true\nunit: cases\n").replace("good_share", "volume")
    neutral = "".join(
        line
        for line in INDICATOR.replace("higher", "none").replace("good_share", "neutral").splitlines(keepends=True)
        if not line.startswith(("target", "levels"))
    )
    files = {"methodology": frame.replace(old, new), "good_share": INDICATOR, "neutral": neutral}
    files["volume"] = volume.replace("target: 0.95\nlevels: {good: 0.95, fair: 0.8}\n", "")
    faults = faults_of(write(tmp_path / "m", **files))
    assert _holds(faults, f"methodology.yaml, line {line}: {said}"), faults


def test_the_sound_parts_are_sound(tmp_path: Path) -> None:
    """What the broken ones are made of loads, so each of them has only the mistake that was put into it."""
    methodology = load(write(tmp_path / "m", methodology=FRAME + INDEX, good_share=INDICATOR), FACT_TABLES)
    assert [indicator.code for indicator in methodology.indicators] == ["good_share"]
    assert methodology.index is not None


def test_files_of_another_encoding_name_or_kind(tmp_path: Path) -> None:
    folder = write(tmp_path / "m", methodology=FRAME, empty="", text="just a text")
    (folder / "cyrillic.yaml").write_bytes("code: cyrillic\ntitle: Частка".encode("cp1251"))
    (folder / "short.yml").write_text(INDICATOR, encoding="utf-8")
    (folder / "notes.md").write_text("no indicator", encoding="utf-8")
    faults = faults_of(folder)
    assert "cyrillic.yaml, line 2: the text is not UTF-8. Save the file in UTF-8." in faults
    assert "empty.yaml, line 1: the file is empty. Write the entries of the methodology in it." in faults
    assert _holds(faults, "text.yaml, line 1: entries are expected here")
    assert "short.yml, line 1: the name does not end in .yaml. Rename the file." in faults
    assert not any("notes" in fault for fault in faults)


def test_without_a_frame_there_is_no_methodology(tmp_path: Path) -> None:
    assert faults_of(tmp_path) == ["methodology.yaml: the file is missing. Every methodology has one."]


# --- One more indicator ----------------------------------------------------------------------------------------------


def test_one_more_indicator_over_the_same_populations(tmp_path: Path, shipped: Methodology) -> None:
    text = INDICATOR.replace("good_share", "post_share").replace("numerator: is_on_time", "numerator: channel = 'post'")
    folder = write(tmp_path / "more", post_share=text, on_time_share=INDICATOR.replace("good_share", "on_time_share"))
    added = load_indicator(folder / "post_share.yaml", shipped, FACT_TABLES)
    assert added.population == shipped.indicators[0].population
    assert added.source == "numerator: channel = 'post'\ndenominator: due_on < as_of"
    with pytest.raises(FaultsFoundError, match=r"line 1: the methodology has an indicator on_time_share already"):
        load_indicator(folder / "on_time_share.yaml", shipped, FACT_TABLES)


# --- The room's own rule ---------------------------------------------------------------------------------------------


def test_yaml_and_the_sql_parser_are_used_in_one_module_each() -> None:
    core = Path(__file__).parents[3] / "mirylo" / "core"
    users = {
        word: [
            path.name
            for path in core.rglob("*.py")
            if re.search(rf"^(import|from) {word}\b", path.read_text(encoding="utf-8"), re.M)
        ]
        for word in ("yaml", "sqlglot")
    }
    assert users == {"yaml": ["yaml_nodes.py"], "sqlglot": ["expressions.py"]}
