"""Events over HTTP: how they may be packed and wrapped up, what is refused with which status, and in which language."""

import gzip
import json
import random
import time
import tracemalloc
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from mirylo.domain.intake.models import Batch, ConnectedSystem, Event, RejectedLine, StaleCase
from mirylo.domain.intake.systems import renew_key
from mirylo.web.api import events as view
from tests.domain.sending import event, make_registers, make_system, write

pytestmark = pytest.mark.django_db

NDJSON = "application/x-ndjson"
GOOD = [event(str(n), number=str(n)) for n in range(3)]
Post = Callable[..., object]


@pytest.fixture
def key() -> str:
    make_registers()
    return make_system()[1]


@pytest.fixture
def post(client: Client, key: str):  # type: ignore[no-untyped-def]
    """Send a body with the key; further words are headers."""

    def send(body: bytes, kind: str = NDJSON, /, **headers: str):  # type: ignore[no-untyped-def]
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        given = {"Authorization": f"Bearer {key}", "Accept-Language": "en", **given}
        # The test client leaves the content type out where there is no body.
        more = {} if body else {"CONTENT_TYPE": kind}
        return client.post("/api/v1/events", body, kind, headers=given, **more)

    return send


def lines(*some: dict[str, object]) -> bytes:
    return b"\n".join(write(*some))


def said(answer) -> list[str]:  # type: ignore[no-untyped-def]
    assert answer.status_code == 200, answer.content
    return [line["status"] for line in answer.json()["lines"]]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", json.dumps(GOOD).encode()),
        ("application/json; charset=utf-8", json.dumps(GOOD).encode()),
        ('application/json; charset="UTF-8"', json.dumps(GOOD, indent=2).encode()),
        (NDJSON, lines(*GOOD)),
        ("application/ndjson", lines(*GOOD) + b"\n"),
        ("application/jsonl", lines(*GOOD).replace(b"\n", b"\r\n") + b"\r\n"),
        ("APPLICATION/X-NDJSON", b"\n\n" + lines(*GOOD).replace(b"\n", b"\n \n")),
        (NDJSON, b"\xef\xbb\xbf" + lines(*GOOD)),
        ("application/json", b"\xef\xbb\xbf \n" + json.dumps(GOOD).encode()),
    ],
)
def test_many_events_are_taken_in_any_of_the_forms(post: Post, kind: str, body: bytes) -> None:
    assert said(post(body, kind)) == ["accepted"] * 3
    assert said(post(body, kind)) == ["duplicate"] * 3
    assert Event.objects.count() == 3


def test_one_event_is_answered_as_a_batch_of_one(post: Post) -> None:
    answer = post(json.dumps(event()).encode(), "application/json")
    assert answer.json() == {
        "batch": Batch.objects.get().pk,
        "accepted": 1,
        "duplicate": 0,
        "rejected": 0,
        "lines": [{"line": 1, "id": "1", "status": "accepted"}],
    }


def test_empty_lines_are_passed_over_but_counted(post: Post) -> None:
    answer = post(b"\n" + lines(event("a", service=None)) + b"\n\n" + lines(event("b")))
    assert [(line["line"], line["id"], line["status"]) for line in answer.json()["lines"]] == [
        (2, "a", "rejected"),
        (4, "b", "accepted"),
    ]


def test_a_single_event_that_is_wrong_is_answered_422_and_a_conflict_409(post: Post) -> None:
    answer = post(json.dumps(event(service=None)).encode(), "application/json")
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert answer.json()["type"] == "urn:mirylo:problem:invalid"
    assert [(fault["code"], fault["field"]) for fault in answer.json()["faults"]] == [("missing", "service")]
    post(lines(event("1")))
    answer = post(json.dumps(event("1", channel="post")).encode(), "application/json")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:mirylo:problem:conflict")
    assert answer.json()["faults"][0]["remedy"].endswith("under a new id with “corrects”: “1”.")


def test_a_thousand_lines_of_which_three_are_bad(post: Post) -> None:
    some = [event(str(n), number=str(n)) for n in range(1, 1001)]
    some[6].pop("number")
    some[499] |= {"centre": "CNAP-3"}
    body = lines(*some).replace(b'"id": "1000",', b'"id": "1000"')
    answer = post(body).json()
    assert (answer["accepted"], answer["duplicate"], answer["rejected"]) == (997, 0, 3)
    assert {line["line"]: line["faults"][0]["code"] for line in answer["lines"] if "faults" in line} == {
        7: "missing",
        500: "centre_not_allowed",
        1000: "not_json",
    }
    assert Event.objects.count() == StaleCase.objects.count() == 997


@pytest.mark.parametrize(
    ("language", "problem", "remedy"),
    [
        ("en", "this does not have the right form", "Send a moment like 2026-10-05T09:30:00+03:00."),
        ("uk-UA,uk;q=0.9,en;q=0.5", "неправильний формат", "Надішліть момент у вигляді 2026-10-05T09:30:00+03:00."),
        ("de", "неправильний формат", "Надішліть момент у вигляді 2026-10-05T09:30:00+03:00."),
    ],
)
def test_faults_are_told_in_the_callers_language(post: Post, language: str, problem: str, remedy: str) -> None:
    answer = post(lines(event(happened_at="вчора")), Accept_Language=language)
    [fault] = answer.json()["lines"][0]["faults"]
    assert fault == {"code": "bad_form", "field": "happened_at", "problem": problem, "remedy": remedy}
    assert RejectedLine.objects.get().faults[0]["problem"] == "this does not have the right form"


class TestKeys:
    """Who may send."""

    @pytest.mark.parametrize(
        "header", [None, "", "Bearer", "Bearer ", "Bearer wrong", "Basic dXNlcjpwYXNz", "Bearer ключ", "wrong"]
    )
    def test_without_a_valid_key_nothing_is_taken(self, client: Client, key: str, header: str | None) -> None:
        headers = {"Accept-Language": "en"} | ({} if header is None else {"Authorization": header})
        answer = client.post("/api/v1/events", lines(event()), NDJSON, headers=headers)
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
        assert answer["Content-Type"] == "application/problem+json"
        assert "Authorization: Bearer" in answer.json()["detail"]
        assert Event.objects.count() == 0

    def test_an_inactive_and_a_renewed_key_are_refused(self, post: Post) -> None:
        ConnectedSystem.objects.update(is_active=False)
        assert post(lines(event())).status_code == 401
        ConnectedSystem.objects.update(is_active=True)
        assert post(lines(event())).status_code == 200
        renew_key(name="vulyk")
        assert post(lines(event("2"))).status_code == 401


class TestPacking:
    """gzip, and other ways to pack a body."""

    def test_gzip_is_undone(self, post: Post) -> None:
        assert said(post(gzip.compress(lines(*GOOD)), Content_Encoding="gzip")) == ["accepted"] * 3
        assert said(post(gzip.compress(lines(*GOOD)), Content_Encoding=" GZIP ")) == ["duplicate"] * 3

    def test_several_gzip_files_in_a_row_are_one(self, post: Post) -> None:
        members = [gzip.compress(line + b"\n") for line in write(*GOOD)]
        assert said(post(b"".join(members), Content_Encoding="gzip")) == ["accepted"] * 3

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda body: body[:-1],
            lambda body: body[: len(body) // 2],
            lambda body: body + b"garbage",
            lambda body: body + body[:10],
            lambda body: body[:20] + bytes([body[20] ^ 255]) + body[21:],
            lambda body: body[:-8] + bytes(8),
            lambda _: b"",
            lambda _: lines(*GOOD),
        ],
        ids=["cut at the end", "cut in the middle", "trailing", "begun anew", "bit", "checksum", "empty", "plain"],
    )
    def test_broken_gzip_is_refused_whole(self, post: Post, spoil: Callable[[bytes], bytes]) -> None:
        answer = post(spoil(gzip.compress(lines(*GOOD))), Content_Encoding="gzip")
        assert (answer.status_code, answer.json()["type"]) == (400, "urn:mirylo:problem:broken_gzip")
        assert Event.objects.count() == Batch.objects.count() == 0

    def test_a_bomb_is_refused_before_it_fills_the_memory(self, post: Post, settings: Settings) -> None:
        settings.LARGEST_TEXT = 100_000
        for bomb in (gzip.compress(b" " * 100_001), gzip.compress(b" " * 60_000) * 2, gzip.compress(b" " * 10**8)):
            answer = post(bomb, Content_Encoding="gzip")
            assert (answer.status_code, answer.json()["type"]) == (413, "urn:mirylo:problem:too_large")
        padded = lines(event()).ljust(100_000)
        assert said(post(gzip.compress(padded), Content_Encoding="gzip")) == ["accepted"]

    def test_a_bomb_of_empty_files_is_undone_in_a_moment(self, post: Post) -> None:
        """Copying what is left for each of them took minutes for a body of 32 MB."""
        began = time.process_time()
        answer = post(gzip.compress(b"") * 200_000, Content_Encoding="gzip")
        assert (answer.status_code, answer.json()["type"]) == (400, "urn:mirylo:problem:empty")
        assert time.process_time() - began < 3

    def test_other_packing_is_refused(self, post: Post) -> None:
        answer = post(lines(event()), Content_Encoding="br")
        assert (answer.status_code, answer["Accept-Encoding"]) == (415, "gzip, identity")


class TestForms:
    """Content types, lengths and what is no JSON."""

    @pytest.mark.parametrize(
        "kind",
        ["text/plain", "application/xml", "", "multipart/form-data; boundary=x", "application/json; charset=cp1251"],
    )
    def test_other_content_types_are_refused(self, post: Post, kind: str) -> None:
        answer = post(lines(event()), kind)
        assert answer.status_code == 415
        assert "application/x-ndjson" in answer["Accept-Post"]
        assert Event.objects.count() == 0

    @pytest.mark.parametrize("body", [b"", b"\n\n", b" ", b"[]", b"\xef\xbb\xbf"])
    @pytest.mark.parametrize("kind", [NDJSON, "application/json"])
    def test_nothing_sent_is_told_so(self, post: Post, kind: str, body: bytes) -> None:
        if (kind, body) == (NDJSON, b"[]"):
            assert said(post(body)) == ["rejected"]
            return
        answer = post(body, kind)
        assert (answer.status_code, answer.json()["type"]) == (400, "urn:mirylo:problem:empty")

    @pytest.mark.parametrize("body", [b"[{}", b"[{} {}]", b"[1,]", b"[" * 100_000, b'[{"a":' * 50_000])
    def test_an_array_that_cannot_be_read_is_refused_whole(self, post: Post, body: bytes) -> None:
        answer = post(body, "application/json")
        assert (answer.status_code, answer.json()["type"]) == (400, "urn:mirylo:problem:not_json")

    @pytest.mark.parametrize(
        "body", [b"{", b'"a"', b"1e999", b"NaN", b'{"a":' * 100_000, b"\xff", b"\x00", b"9" * 5000]
    )
    def test_one_value_that_is_no_event_is_answered_422(self, post: Post, body: bytes) -> None:
        answer = post(body, "application/json")
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:mirylo:problem:invalid")

    def test_too_many_lines_and_too_many_bytes(self, post: Post, settings: Settings) -> None:
        settings.MOST_LINES = 3
        assert said(post(lines(*GOOD) + b"\n")) == ["accepted"] * 3
        answer = post(lines(*GOOD, event("4"), event("5")))
        assert (answer.status_code, answer.json()["detail"]) == (413, "Send at most 3 lines at once.")
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = settings.LARGEST_BODY = 100
        answer = post(lines(*GOOD))
        assert (answer.status_code, answer.json()["detail"]) == (413, "Send at most 100 bytes at once.")

    @pytest.mark.parametrize(
        ("kind", "body"), [(NDJSON, b"\n" * 10**7), ("application/json", b"[1" + b",1" * 3 * 10**6 + b"]")]
    )
    def test_too_many_lines_are_refused_before_each_takes_memory(self, post: Post, kind: str, body: bytes) -> None:
        tracemalloc.start()
        try:
            assert post(body, kind).status_code == 413
            assert tracemalloc.get_traced_memory()[1] < 5 * len(body)
        finally:
            tracemalloc.stop()

    def test_a_body_in_chunks_is_refused(self, post: Post) -> None:
        answer = post(lines(event()), Transfer_Encoding="chunked")
        assert (answer.status_code, answer.json()["type"]) == (411, "urn:mirylo:problem:length_required")

    def test_too_fast_is_told_when_to_come_again(self, post: Post) -> None:
        ConnectedSystem.objects.update(lines_per_minute=3)
        assert said(post(lines(*GOOD))) == ["accepted"] * 3
        answer = post(lines(event("4")))
        assert (answer.status_code, answer.json()["type"]) == (429, "urn:mirylo:problem:too_fast")
        assert 55 <= int(answer["Retry-After"]) <= 61
        Batch.objects.update(received_at=timezone.now() - timedelta(seconds=61))
        assert said(post(lines(event("4")))) == ["accepted"]

    def test_another_method_is_refused(self, client: Client) -> None:
        assert client.get("/api/v1/events").status_code == 405

    def test_a_busy_database_is_told_so(self, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
        """A lock that is not given within 20 s cannot be waited for in a test; what follows is told apart here."""

        def fail(*_: object, **__: object) -> None:
            raise OperationalError("database is locked")

        monkeypatch.setattr(view, "take", fail)
        answer = post(lines(event()))
        assert (answer.status_code, answer["Retry-After"]) == (503, "5")


class TestRejected:
    """What was not accepted is shown to the system that sent it, and to nobody else."""

    def test_a_system_sees_its_own_lines_the_newest_first(self, client: Client, post: Post, key: str) -> None:
        for n in range(3):
            post(lines(event(str(n), service=None, ground="тел. 0671234567" if n else "х")))
        headers = {"Authorization": f"Bearer {key}", "Accept-Language": "uk"}
        page = client.get("/api/v1/events/rejected?size=2", headers=headers).json()
        assert (page["count"], [line["id"] for line in page["items"]]) == (3, ["2", "1"])
        assert "0671234567" not in json.dumps(page)
        assert {fault["problem"] for fault in page["items"][0]["faults"]} == {
            "цього поля немає",
            "це схоже на персональні дані (номер телефону)",
        }
        other = {"Authorization": f"Bearer {make_system('other')[1]}"}
        assert client.get("/api/v1/events/rejected", headers=other).json() == {"count": 0, "items": []}
        assert client.get("/api/v1/events/rejected?page=0", headers=headers).status_code == 422
        assert client.get("/api/v1/events/rejected").status_code == 401


NASTY = [
    "\x00", "\u2028", "\x85", "😀", "\ufeff", "{id}", "{0}", "%s", "'; drop table intake_event; --", "\\", "A" * 200,
    "<script>", "é", "e\u0301", "\ud7ff", "\uffff", "${x}", "%00", "\"", "null", "//", "..", " ",
]  # fmt: skip


@pytest.mark.parametrize(
    "field", ["id", "number", "type", "source", "centre", "service", "happened_at", "unknown", "ground", "corrects"]
)
def test_no_text_in_any_field_breaks_the_answer(post: Post, field: str) -> None:
    some = [event(f"n{place}", **{field: text}) for place, text in enumerate(NASTY)]
    some += [{field: text} for text in NASTY] + [{text: text, "id": field} for text in NASTY if text]
    assert len(said(post(lines(*some)))) == len(some)
    connection.check_constraints()


def test_random_bytes_never_break_the_answer(post: Post) -> None:
    dice = random.Random(7)
    good = lines(*GOOD)
    for _ in range(300):
        spoilt = bytearray(good)
        for _ in range(dice.randrange(1, 6)):
            spoilt[dice.randrange(len(spoilt))] = dice.randrange(256)
        kind = dice.choice(
            [NDJSON, "application/json", "application/cloudevents+json", "application/cloudevents-batch+json"]
        )
        assert post(bytes(spoilt), kind).status_code in (200, 400, 409, 422)
