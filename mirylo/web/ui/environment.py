"""Gives templates what they need to speak: sentences in the reader's language, numbers, dates, addresses."""

from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django_htmx.jinja import htmx_script
from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader

from mirylo.display.language import LANGUAGES, current, say
from mirylo.display.numbers import write_date, write_number
from mirylo.web.ui.moments import write_moment, write_time
from mirylo.web.ui.paging import with_query


def make_environment(**options: Any) -> Environment:
    """The environment of all templates; those that draw values stand in `display/`, as in the page of a measurement."""
    drawn = PrefixLoader({"display": PackageLoader("mirylo.display", ".")})
    options["loader"] = ChoiceLoader([options["loader"], drawn])
    environment = Environment(trim_blocks=True, lstrip_blocks=True, **options)
    environment.globals |= {
        "say": say,
        "write_date": write_date,
        "write_number": write_number,
        "write_moment": write_moment,
        "write_time": write_time,
        "language": current,
        "other_language": other_language,
        "with_query": with_query,
        "is_demo": settings.IS_DEMO,
        "static": static,
        "htmx_script": htmx_script,
        "url": lambda name, *args, **kwargs: reverse(name, args=args or None, kwargs=kwargs or None),
    }
    return environment


def other_language() -> str:
    """The language that a reader can switch to."""
    return next(language for language in LANGUAGES if language != current())
