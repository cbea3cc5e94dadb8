"""The interface as a whole: its parts, its OpenAPI page, and how a mistake is answered."""

from ninja import NinjaAPI

from mirylo.web.api import cases, events, register_files, registers
from mirylo.web.api.problems import answer_problems

api = NinjaAPI(title="Mirylo", version="1", urls_namespace="api", description=__doc__)
answer_problems(api)
api.add_router("", events.router)
api.add_router("", registers.router)
api.add_router("", register_files.router)
api.add_router("", cases.router)
