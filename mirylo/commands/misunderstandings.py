"""Says in the reader's language which words of a command could not be understood, and what would be."""

import re

import click

from mirylo.core.faults import N_
from mirylo.display.language import say


def say_misunderstanding(error: click.UsageError) -> str:
    """What click found wrong, with the remedy."""
    match error:
        case click.NoSuchOption():
            said = say("there is no option {name}", name=error.option_name)
            near = ", ".join(error.possibilities or ())
            return f"{said}. {say('The nearest are: {names}.', names=near)}" if near else f"{said}."
        case click.BadOptionUsage():
            return say("{name} needs a value after it.", name=error.option_name)
        case click.MissingParameter():
            return say("{name} is missing.", name=_name_of(error))
        case click.BadParameter():
            return _say_value(error)
        case _:
            extra = re.fullmatch(r"Got unexpected extra arguments? \((.*)\)", error.message)
            return say("there is no place for: {words}.", words=extra[1]) if extra else error.message


def _say_value(error: click.BadParameter) -> str:
    """A value that the option or argument does not take."""
    kind, name = error.param.type if error.param else None, _name_of(error)
    quoted = re.search(r"'(.*?)'", error.message) or re.match(r"(-?[\d.]+)", error.message)
    value = quoted[1] if quoted else ""
    match kind:
        case click.Choice():
            known = ", ".join(str(choice) for choice in kind.choices)
            return say("{name}: {value} is none of these: {known}.", name=name, value=value, known=known)
        case click.DateTime():
            return say("{name}: {value} is no date; write one such as 2026-01-31.", name=name, value=value)
        case click.IntRange() if kind.max is not None:
            template = N_("{name}: {value} is no whole number from {least} to {most}.")
            return say(template, name=name, value=value, least=kind.min, most=kind.max)
        case click.IntRange():
            return say("{name}: {value} is no whole number from {least} up.", name=name, value=value, least=kind.min)
        case click.Path() if "is a directory" in error.message:
            return say("{name}: {value} is a folder; name a file.", name=name, value=value)
        case click.Path() if "is a file" in error.message:
            return say("{name}: {value} is a file; name a folder.", name=name, value=value)
        case click.Path():
            return say("{name}: there is no {value}. Check the path.", name=name, value=value)
        case _:
            return f"{name}: {error.message}"


def _name_of(error: click.BadParameter) -> str:
    """The option as it is written, or the argument as the help page calls it."""
    if isinstance(error.param, click.Option):
        return max(error.param.opts, key=len)
    return error.param.make_metavar(error.ctx).strip("[]") if error.param and error.ctx else ""
