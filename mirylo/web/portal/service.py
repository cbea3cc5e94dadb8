"""The page of one service: how long it may take by law, what it costs, why it may be refused, and how it goes."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from mirylo.core.faults import N_
from mirylo.display.language import say
from mirylo.display.numbers import write_date
from mirylo.domain.registers.models import Service
from mirylo.web.portal.figures import read_figures
from mirylo.web.portal.missing import say_missing
from mirylo.web.portal.words import name_of, say_cost, say_term, say_word

FINISHES = {
    "ready": N_("the result is ready"),
    "notified": N_("the applicant is told"),
    "issued": N_("the result is handed over"),
}
DEFICIENCIES = {
    "stops": N_("stops the term until it is mended"),
    "restarts": N_("starts the term anew"),
    "ignored": N_("does not change the term"),
}


def show_service(request: HttpRequest, code: str) -> HttpResponse:
    """A service by its code."""
    found = Service.objects.prefetch_related("variations").filter(code=code).first()
    if found is None:
        return say_missing(request, say("There is no service with the code {code}.", code=code), "service", code)
    variations = list(found.variations.all())
    context = {
        "place": "registers",
        "service": found,
        "title": name_of(found),
        "term": say_term(variations[0]) if variations else "",
        "variations": [
            (one.code, name_of(one), say_term(one), [say_cost(cost) for cost in one.costs]) for one in variations
        ],
        "facts": facts_of(found),
        "figures": read_figures(timezone.localdate(), "service", code),
    }
    return render(request, "portal/service.html.j2", context)


def facts_of(service: Service) -> list[tuple[str, str]]:
    """What the register says of it, name by name."""
    return [
        (say("Who decides"), service.provider),
        (say("Thematic area"), service.thematic_area),
        (say("Level"), service.level),
        (say("Finished when"), say_word(FINISHES, service.finish)),
        (say("A deficiency of the application"), say_word(DEFICIENCIES, service.deficiency)),
        (say("In force from"), write_date(service.valid_from) if service.valid_from else ""),
        (say("In force until"), write_date(service.valid_to) if service.valid_to else ""),
    ]
