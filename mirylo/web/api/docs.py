"""Shows the interface to people: what can be sent and asked, ready to be tried, on a page of the site."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase

from mirylo.web.ui.policy import HEADERS

POLICY = "Content-Security-Policy"


class Description(DocsBase):
    """The OpenAPI page: Swagger UI as the package `ninja` carries it, with signs that are pictures in its styles."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        """The page; without JavaScript it leads to the description itself."""
        address = self.get_openapi_url(api, kwargs)
        settings = {"url": address, "layout": "BaseLayout", "deepLinking": True}
        response = render(request, "ui/interface.html.j2", {"settings": json.dumps(settings), "address": address})
        response.headers[POLICY] = f"{HEADERS[POLICY]}; img-src 'self' data:"
        return response
