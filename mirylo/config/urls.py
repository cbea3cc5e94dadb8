"""Addresses of the web application."""

from django.urls import include, path, re_path

from mirylo.web.api.addresses import api
from mirylo.web.api.problems import answer_missing

urlpatterns = [
    path("api/v1/", api.urls),
    re_path(r"^api/", answer_missing),
    path("", include("mirylo.web.portal.addresses")),
]
handler404 = "mirylo.web.portal.missing.show_missing"
handler500 = "mirylo.web.portal.missing.show_failure"
