"""A database that was away for a while, or still is: callers notice nothing, or are told when to come again."""

import os
from pathlib import Path

import pytest

from tests.domain.installations import new_installation

ASKING = """
import psycopg
from django.db import close_old_connections, connection
from django.test import Client

def ask(address, **headers):
    close_old_connections()  # as a server does before each request
    answer = Client(raise_request_exception=False).get("/api/v1" + address, headers={"Host": "localhost", **headers})
    print(answer.status_code, answer.headers.get("Retry-After"), answer["Content-Type"])

def cut(statement, *given):
    with psycopg.connect(os.environ["DATABASE_URL"], dbname="postgres", autocommit=True) as admin:
        admin.execute(statement.format(*given))

ask("/bodies")
"""


@pytest.fixture(autouse=True)
def a_server() -> None:
    if not os.environ.get("MIRYLO_TEST_DATABASE_URL", "").startswith("postgres"):
        pytest.skip("a file is never away: PostgreSQL only")


def test_a_server_that_was_started_anew_is_not_noticed(tmp_path: Path) -> None:
    """Web processes keep their connections; each of them would fail once."""
    with new_installation(tmp_path) as installation:
        said = installation.run(
            ASKING
            + 'cut("SELECT pg_terminate_backend({})", connection.connection.info.backend_pid)\n'
            + 'ask("/bodies")\n'
        )
    assert said.splitlines() == ["200 None application/json; charset=utf-8"] * 2


def test_while_it_is_away_everything_is_answered_with_when_to_come_again(tmp_path: Path) -> None:
    with new_installation(tmp_path) as installation:
        said = installation.run(
            ASKING
            + 'name = connection.settings_dict["NAME"]\nconnection.close()\n'
            + 'cut("ALTER DATABASE {0} RENAME TO {0}_away", name)\n'
            + 'ask("/bodies")\nask("/system", Authorization="Bearer of-nobody")\n'
            + 'cut("ALTER DATABASE {0}_away RENAME TO {0}", name)\n'
            + 'ask("/bodies")\n'
        )
    good, away = "200 None application/json; charset=utf-8", "503 5 application/problem+json"
    assert said.splitlines() == [good, away, away, good]
