"""Takes in what is to be measured: files by a mapping, or a folder of facts; tells which rows were refused."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from mirylo.commands.verbs import refuse
from mirylo.core.faults import N_

if TYPE_CHECKING:
    from collections.abc import Callable

    from mirylo.core.rules import Compare
    from mirylo.engines.facts import Facts
    from mirylo.sources.loading import Loaded
    from mirylo.sources.mapping import Mapping


@dataclass(frozen=True)
class Taken:
    """Facts; and, where they were read from files, how that went and by which rule a case is on time."""

    facts: "Facts"
    loaded: "Loaded | None" = None
    compare: "Compare | None" = None
    mapping: "Mapping | None" = None


def take_in(
    sources: Sequence[Path],
    mapping: Path | None,
    compare: str | None,
    as_of: date | None,
    tell: "Callable[[str, float | None], None]",
) -> Taken:
    """Facts from files by a mapping, or from a folder that holds facts already."""
    if len(sources) == 1 and sources[0].is_dir():
        return Taken(open_folder(sources[0], mapping, compare))
    assert mapping is not None
    from mirylo.core.rules import Compare
    from mirylo.sources.loading import load
    from mirylo.sources.mapping_file import read_mapping

    check_there([*sources, mapping])
    read = read_mapping(mapping)
    read = judging_by(Compare(compare), read) if compare else read
    loaded = load(sources, read, as_of=as_of, progress=tell)
    return Taken(loaded.facts, loaded, read.rules.compare if loaded.summary.judged.cases else None, read)


def check_there(paths: Sequence[Path]) -> None:
    """Raise for every path that is no file, before the first of them is read."""
    from mirylo.core.faults import Fault, FaultsFoundError

    faults = []
    for path in paths:
        if path.is_dir():
            faults.append(Fault(path.resolve().name, N_("this is a folder, not a file"), N_("Check the path.")))
        elif not path.exists():
            faults.append(Fault(path.name, N_("there is no such file"), N_("Check the path.")))
    if faults:
        raise FaultsFoundError(faults)


def judging_by(compare: "Compare", mapping: "Mapping") -> "Mapping":
    """The mapping with another rule of comparison, which from then on is part of its text and of its fingerprint."""
    from mirylo.core.rules import Compare

    if compare is Compare.MOMENTS and "due_at" not in mapping.columns:
        refuse(N_("--compare moments needs due_at in the mapping: a term counted in days ends with a day."))
    if compare is mapping.rules.compare:
        return mapping
    rules = replace(mapping.rules, compare=compare)
    return replace(mapping, rules=rules, text=f"{mapping.text}\n# --compare {compare}\n")


def open_folder(folder: Path, mapping: Path | None, compare: str | None) -> "Facts":
    """The facts in a folder, which are judged already: neither a mapping nor another comparison can change them."""
    from mirylo.core.faults import Fault, FaultsFoundError
    from mirylo.engines.lake import NoLakeError, open_lake

    try:
        facts = open_lake(folder)
    except NoLakeError:
        remedy = N_("Name files with a mapping, or a folder written by `mirylo simulate --facts`.")
        raise FaultsFoundError([Fault(folder.resolve().name, N_("this folder holds no facts"), remedy)]) from None
    for option, is_given in (("--mapping", mapping), ("--compare", compare)):
        if is_given:
            problem = N_("{option} does not go with a folder of facts, which are judged already: leave it out.")
            refuse(problem, option=option)
    return facts


def is_accepted(taken: Taken, refused_to: Path | None, *, is_strict: bool) -> bool:
    """Tell what was refused; whether to go on."""
    loaded = taken.loaded
    if loaded is None:
        return True
    from rich.console import Console

    from mirylo.commands.readings import say_refused, write_refused
    from mirylo.display.language import say
    from mirylo.display.terminal import print_refusals

    if refused_to is not None:
        write_refused(loaded.refusals, refused_to)
    if not loaded.refusals.total:
        return True
    console = Console(stderr=True, highlight=False)
    print_refusals(console, say_refused(loaded.refusals, taken.mapping, with_file=len(loaded.summary.files) > 1))
    if is_strict:
        console.print(say("Nothing was written, because --strict accepts no refused row."))
    return not is_strict
