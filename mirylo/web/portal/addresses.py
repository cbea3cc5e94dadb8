"""Addresses of the pages for everyone."""

from django.urls import URLPattern

app_name = "portal"
urlpatterns: list[URLPattern] = []
