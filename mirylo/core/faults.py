"""Says what is wrong, where it stands and what to do about it, so that all mistakes are told at once.

A fault carries its sentences as templates with named places. English templates are the keys of the translations,
therefore every template is written inside `N_()`, which is how the translation test finds it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


def N_(template: str) -> str:  # noqa: N802 - gettext's own name for "translate later"
    """Mark a template for translation; the text itself is left as it is.

    >>> N_("no such column")
    'no such column'
    """
    return template


@dataclass(frozen=True, order=True)
class Fault:
    """One mistake: where (`cases.csv, line 3`), what, and the remedy. `values` fill the templates."""

    place: str
    problem: str
    remedy: str = ""
    values: Mapping[str, object] = field(default_factory=dict, compare=False)

    def __str__(self) -> str:
        """The fault in English: "place: problem. Remedy".

        >>> str(Fault("a.yaml, line 3", "unknown column {name}", "Write one of: {known}.", {"name": "x", "known": "y"}))
        'a.yaml, line 3: unknown column x. Write one of: y.'
        """
        said = f"{self.place}: {self.problem.format(**self.values)}"
        return f"{said}. {self.remedy.format(**self.values)}" if self.remedy else said


class FaultsFoundError(Exception):
    """Raised once with every fault of a document, never with the first one only."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Keep the faults in the order they stand in the document."""
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))
