"""The interface as a whole: its parts, its OpenAPI page, and how a mistake is answered."""

from ninja import NinjaAPI

api = NinjaAPI(title="Mirylo", version="1", urls_namespace="api")
