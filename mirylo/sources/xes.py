"""Reads event logs in XES, the XML standard for logs: one row an event, with what the log says about its case.

Attributes of a trace become columns `case:<key>`, those of an event `<key>`, as pm4py names them in its CSV files.
The file is read as a stream; document types, entities and the network are refused, as an honest log needs none.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import duckdb
from lxml import etree

from mirylo.core.faults import N_
from mirylo.sources.memory_rows import RowsInMemory
from mirylo.sources.opening import OpenedFile, fault
from mirylo.sources.raw_rows import RawRows
from mirylo.sources.refusals import Refusal

VALUES = frozenset({"string", "date", "int", "float", "boolean", "id"})


def read_xes(file: OpenedFile, connection: duckdb.DuckDBPyConnection) -> RawRows:
    """The events of an XES log, every value as text; as records they are counted from 1."""
    gathered = RowsInMemory()
    number = 0
    for trace in _traces(file):
        if not trace.events:
            name = trace.said.get("case:concept:name") or ""
            gathered.refused.append(Refusal(file.name, None, "record", "no_events", value=name))
        for event in trace.events:
            number += 1
            gathered.add({**trace.said, **event}, number)
    return gathered.finish(connection, file, "record")


@dataclass(frozen=True)
class _Trace:
    """One case of the log: what is said about it, and its events."""

    said: dict[str, str | None]
    events: list[dict[str, str | None]]


def _traces(file: OpenedFile) -> Iterator[_Trace]:
    """The cases of the log, each let go once it was read."""
    with file.path.open("rb") as binary:
        parser = etree.iterparse(
            binary,
            events=("start", "end"),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            recover=False,
        )
        try:
            yield from _traces_in(parser, file.name)
        except etree.XMLSyntaxError as error:
            raise fault(
                file.name,
                N_("this is no whole XML document ({detail})"),
                N_("Export or copy the log again."),
                detail=error.msg,
            ) from None


def _traces_in(happenings: Iterable[tuple[str, etree._Element]], name: str) -> Iterator[_Trace]:
    is_begun = False
    for happening, element in happenings:
        if not is_begun:
            _check_root(element, name)
            is_begun = True
        elif happening == "end" and _name(element) == "trace":
            yield _read_trace(element)
            element.clear()
            parent = element.getparent()
            while parent is not None and element.getprevious() is not None:
                del parent[0]


def _check_root(root: etree._Element, name: str) -> None:
    """Refuse documents that are no logs, and those that declare a document type, which may hide a bomb of entities."""
    if root.getroottree().docinfo.internalDTD is not None:
        raise fault(
            name, N_("the XML declares a document type, which no log needs"), N_("Remove the line with DOCTYPE.")
        )
    if _name(root) != "log":
        raise fault(
            name, N_("this is XML, but no XES log: it begins with {root}"), N_("Export it as XES."), root=_name(root)
        )


def _name(element: etree._Element) -> str:
    """The name of an element without its namespace; empty for comments."""
    return str(etree.QName(element).localname) if isinstance(element.tag, str) else ""


def _read_trace(element: etree._Element) -> _Trace:
    said = {f"case:{key}": value for key, value in _attributes(element)}
    return _Trace(said, [dict(_attributes(child)) for child in element if _name(child) == "event"])


def _attributes(element: etree._Element) -> Iterator[tuple[str, str | None]]:
    for child in element:
        if _name(child) in VALUES and (key := child.get("key")):
            yield str(key), child.get("value")
