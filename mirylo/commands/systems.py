"""Looks after the connected systems: lists them, lets them send for more, gives a new key, takes a key out of use."""

from typing import TYPE_CHECKING, Any

import click

from mirylo.commands.verbs import Verb, Verbs, language_option
from mirylo.core.faults import N_

if TYPE_CHECKING:
    from mirylo.domain.intake.liveness import Heard

SHOWN = 5
"""So many codes are named; of more, only how many there are."""


@click.group(cls=Verbs, help=N_("Looks after the connected systems and their keys."))
@language_option
def systems() -> None:
    """Hold the verbs below."""


@systems.command("list", cls=Verb, help=N_("Lists the connected systems: what each may send, and when it was heard."))
@language_option
def list_systems() -> None:
    """Print some lines for each system, those silent longest first."""
    _open()
    from mirylo.display.language import say
    from mirylo.domain.intake.liveness import list_heard

    heard = list_heard(is_active=None)
    for one in heard:
        click.echo("\n  ".join(_lines(one)))
    if not heard:
        click.echo(say("No system is connected yet: mirylo connect."))


def _lines(heard: "Heard") -> list[str]:
    """The name of a system, and under it what is known of it."""
    from django.utils.timezone import localtime

    from mirylo.display.language import say

    system = heard.system
    last = f"{localtime(heard.last_at):%Y-%m-%d %H:%M}" if heard.last_at else say("never")
    lines = [
        f"{system.name} ({system.kind})" + ("" if system.is_active else f" — {say('stopped')}"),
        say("sources: {names}", names=_listed(system.sources.values_list("name", flat=True))),
        say("key: {start}…", start=system.key_start),
        say("last heard: {moment}", moment=last),
    ]
    if system.kind == "provider":
        lines.append(say("services: {names}", names=_listed(system.services.values_list("code", flat=True))))
    if system.kind == "centres":
        every = say("all") if system.has_all_centres else _listed(system.access_points.values_list("code", flat=True))
        lines.append(say("access points: {names}", names=every))
    return lines


def _listed(names: Any) -> str:
    found = sorted(names)
    more = f" … ({len(found)})" if len(found) > SHOWN else ""
    return ", ".join(found[:SHOWN]) + more if found else "—"


@systems.command(cls=Verb, help=N_("Lets the system NAME send for more than before; its key stays."))
@click.argument("name")
@click.option("--source", "sources", multiple=True, metavar="SOURCE",
              help=N_("The name under which it sends events; may be repeated."))  # fmt: skip
@click.option("--centre", "access_points", multiple=True, metavar="CODE",
              help=N_("An access point that it reports for; may be repeated."))  # fmt: skip
@click.option("--all-centres", "has_all_centres", is_flag=True, help=N_("It reports for all access points."))
@click.option("--service", "services", multiple=True, metavar="CODE",
              help=N_("A service that the provider decides on; may be repeated."))  # fmt: skip
@language_option
def allow(name: str, **known: Any) -> None:
    """Add what is named, and show the system as it is now."""
    _open()
    from mirylo.domain.intake import liveness
    from mirylo.domain.intake import systems as kept

    system = kept.allow(name=name, **known)
    heard = next(one for one in liveness.list_heard(is_active=None) if one.system.pk == system.pk)
    click.echo("\n  ".join(_lines(heard)))


@systems.command(cls=Verb, help=N_("Prints a new key for the system NAME; the old one stops working at once."))
@click.argument("name")
@language_option
def renew(name: str) -> None:
    """Print the key alone on the standard output, so that it can be put into a file."""
    _open()
    from mirylo.display.language import say
    from mirylo.domain.intake import systems as kept

    click.echo(kept.renew_key(name=name))
    click.echo(say("Keep the key: it is not shown again. The old one works no longer."), err=True)


@systems.command(cls=Verb, help=N_("Takes nothing more from the system NAME; what it has sent stays."))
@click.argument("name")
@language_option
def stop(name: str) -> None:
    """Take the key out of use."""
    _open()
    from mirylo.display.language import say
    from mirylo.domain.intake import systems as kept

    kept.stop(name=name)
    click.echo(say("{name}: the key works no longer. A new one lets it go on: mirylo systems renew.", name=name))


def _open() -> None:
    from mirylo.commands.application import open_with_tables

    open_with_tables()
