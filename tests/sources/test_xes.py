"""Tests of reading XES: the columns of pm4py, and XML that is no log, torn, or a trap."""

from collections.abc import Callable

import pytest

from tests.sources.conftest import Load

MAPPING = """
rows = "events"
[columns]
number = "case:concept:name"
happened_at = "time:timestamp"
type = "concept:name"
registered_at = "case:opened"
[types]
"result.issued" = ["end"]
"""

LOG = """<?xml version="1.0" encoding="{encoding}"?>
<log xmlns="http://www.xes-standard.org/" xes.version="1.0">
<global scope="event"><string key="concept:name" value="UNKNOWN"/></global>
<string key="concept:name" value="the log"/>
<trace><string key="concept:name" value="1"/><date key="opened" value="2026-01-05T09:00:00+02:00"/>
 <event><string key="concept:name" value="початок"/><date key="time:timestamp" value="2026-01-05T09:00:00.000+02:00"/>
  <list key="l"><string key="x" value="y"/></list></event>
 <!-- a remark --><event><string key="concept:name" value="end"><string key="inner" value="z"/></string>
  <date key="time:timestamp" value="2026-01-06T07:00:00Z"/></event></trace>
<trace><string key="concept:name" value="empty"/></trace>
</log>"""

BOMB = """<?xml version="1.0"?><!DOCTYPE log [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>
<log><trace><string key="concept:name" value="&d;"/></trace></log>"""

STEALING = """<?xml version="1.0"?><!DOCTYPE log [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<log><trace><string key="concept:name" value="1">&x;</string></trace></log>"""


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251", "utf-16"])
def test_events_become_rows_with_what_is_said_of_their_case(load_text: Load, encoding: str) -> None:
    loaded = load_text(LOG.format(encoding=encoding).encode(encoding), MAPPING, "log.xes")
    [case] = loaded.facts.tables["cases"].to_pylist()
    assert (case["number"], case["events"], case["span_seconds"]) == ("1", 2, 86_400)
    assert case["registered_at"].isoformat() == "2026-01-05T07:00:00+00:00"
    assert str(case["issued_on"]) == "2026-01-06"
    assert [(row.reason, row.value) for row in loaded.refusals.rows] == [("no_events", "empty")]


def test_an_attribute_that_no_case_has_is_empty_and_told(load_text: Load) -> None:
    loaded = load_text(LOG.format(encoding="utf-8"), MAPPING.replace("case:opened", "case:begun"), "log.xes")
    assert loaded.facts.tables["cases"]["registered_at"].null_count == 1
    assert loaded.summary.files[0].not_found == ("case:begun",)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (LOG.format(encoding="utf-8")[:-200], "no whole XML document"),
        ("<log><trace></log>", "no whole XML document"),
        (BOMB, "declares a document type"),
        (STEALING, "declares a document type"),
        ("<catalog/>", "no XES log: it begins with catalog"),
        ("<html><body/></html>", "web page"),
        ("<log/>", "there are no rows"),
        (LOG.format(encoding="utf-8").replace("time:timestamp", "time"), "there is no column «time:timestamp»"),
    ],
)
def test_what_is_no_log_is_named(fault_of: Callable[..., str], content: str, said: str) -> None:
    assert said in fault_of(content, MAPPING, "log.xes")
