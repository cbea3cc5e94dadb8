"""A page speaks the language that its reader chose, else that of the browser, else Ukrainian."""

import pytest
from django.test import RequestFactory

from mirylo.web.ui.language import language_of


@pytest.mark.parametrize(
    ("query", "cookie", "browser", "language"),
    [
        ("", "", "", "uk"),
        ("", "", "en-GB,en;q=0.9", "en"),
        ("", "", "de, en;q=0.3, uk;q=0.7", "uk"),
        ("", "", "en;q=0", "uk"),
        ("", "", "en;q=x", "uk"),
        ("", "en", "uk", "en"),
        ("?lang=uk", "en", "en", "uk"),
        ("?lang=ru", "", "", "uk"),
        ("", "ru", "en", "en"),
    ],
)
def test_the_language_of_a_reader(query: str, cookie: str, browser: str, language: str) -> None:
    request = RequestFactory().get(f"/{query}", headers={"Accept-Language": browser})
    request.COOKIES["lang"] = cookie
    assert language_of(request) == language
