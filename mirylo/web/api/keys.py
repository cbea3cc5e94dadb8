"""Finds out which connected system is calling, by the key that it sends."""

from django.http import HttpRequest
from ninja.security import HttpBearer

from mirylo.core.faults import N_
from mirylo.domain.intake.models import ConnectedSystem
from mirylo.domain.intake.systems import system_of
from mirylo.web.api.problems import ProblemError


class Key(HttpBearer):
    """The key of a connected system, in the header `Authorization: Bearer …`."""

    def authenticate(self, request: HttpRequest, token: str) -> ConnectedSystem | None:
        """The system, or none for a key that nobody has."""
        return system_of(token)


class RegisterKey(Key):
    """A key that may change registers too."""

    def authenticate(self, request: HttpRequest, token: str) -> ConnectedSystem | None:
        """The system; a key that may not change registers is answered 403."""
        system = super().authenticate(request, token)
        if system is not None and not system.keeps_registers:
            raise ProblemError(
                403,
                "not_allowed",
                N_("This key may not change registers"),
                N_("Ask the operator for a key that keeps registers."),
            )
        return system
