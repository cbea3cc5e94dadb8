"""Addresses of the pages for everyone."""

from django.urls import path

from mirylo.web.portal.centre import show_centre
from mirylo.web.portal.feed import show_feed, show_newest
from mirylo.web.portal.registers import show_bodies, show_centres, show_registers, show_services, show_territories
from mirylo.web.portal.service import show_service
from mirylo.web.portal.start import show_start

app_name = "portal"
urlpatterns = [
    path("", show_start, name="start"),
    path("feed/", show_feed, name="feed"),
    path("feed/newest/", show_newest, name="newest"),
    path("registers/", show_registers, name="registers"),
    path("registers/territories/", show_territories, name="territories"),
    path("registers/bodies/", show_bodies, name="bodies"),
    path("registers/centres/", show_centres, name="centres"),
    path("registers/centres/<path:code>/", show_centre, name="centre"),
    path("registers/services/", show_services, name="services"),
    path("registers/services/<str:code>/", show_service, name="service"),
]
