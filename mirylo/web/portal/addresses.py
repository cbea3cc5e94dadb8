"""Addresses of the pages for everyone."""

from collections.abc import Callable

from django.http import HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.gzip import gzip_page

from mirylo.web.portal.centre import show_centre
from mirylo.web.portal.feed import show_feed, show_newest
from mirylo.web.portal.registers import show_bodies, show_centres, show_registers, show_services, show_territories
from mirylo.web.portal.service import show_service
from mirylo.web.portal.start import show_start

app_name = "portal"


def page(route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
    """A page, packed on its way: it holds no secret that its length could betray."""
    return path(route, gzip_page(view), name=name)


urlpatterns = [
    page("", show_start, "start"),
    page("feed/", show_feed, "feed"),
    page("feed/newest/", show_newest, "newest"),
    page("registers/", show_registers, "registers"),
    page("registers/territories/", show_territories, "territories"),
    page("registers/bodies/", show_bodies, "bodies"),
    page("registers/centres/", show_centres, "centres"),
    page("registers/centres/<path:code>/", show_centre, "centre"),
    page("registers/services/", show_services, "services"),
    page("registers/services/<str:code>/", show_service, "service"),
]
