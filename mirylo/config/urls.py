"""Addresses of the web application."""

from django.urls import include, path, re_path
from django.views.generic import RedirectView

from mirylo.web.api.addresses import api
from mirylo.web.api.problems import answer_missing

urlpatterns = [
    re_path(r"^api/(v1/)?$", RedirectView.as_view(url="/api/v1/docs")),
    path("api/v1/", api.urls),
    re_path(r"^api/", answer_missing),
    path("", include("mirylo.web.portal.addresses")),
]
handler404 = "mirylo.web.portal.missing.show_missing"
handler500 = "mirylo.web.portal.missing.show_failure"
