"""The description of the interface is a page of the site and asks nothing of anybody else."""

import json
import re

from django.test import Client

from mirylo.domain.intake.lines import TYPES, decode


def test_whoever_looks_where_the_interface_begins_is_led_to_its_description(client: Client) -> None:
    for address in ("/api/", "/api/v1/"):
        response = client.get(address)
        assert (response.status_code, response["Location"]) == (302, "/api/v1/docs")


def test_the_description_is_a_page_of_this_site() -> None:
    response = Client(SERVER_NAME="localhost").get("/api/v1/docs")
    page = response.content.decode()
    assert response.status_code == 200
    assert '"url": "/api/v1/openapi.json"' in page
    assert "swagger-ui-bundle" in page
    assert not re.search(r'(?:src|href)="https?:', page)
    assert response.headers["Content-Security-Policy"].startswith("default-src 'self'")


def test_an_event_is_described_field_by_field_with_examples_that_would_be_taken() -> None:
    client = Client(SERVER_NAME="localhost")
    described = client.get("/api/v1/openapi.json").json()["paths"]["/api/v1/events"]["post"]["requestBody"]["content"]
    fields = described["application/json"]["schema"]["anyOf"][0]["properties"]
    assert all(field["description"] for field in fields.values())
    assert all(f"`{type_}`: " in fields["type"]["description"] for type_ in TYPES)
    for example in described["application/json"]["examples"]["many"]["value"]:
        assert decode(json.dumps(example).encode()).id == example["id"]
    lines = described["application/x-ndjson"]["example"].splitlines()
    assert [decode(line.encode()).type for line in lines] == ["application.registered", "decision.made"]
