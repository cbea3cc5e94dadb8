"""Finds the language of a reader: named in the address, in a cookie or by the browser, else Ukrainian."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from mirylo.display.language import LANGUAGES, speaking

COOKIE = "lang"


def language_of(request: HttpRequest) -> str:
    """`uk` or `en`. A browser's list is read in its order of preference; what is not spoken here is passed over."""
    for asked in (request.GET.get("lang"), request.COOKIES.get(COOKIE)):
        if asked in LANGUAGES:
            return asked
    wanted = []
    for place, part in enumerate(request.headers.get("Accept-Language", "").split(",")):
        name, _, weight = part.strip().partition(";q=")
        wanted.append((-_weight(weight), place, name.split("-")[0].lower()))
    return next((name for weight, _, name in sorted(wanted) if name in LANGUAGES and weight < 0), "uk")


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0


class LanguageMiddleware:
    """Answers each request in the language of its reader, and remembers a language that was chosen."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take what comes after."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Speak while the request is answered."""
        language = language_of(request)
        with speaking(language):
            response = self.get_response(request)
        response.headers["Content-Language"] = language
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        if request.GET.get("lang") == language:
            response.set_cookie(COOKIE, language, max_age=365 * 24 * 3600, samesite="Lax", httponly=True)
        return response
