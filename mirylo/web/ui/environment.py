"""Gives templates what they need to speak: sentences in the reader's language, numbers, dates, addresses."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from jinja2 import Environment

from mirylo.display.language import current, say
from mirylo.display.numbers import say_count, write_date


def make_environment(**options: Any) -> Environment:
    """The environment of all templates."""
    environment = Environment(trim_blocks=True, lstrip_blocks=True, **options)
    environment.globals |= {
        "say": say,
        "say_count": say_count,
        "write_date": write_date,
        "language": current,
        "static": static,
        "url": lambda name, *args, **kwargs: reverse(name, args=args or None, kwargs=kwargs or None),
    }
    return environment
