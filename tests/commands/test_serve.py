"""The whole system by one command, for real: it comes up, mends itself, goes on where it was, leaves nothing behind."""

import json
import os
import signal
import socket
import urllib.request
from pathlib import Path

import pytest
from django.utils import timezone

from tests.commands.served import Served, children_of, free_port, get, plan_small_country, run, wait_until
from tests.domain.installations import Installation


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    """The folder of a demo with a small country."""
    plan_small_country(tmp_path)
    return tmp_path


@pytest.mark.skipif(not os.environ.get("MIRYLO_TEST_LONG"), reason="long, a whole demo: MIRYLO_TEST_LONG=1 asks for it")
def test_a_demo_lives_mends_itself_and_goes_on(demo: Path) -> None:
    served = Served(demo, "--demo")
    try:
        wait_until(lambda: get(served.port)[0] == 200)
        assert "Дані вигадані" in get(served.port)[1]
        wait_until(lambda: "вчасно завершено" in get(served.port)[1])
        before = served.newest()
        wait_until(lambda: served.newest() > before)

        web = next(pid for words, pid in children_of(served.process.pid).items() if words.startswith("web"))
        os.kill(web, signal.SIGKILL)
        wait_until(lambda: get(served.port)[0] == 200)
        before = served.newest()
        wait_until(lambda: served.newest() > before)
        children = children_of(served.process.pid)
        assert {words.split(" --port")[0].split(" --host")[0] for words in children} == {
            "web", "worker --only folding", "worker --only jobs", "demo",
        }  # fmt: skip
    finally:
        served.stop()
    assert not any(Path(f"/proc/{pid}").exists() for pid in children.values())
    sent = json.loads((demo / "demo" / "plan.json").read_text())["sent_at"]
    assert sent

    again = Served(demo)  # without --demo: an invented country stays invented
    try:
        wait_until(lambda: "вчасно завершено" in get(again.port)[1])
        assert "Дані вигадані" in get(again.port)[1]
        children = children_of(again.process.pid)
        again.process.kill()
        wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children.values()), 12)
    finally:
        again.process.kill()
        again.process.wait()


def test_a_connected_system_sends_at_once(tmp_path: Path) -> None:
    """Nothing is there but an empty folder: serve, connect, send, see it in the feed; and no demo comes near it."""
    served = Served(tmp_path)
    try:
        wait_until(lambda: get(served.port)[0] == 200)
        assert "Дані вигадані" not in get(served.port)[1]
        assert "31\u202f744" in get(served.port)[1]
        done = run(["connect", "Наша система", "--kind", "portal", "--source", "ours"], tmp_path)
        assert done.returncode == 0, done.stderr
        event = {"id": "1", "type": "application.registered", "number": "7", "service": "00034"}
        body = json.dumps({**event, "happened_at": timezone.now().isoformat()}).encode()
        headers = {"Authorization": f"Bearer {done.stdout.strip()}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"http://127.0.0.1:{served.port}/api/v1/events", body, headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            assert json.loads(answer.read())["accepted"] == 1
        assert "звернення зареєстровано" in get(served.port, "/feed/")[1]

        words = ["--kind", "centres", "--source", "a", "--centre", "none", "--number-format", "("]
        done = run(["connect", "Інша система", *words], tmp_path)
        assert done.returncode == 1
        assert done.stderr.startswith("2 mistakes were found:")
        assert "no access point has the code none" in done.stderr
    finally:
        served.stop()
    assert [line.partition(" http")[0] for line in served.log.read_text().splitlines()] == [
        "Preparing the data…", "Mirylo is at", "Stopping what runs; this takes some seconds…", "Stopped.",
    ]  # fmt: skip
    done = run(["serve", "--demo", "--port", str(free_port())], tmp_path)
    assert done.returncode == 1
    assert "there are data here that no demo made" in done.stderr


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = run(["serve", "--port", port], tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert (
        done.stderr == f"127.0.0.1:{port}: the port is taken. Stop what listens there, or name another with --port.\n"
    )


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = run(["serve", "--port", str(free_port())], tmp_path / "file")
    assert done.returncode == 1
    assert "the folder of the data cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_does_not_answer_is_told(tmp_path: Path) -> None:
    url = f"postgres://nobody@127.0.0.1:{free_port()}/none"
    done = run(["serve", "--port", str(free_port())], tmp_path, DATABASE_URL=url)
    assert done.returncode == 1
    assert done.stderr.startswith("DATABASE_URL: the database does not answer: ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "url", ["mysql://root@127.0.0.1/mirylo", "127.0.0.1:5432/mirylo", "postgres://127.0.0.1:port/mirylo"]
)
def test_an_address_of_no_database_that_can_be_used_is_told(tmp_path: Path, url: str) -> None:
    done = run(["serve", "--port", str(free_port())], tmp_path, DATABASE_URL=url)
    assert done.returncode == 1
    assert done.stderr.startswith(
        "DATABASE_URL: this is no address of a database that Mirylo can use. Write postgres://"
    )
    assert "Traceback" not in done.stderr


def test_web_processes_do_not_look_for_cycles_among_the_lines_of_a_batch(tmp_path: Path) -> None:
    """The server loads the application as `config.wsgi` prepares it, not a bare one."""
    program = (
        "import gc\n"
        "from gunicorn.app.base import BaseApplication\n"
        "from mirylo.commands.web import serve_web\n"
        "BaseApplication.run = lambda self: (self.load(), print(gc.get_freeze_count() > 0, gc.get_threshold()))\n"
        "serve_web('127.0.0.1', 8000, 1)\n"
    )
    assert Installation(tmp_path, "").run(program).strip() == "True (50000, 20, 20)"
