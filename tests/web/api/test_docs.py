"""The description of the interface is a page of the site and asks nothing of anybody else."""

import re

from django.test import Client


def test_the_description_is_a_page_of_this_site() -> None:
    response = Client(SERVER_NAME="localhost").get("/api/v1/docs")
    page = response.content.decode()
    assert response.status_code == 200
    assert '"url": "/api/v1/openapi.json"' in page
    assert "swagger-ui-bundle" in page
    assert not re.search(r'(?:src|href)="https?:', page)
    assert response.headers["Content-Security-Policy"].startswith("default-src 'self'")
