"""The made-up country of the demo is the same each time, and nothing of it comes from the future."""

import itertools
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from mirylo.commands.demo import feeding
from mirylo.commands.demo.folder import BOOKED_AHEAD, DemoFolder, Plan, plan_from
from mirylo.commands.demo.past import Line, Story, midnight, without_receipt
from mirylo.domain.intake.lines import decode
from mirylo.simulation.country import build_country
from mirylo.simulation.office_time import KYIV

PLAN = Plan(seed=1, centres=5, cases_per_day=30.0, first_on=date(2026, 10, 1), cut_on=date(2026, 11, 23))


@pytest.fixture(scope="module")
def story() -> Story:
    return Story(build_country(PLAN.seed, PLAN.centres), PLAN)


@pytest.mark.parametrize(
    ("today", "first_on", "cut_on"),
    [
        (date(2026, 11, 25), date(2026, 1, 1), date(2026, 11, 23)),
        (date(2026, 11, 23), date(2026, 1, 1), date(2026, 11, 19)),  # over a weekend
        (date(2027, 1, 31), date(2026, 1, 1), date(2027, 1, 28)),  # in January, since the year before
        (date(2027, 2, 1), date(2027, 1, 1), date(2027, 1, 28)),
    ],
)
def test_the_past_reaches_from_the_new_year_to_some_days_ago(today: date, first_on: date, cut_on: date) -> None:
    plan = plan_from(today)
    assert (plan.first_on, plan.cut_on) == (first_on, cut_on)
    assert plan.days[0] == cut_on + timedelta(days=BOOKED_AHEAD)
    assert plan.days[-1] == first_on


def test_past_and_present_together_are_all_there_is(story: Story) -> None:
    """Every event is either loaded or sent, and none is both."""
    until = date(2026, 11, 26)
    loaded = [line for day in PLAN.days for line in story.lines_of(day, PLAN.cut_on)]
    sent = story.lines_between((midnight(PLAN.cut_on), ""), until)
    days = [date.fromordinal(n) for n in range(PLAN.first_on.toordinal(), until.toordinal() + BOOKED_AHEAD + 1)]
    whole = [line for day in days for line in story.lines_of(day, until)]
    assert len(sent) > 300
    assert sorted(loaded + sent) == sorted(whole)
    assert max(line.received_at for line in loaded) < midnight(PLAN.cut_on) <= sent[0].received_at


def test_what_is_sent_goes_on_where_it_was(story: Story) -> None:
    until = date(2026, 11, 26)
    whole = story.lines_between((midnight(PLAN.cut_on), ""), until)
    rest = story.lines_between((whole[100].received_at, whole[100].id), until)
    assert rest == whole[101:]


def test_a_line_is_what_intake_reads(story: Story) -> None:
    for line in itertools.islice(story.lines_of(date(2026, 11, 20), PLAN.cut_on), 200):
        told = decode(line.text)
        assert (told.id, told.source) == (line.id, line.source)
        assert told.happened_at is not None
        assert told.happened_at <= datetime.fromisoformat(line.received_at)


def test_only_the_moment_of_receipt_is_left_out() -> None:
    said = {"number": "1", "received_at": "2026-11-20T10:00:00Z", "centre": "Ї-1"}
    text = json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode()
    assert json.loads(without_receipt(text)) == {"number": "1", "centre": "Ї-1"}


class Clock:
    """A clock that a test sets; waiting moves it on."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += timedelta(minutes=10)


def test_nothing_is_sent_before_its_moment(story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over two midnights, from a day after the cut: what is late comes at once, then each event at its moment."""
    clock = Clock(datetime(2026, 11, 24, 12, tzinfo=KYIV))
    monkeypatch.setattr(feeding, "now", clock.now)
    monkeypatch.setattr(feeding.time, "sleep", clock.sleep)
    folder = DemoFolder(tmp_path, PLAN)
    sent: list[Line] = []
    for lines in feeding.portions(folder, story, lambda: clock.at > datetime(2026, 11, 25, 13, tzinfo=KYIV)):
        assert all(line.received_at <= feeding.write(clock.at) for line in lines)
        sent += lines
        folder.remember(sent_at=lines[-1].received_at, sent=lines[-1].id)
    expected = story.lines_between((midnight(PLAN.cut_on), ""), date(2026, 11, 26))
    assert sent == expected[: len(sent)]
    reached = datetime.fromisoformat(sent[-1].received_at)
    assert datetime(2026, 11, 25, 9, tzinfo=KYIV) < reached.astimezone(UTC)
    assert folder.plan.sent == sent[-1].id


def test_what_is_long_past_is_sent_in_large_portions(
    story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeding, "now", lambda: datetime(2026, 12, 24, 12, tzinfo=KYIV))
    folder = DemoFolder(tmp_path, replace(PLAN))
    portions = feeding.portions(folder, story, lambda: False)
    first = next(portions)
    expected = story.lines_between((midnight(PLAN.cut_on), ""), date(2026, 11, 24))
    assert first == expected[: feeding.IN_A_HURRY]


def test_the_folder_remembers_and_keeps_keys_to_itself(tmp_path: Path) -> None:
    folder = DemoFolder(tmp_path, PLAN)
    assert folder.keys == {}
    folder.keep_keys({"vulyk": "secret"})
    assert folder.keys == {"vulyk": "secret"}
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600
    folder.remember(loaded=7)
    assert json.loads((tmp_path / "plan.json").read_text())["loaded"] == 7
