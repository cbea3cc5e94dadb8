"""Reads a methodology file and remembers on which line every entry stands, so that a mistake can be pointed at.

Only a plain part of YAML is let in: texts, lists and entries. Tags, anchors and aliases are refused, because a
methodology needs none of them and they are how YAML files do harm. Texts stay as they were written ("2026.1" is not
turned into a number, "no" not into a flag): whoever asks for a number reads it as one, exactly.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml

from mirylo.core.faults import N_, Fault


@dataclass(frozen=True)
class Node:
    """A value in a file: a text, a list, or entries by key. `line` is the line of its key, else its own."""

    line: int
    value: "str | tuple[Node, ...] | Mapping[str, Node]"


@dataclass
class Page:
    """One file while it is read: its name and the mistakes found in it so far."""

    name: str
    found: list[tuple[int, Fault]] = field(default_factory=list)

    def place(self, line: int) -> str:
        """How a line of this file is named in a fault.

        >>> Page("refusal_share.yaml").place(4)
        'refusal_share.yaml, line 4'
        """
        return f"{self.name}, line {line}"

    def report(self, line: int, problem: str, remedy: str = "", **values: object) -> None:
        """Note a mistake on a line; reading goes on."""
        self.found.append((line, Fault(self.place(line), problem, remedy, values)))

    def faults(self) -> list[Fault]:
        """The mistakes in the order of their lines."""
        return [fault for _, fault in sorted(self.found, key=lambda numbered: numbered[0])]


def compose(raw: bytes, page: Page) -> Node | None:
    """The file's content as nodes with lines; none where it is not YAML at all, which is reported on `page`.

    A key that stands twice, a tag, an alias or a list used as a key is reported too.

    >>> page = Page("a.yaml")
    >>> compose(b"unit: per_cent", page).value["unit"].line
    1
    >>> _ = compose(b"unit: days\\nunit: hours", page)
    >>> print(page.faults()[0])
    a.yaml, line 2: unit stands here twice, first on line 1. Keep one of them.
    """
    try:
        root = yaml.compose(raw.decode("utf-8-sig"), Loader=yaml.SafeLoader)
        if root is None:
            page.report(1, N_("the file is empty"), N_("Write the entries of the methodology in it."))
            return None
        return _Conversion(page).convert(root, root.start_mark.line + 1)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        page.report(line, N_("the text is not UTF-8"), N_("Save the file in UTF-8."))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        page.report(line, N_("this is not YAML: {why}"), N_("Check indents, colons and quotes."), why=error.problem)
    except yaml.reader.ReaderError as error:
        line = raw.decode("utf-8-sig")[: error.position].count("\n") + 1
        page.report(line, N_("a character that cannot be shown stands here"), N_("Delete it."))
    except RecursionError:
        page.report(1, N_("the entries are nested too deeply"), N_("An indicator needs at most four levels."))
    return None


class _Conversion:
    """Turns PyYAML's nodes into ours, once each."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.seen: set[int] = set()

    def convert(self, node: yaml.Node, line: int) -> Node:
        # An alias gives the very same node again, perhaps inside itself.
        if id(node) in self.seen:
            self.page.report(line, N_("an alias (*) stands here"), N_("Write the value out."))
            return Node(line, "")
        self.seen.add(id(node))
        if not node.tag.startswith("tag:yaml.org,2002:") or "python" in node.tag:
            self.page.report(line, N_("the tag {tag} stands here"), N_("Write the value without a tag."), tag=node.tag)
        if isinstance(node, yaml.MappingNode):
            return Node(line, self._entries(node))
        if isinstance(node, yaml.SequenceNode):
            return Node(line, tuple(self.convert(item, item.start_mark.line + 1) for item in node.value))
        return Node(line, "" if node.tag.endswith(":null") else node.value)

    def _entries(self, node: yaml.MappingNode) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                self.page.report(line, N_("a list or entries stand where a key is expected"), N_("Write a plain word."))
                continue
            converted = self.convert(value, line)
            if key.value in entries:
                first = entries[key.value].line
                problem = N_("{key} stands here twice, first on line {first}")
                self.page.report(line, problem, N_("Keep one of them."), key=key.value, first=first)
            else:
                entries[key.value] = converted
        return entries
