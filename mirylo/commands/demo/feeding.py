"""Sends the made-up country's events over HTTP as its systems would: what was held back, then what happens now."""

import gzip
import http.client
import json
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from mirylo.commands.demo.folder import DemoFolder
from mirylo.commands.demo.past import Line, Story, local_day, midnight, write
from mirylo.core.faults import N_, Fault, FaultsFoundError
from mirylo.simulation.country import generator
from mirylo.simulation.office_time import KYIV

PACE = (0.3, 0.9)
"""Seconds between two events while it catches up: one to three a second."""
LOOK_EVERY = 0.2
LONG_PAST = timedelta(days=8)
IN_A_HURRY = 400
"""Lines sent at once of what happened longer ago than is worth watching: the demo was switched off for long."""
PATIENCE = (0.5, 10.0)
"""Seconds to wait while the site does not answer: the first time, and at most."""
STREAM = 7
SOURCE = attrgetter("source")


def feed(
    folder: DemoFolder, story: Story, port: int, is_stopped: Callable[[], bool], is_past_well: Callable[[], bool]
) -> None:
    """Send until told to stop, or until the past can no longer be loaded."""
    site = Site(port, folder.keys, is_stopped)
    pace = generator(folder.plan.seed, STREAM)
    for lines in portions(folder, story, is_stopped):
        if is_stopped() or not is_past_well():
            break
        for source, some in groupby(sorted(lines, key=SOURCE), SOURCE):
            site.send(source, [line.text for line in some])
        folder.remember(sent_at=lines[-1].received_at, sent=lines[-1].id)
        if len(lines) == 1:
            wait(float(pace.uniform(*PACE)), is_stopped)


def portions(folder: DemoFolder, story: Story, is_stopped: Callable[[], bool]) -> Iterator[list[Line]]:
    """What is to be sent next, as soon as its moment has come: one event, or many of what is long past."""
    while not is_stopped():
        after = (folder.plan.sent_at or midnight(folder.plan.cut_on), folder.plan.sent)
        until_on = local_day(after[0]) + timedelta(days=1)
        long_past: list[Line] = []
        for line in story.lines_between(after, until_on):
            if line.received_at < write(now() - LONG_PAST):
                long_past.append(line)
                if len(long_past) < IN_A_HURRY:
                    continue
                yield long_past
                long_past = []
                continue
            if long_past:
                yield long_past
                long_past = []
            while line.received_at > write(now()) and not is_stopped():
                time.sleep(LOOK_EVERY)
            if is_stopped():
                return
            yield [line]
        if long_past:
            yield long_past
        while until_on > now().date() and not is_stopped():
            time.sleep(LOOK_EVERY)
        if not is_stopped():
            folder.remember(sent_at=midnight(until_on), sent="")


def now() -> datetime:
    """This moment in Kyiv."""
    return datetime.now(KYIV)


class Site:
    """The web application, as information systems reach it."""

    def __init__(self, port: int, keys: dict[str, str], is_stopped: Callable[[], bool]) -> None:
        """Take the port at which it answers and the key of each source."""
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._keys, self._is_stopped = keys, is_stopped

    def send(self, source: str, texts: list[bytes]) -> None:
        """Send lines, again and again until they are answered; what was answered is not sent twice."""
        body = gzip.compress(b"\n".join(texts), compresslevel=1)
        headers = {
            "Authorization": f"Bearer {self._keys[source]}",
            "Content-Type": "application/x-ndjson",
            "Content-Encoding": "gzip",
        }
        rest = PATIENCE[0]
        while not self._is_stopped():
            try:
                self._connection.request("POST", "/api/v1/events", body, headers)
                answer = self._connection.getresponse()
                said = answer.read()
            except (OSError, http.client.HTTPException):
                self._connection.close()
            else:
                if answer.status == 200:
                    return
                if answer.status not in (429, 500, 502, 503, 504):
                    raise FaultsFoundError([_refusal(source, said)])
            wait(rest, self._is_stopped)
            rest = min(2 * rest, PATIENCE[1])


def wait(seconds: float, is_stopped: Callable[[], bool]) -> None:
    """Wait, but no longer than until told to stop."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0 and not is_stopped():
        time.sleep(min(left, LOOK_EVERY))


def _refusal(source: str, said: bytes) -> Fault:
    try:
        problem = json.loads(said)
        detail = f"{problem['title']}. {problem['detail']}"
    except (ValueError, KeyError, TypeError):
        detail = said[:200].decode("utf-8", "replace")
    return Fault(source, N_("Mirylo refuses what the demo sends: {detail}"), "", {"detail": detail})
