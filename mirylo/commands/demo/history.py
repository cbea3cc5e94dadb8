"""Loads the past of the made-up country, newest days first, while the site is up already and says how far it is."""

import threading
from collections import defaultdict
from collections.abc import Callable

from django.utils import timezone

from mirylo.commands.demo.folder import BOOKED_AHEAD, DemoFolder
from mirylo.commands.demo.past import Story
from mirylo.domain.intake.models import ConnectedSystem
from mirylo.domain.intake.taking import take
from mirylo.web.portal.loading import end_loading, tell_loading

LINES = 5_000
"""Lines of a batch: the worker and the site get their turn between two."""
FIRST_DAYS = 35 + BOOKED_AHEAD
"""Once so many days are in, the figures of this month have something to stand on, and new events may come."""


def load_history(
    folder: DemoFolder, story: Story, newest_is_there: threading.Event, is_stopped: Callable[[], bool]
) -> None:
    """Take in what is missing of the past, by the same action as all events; begun again, it goes on."""
    days = folder.plan.days
    systems = {
        source.name: system
        for system in ConnectedSystem.objects.prefetch_related("sources")
        for source in system.sources.all()
    }
    waiting: dict[str, list[bytes]] = defaultdict(list)
    for number, day in enumerate(days[folder.plan.loaded :], folder.plan.loaded + 1):
        if is_stopped():
            break
        for line in story.lines_of(day, folder.plan.cut_on):
            waiting[line.source].append(line.text)
        if max(map(len, waiting.values()), default=0) >= LINES or number in (FIRST_DAYS, len(days)):
            for source, texts in waiting.items():
                take(systems[source], texts, at=timezone.now())
            waiting.clear()
            folder.remember(loaded=number)
            tell_loading("history", number, len(days))
        if number >= FIRST_DAYS:
            newest_is_there.set()
    newest_is_there.set()
    if folder.plan.is_loaded:
        end_loading()
