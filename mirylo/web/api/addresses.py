"""The interface as a whole: its parts, its OpenAPI page, and how a mistake is answered."""

from mirylo.web.api import cases, events, register_files, registers, values
from mirylo.web.api.docs import Description
from mirylo.web.api.problems import LegibleRenderer, ProblemAPI, answer_problems

ABOUT = """What connected systems send and ask. Begin with “Your system”: it says what your key may do. Then send.

Whatever cannot be done is answered with a problem (RFC 9457): `detail` and `faults` say what to do, in Ukrainian or,
with `Accept-Language: en`, in English."""

api = ProblemAPI(
    title="Mirylo",
    version="1",
    urls_namespace="api",
    description=ABOUT,
    docs=Description(),
    renderer=LegibleRenderer(),
)
answer_problems(api)
api.add_router("", events.router)
api.add_router("", registers.router)
api.add_router("", register_files.router)
api.add_router("", cases.router)
api.add_router("", values.router)
