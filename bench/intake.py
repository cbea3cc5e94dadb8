"""How fast events come in over HTTP until they are committed, and until they are folded, beside a bare loop.

The bare loop decodes the same lines with msgspec and inserts the same rows, under the same unique key, into a table of
its own in the same database, a commit for each batch: what any intake must do at least. It has no network, checks
nothing, finds no cases and answers nobody. SQLite always, PostgreSQL where
MIRYLO_TEST_DATABASE_URL or 127.0.0.1 answers. `script/bench intake`.
"""

import gc
import http.client
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

BATCH = 5_000
EVENTS = 200_000
ROUNDS = 3
SENDERS = 2
"""Systems that send at once; the web application has as many processes, as `mirylo serve` starts on two cores."""
HERE = Path(__file__).resolve()


def make_lines() -> list[bytes]:
    """Events of an invented country, day by day in the order of receipt, under random ids as most systems give them."""
    from mirylo.simulation.country import build_country
    from mirylo.simulation.generation import Span, generate_events

    span = Span(build_country(1, 60), date(2026, 5, 1), date(2026, 7, 31), 400.0)
    numbers = random.Random(1)
    lines = []
    for _, text in generate_events(span):
        for line in text.splitlines():
            said = msgspec.json.decode(line)
            del said["received_at"]
            lines.append(msgspec.json.encode({**said, "source": "bench", "id": f"{numbers.getrandbits(64):016x}"}))
        if len(lines) >= EVENTS:
            break
    return lines[:EVENTS]


def batches_of(lines: Sequence[bytes]) -> Iterator[list[bytes]]:
    """The lines, some thousand at a time."""
    return (list(lines[first : first + BATCH]) for first in range(0, len(lines), BATCH))


def bare(lines: Sequence[bytes]) -> float:
    """Lines a second of the bare loop."""
    from django.db import connection, transaction

    from mirylo.domain.intake.lines import decode
    from mirylo.domain.intake.storing import EVENT_COLUMNS, write_rows
    from mirylo.domain.intake.taking import row_of

    make_bare_table()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)  # as the web application has it
    started = time.perf_counter()
    for number, batch in enumerate(batches_of(lines)):
        rows = [row_of(decode(line), 1) for line in batch]
        with transaction.atomic():
            write_rows(
                "bench_bare", EVENT_COLUMNS, rows, "ON CONFLICT (source_id, event_id) DO NOTHING", batch_id=number
            )
    spent = time.perf_counter() - started
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM bench_bare")
        assert cursor.fetchone()[0] == len(lines)
        cursor.execute("DROP TABLE bench_bare")
    return len(lines) / spent


def make_bare_table() -> None:
    """Make the table of the bare loop: the columns and the unique key of the real one, and no other index."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_bare")
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE TABLE bench_bare (LIKE intake_event INCLUDING IDENTITY, UNIQUE (source_id, event_id))"
            )
        else:
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'intake_event'")
            cursor.execute(cursor.fetchone()[0].replace("intake_event", "bench_bare", 1))


@contextmanager
def serving(environment: dict[str, str], port: int) -> Iterator[None]:
    """The web application and the fold, as processes of their own."""
    fold = "import django; django.setup(); from mirylo.domain.cases.folding import run_forever; run_forever()"
    web = ["-m", "gunicorn", "mirylo.config.wsgi:application", "--bind", f"127.0.0.1:{port}", "--threads", "4"]
    web += ["--workers", str(SENDERS)]
    started = [
        subprocess.Popen([sys.executable, *words], env=environment, stderr=subprocess.DEVNULL)
        for words in (web, ["-c", fold])
    ]
    try:
        yield
    finally:
        for process in started:
            process.send_signal(signal.SIGTERM)
        for process in started:
            process.wait(30)


def send_some(batches: Sequence[list[bytes]], headers: dict[str, str], port: int) -> None:
    """Send batches one after the other over one connection, as one system does."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    for batch in batches:
        connection.request("POST", "/api/v1/events", b"\n".join(batch), headers)
        answer = msgspec.json.decode(connection.getresponse().read())
        assert answer.get("accepted") == len(batch), answer.get("detail") or answer["rejected"]


def send(lines: Sequence[bytes], key: str, port: int) -> tuple[float, float]:
    """Lines a second until all are committed, and until all are folded."""
    from mirylo.domain.intake.models import StaleCase

    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/x-ndjson"}
    for _ in range(100):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/api/v1/system", headers=headers)
            connection.getresponse().read()
            break
        except OSError:
            time.sleep(0.2)
    batches = list(batches_of(lines))
    started = time.perf_counter()
    with ThreadPoolExecutor(SENDERS) as pool:
        sent = [pool.submit(send_some, batches[first::SENDERS], headers, port) for first in range(SENDERS)]
        for one in sent:
            one.result()
    committed = time.perf_counter() - started
    while StaleCase.objects.exists():
        assert time.perf_counter() - started < 300, "nobody folds"
        time.sleep(0.02)
    folded = time.perf_counter() - started
    return len(lines) / committed, len(lines) / folded


def measure(lines: Sequence[bytes], port: int) -> None:
    """Measure one database, the bare loop and Mirylo in turn, and print the best of some rounds."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from mirylo.domain.intake.systems import connect

    best = {"bare": 0.0, "committed": 0.0, "folded": 0.0}
    for number in range(ROUNDS):
        call_command("migrate", verbosity=0)
        call_command("flush", verbosity=0, interactive=False)
        name = f"bench {number}"
        at = datetime.now(UTC)
        _, key = connect(
            name=name, kind="centres", sources=["bench"], has_all_centres=True, lines_per_minute=100_000_000, at=at
        )
        with serving(dict(os.environ), port + number):
            committed, folded = send(lines, key, port + number)
        rates = {"bare": bare(lines), "committed": committed, "folded": folded}
        best = {what: max(best[what], rate) for what, rate in rates.items()}
    print(
        f"{connection.vendor}: {len(lines):,} events in batches of {BATCH:,} from {SENDERS} senders, best of {ROUNDS}"
    )
    for what, rate in best.items():
        print(f"  {what:10} {rate:9,.0f} events/s   {rate / best['bare']:.2f} of the bare loop")


def main() -> None:
    """SQLite, then PostgreSQL where there is one; each in a process of its own, since settings hold for a process."""
    if len(sys.argv) > 1:
        measure(make_lines(), int(sys.argv[1]))
        return
    with tempfile.TemporaryDirectory(prefix="mirylo-bench-") as folder:
        environment = {**os.environ, "MIRYLO_FOLDER": folder, "DJANGO_SETTINGS_MODULE": "mirylo.config.settings"}
        environment.pop("DATABASE_URL", None)
        subprocess.run([sys.executable, str(HERE), "8760"], env=environment, check=True)
        url = os.environ.get("MIRYLO_TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/test")
        import psycopg

        name = "mirylo_bench"
        try:
            server = psycopg.connect(url, autocommit=True, connect_timeout=3)
        except psycopg.OperationalError:
            print("postgresql: skipped, no server answers")
            return
        with server:
            server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            server.execute(f"CREATE DATABASE {name}")
            environment["DATABASE_URL"] = urlsplit(url)._replace(path=f"/{name}").geturl()
            subprocess.run([sys.executable, str(HERE), "8770"], env=environment, check=True)
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


if __name__ == "__main__":
    main()
