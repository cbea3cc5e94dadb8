"""Addresses of the web application."""

from django.urls import include, path

from mirylo.web.api.addresses import api

urlpatterns = [
    path("api/v1/", api.urls),
    path("", include("mirylo.web.portal.addresses")),
]
handler404 = "mirylo.web.portal.missing.show_missing"
handler500 = "mirylo.web.portal.missing.show_failure"
