"""Has the words for what registers keep as codes: kinds, states, modes, terms and costs."""

import re
from collections.abc import Mapping

from mirylo.core.faults import N_
from mirylo.display import cells
from mirylo.display.language import NP_, current, say
from mirylo.display.numbers import say_count, write_number
from mirylo.domain.registers.models import Service, Territory, Variation

TERRITORIES = {
    "O": N_("oblast"),
    "K": N_("city with special status"),
    "P": N_("raion"),
    "H": N_("community"),
    "M": N_("city"),
    "X": N_("settlement"),
    "C": N_("village"),
    "B": N_("city district"),
}
KINDS = {
    "centre": N_("service centre"),
    "unit": N_("territorial unit"),
    "remote": N_("remote workplace"),
    "mobile": N_("mobile workplace"),
}
STATES = {"active": N_("works"), "closed_for_now": N_("closed for a time"), "closed": N_("closed for good")}
MODES = {
    "on_site": N_("on site"),
    "relocated": N_("relocated"),
    "remote": N_("remotely"),
    "suspended": N_("suspended"),
}
ROLES = {"founding": N_("the community that founded it"), "work": N_("where it works")}
BODIES = {
    "ministry": N_("ministry"),
    "central": N_("central body of executive power"),
    "oblast_administration": N_("oblast administration"),
    "raion_administration": N_("raion administration"),
    "council": N_("council"),
    "military_administration": N_("military administration"),
    "territorial_office": N_("territorial office"),
    "enterprise": N_("enterprise"),
    "other": N_("other body"),
}
TERMS = {
    "minutes": NP_("{n} minute", "{n} minutes"),
    "hours": NP_("{n} hour", "{n} hours"),
    "working_days": NP_("{n} working day", "{n} working days"),
    "calendar_days": NP_("{n} calendar day", "{n} calendar days"),
    "months": NP_("{n} month", "{n} months"),
}


def kind_of_territory(territory: Territory) -> str:
    """What it is: the codifier puts the Autonomous Republic among the oblasts, people do not."""
    if territory.name.startswith("Автономна Республіка"):
        return say("autonomous republic")
    return say(TERRITORIES[territory.category])


def name_territory(territory: Territory) -> str:
    """The name as people say it: «Вінницька область», «Бучанський район», «Бучанська громада», «Буча»."""
    is_adjective = territory.name.endswith(("а", "ий"))
    template = cells.TERRITORIES.get(territory.category) if is_adjective else None
    return say(template, name=territory.name) if template else territory.name


LONG = re.compile("центр надання адміністративних послуг", re.IGNORECASE)


def say_word(words: Mapping[str, str], code: str) -> str:
    """The word for a code; the code itself where there is none."""
    return say(words[code]) if code in words else code


def name_of(service: Service | Variation) -> str:
    """The name in the reader's language; in English only where the register has one."""
    return service.en if current() == "en" and service.en else service.uk


def shorten(name: str) -> str:
    """The name of an access point where many stand below each other: everybody says ЦНАП.

    >>> shorten("Центр надання адміністративних послуг (Луцька)")
    'ЦНАП (Луцька)'
    """
    return LONG.sub("ЦНАП", name)


def say_term(variation: Variation) -> str:
    """The term by law: «10 робочих днів», «у день звернення»."""
    if variation.term_amount is None:
        return ""
    if variation.term_amount == 0:
        return say("at once")
    return say_count(*TERMS[variation.term_unit], variation.term_amount)


def say_cost(cost: Mapping[str, object]) -> str:
    """A cost as the register has it in words; else its amount with the currency."""
    verbose = str(cost.get("verbose") or "").strip()
    value = cost.get("value")
    if verbose:
        return verbose
    if value in (None, "", 0, "0", "0.00"):
        return say("free of charge")
    amount = write_number(float(str(value).replace(",", ".")), 2) if _is_number(value) else str(value)
    currency = str(cost.get("currency") or "")
    return f"{amount} {say('UAH') if currency in ('', 'UAH') else currency}"


def _is_number(value: object) -> bool:
    try:
        float(str(value).replace(",", "."))
    except ValueError:
        return False
    return True
