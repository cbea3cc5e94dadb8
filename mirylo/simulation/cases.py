"""Draws the cases registered on a day, each with its whole life: a table of columns, moments on the wall."""

from dataclasses import dataclass

import numpy as np

from mirylo.simulation import country as land
from mirylo.simulation import office_time
from mirylo.simulation.catalogue import Floats, Integers
from mirylo.simulation.columns import Columns, Flags
from mirylo.simulation.country import Country, generator
from mirylo.simulation.office_time import DAY, MISSING, OfficeTime

CHANNELS = ("office", "portal", "email", "diia")
OFFICE, DIIA = 0, 3
APPLICANTS = ("person", "business")
DECISIONS = ("granted", "refused", "closed")
OUTCOMES = ("upheld", "dismissed")
LEFT, RETURNED, PAUSED = 1, 2, 3
"""Why the clock stood: left without motion, returned for completion, or waiting for another authority's paper."""

MOMENTS = (
    "registered_at",
    "declined_at",
    "forwarded_at",
    "accepted_at",
    "stopped_at",
    "resumed_at",
    "extended_at",
    "decided_at",
    "result_received_at",
    "notified_at",
    "issued_at",
    "uncollected_at",
    "withdrawn_at",
    "voided_at",
    "appeal_lodged_at",
    "appeal_decided_at",
)
"""Moments of a case, in its natural course."""

CHANCES = (
    "service", "place", "second", "channel", "applicant", "consultation", "test", "fate", "returned", "stop",
    "corrected", "extended", "decision", "collected", "uncollected", "appeal", "outcome", "when",
)  # fmt: skip
NOISES = ("forward", "accept", "work", "correct", "receive", "notify", "collect", "lodge", "appeal", "void")

DECLINED, VOIDED, STUCK = 0.008, 0.004, 0.006
TESTS = 0.003


@dataclass(frozen=True)
class Draws:
    """All random numbers of a day's cases, drawn at once: even chances in [0, 1) and normal noise, by name."""

    chance: dict[str, Floats]
    noise: dict[str, Floats]

    @classmethod
    def of(cls, numbers: np.random.Generator, count: int) -> "Draws":
        """Draw for so many cases."""
        return cls(
            dict(zip(CHANCES, numbers.random((len(CHANCES), count)), strict=True)),
            dict(zip(NOISES, numbers.standard_normal((len(NOISES), count)), strict=True)),
        )


def draw_cases(country: Country, time: OfficeTime, day: int, per_day: float) -> Columns:
    """Cases registered on a day (days since 1970) where an ordinary working day brings so many in the whole country."""
    numbers = generator(country.seed, land.CASES, day)
    is_working = bool(time.is_working[day - time.first])
    is_open = office_time.open_centres(country.timetables, day, is_working)
    weights, online = country.catalogue.column("weight"), country.catalogue.column("online")
    online_share = float((weights * online).sum() / weights.sum())
    busy = office_time.busyness(day)
    open_share = float(country.weights[is_open].sum() / country.weights.sum())
    at_counters = int(numbers.poisson(per_day * (1 - online_share) * busy * open_share))
    remote = int(numbers.poisson(per_day * online_share * (busy if is_working else office_time.ONLINE_AT_WEEKENDS)))
    draws = Draws.of(numbers, at_counters + remote)
    is_online = np.arange(at_counters + remote) >= at_counters
    cases = _who_and_what(country, draws, is_online, is_open)
    tables = np.where(is_online, office_time.ONLINE_TABLE, country.timetables[cases["place"]])
    second = office_time.draw_seconds(office_time.timetables_on(tables, day, is_working), draws.chance["second"])
    cases["registered_at"] = day * DAY + second
    positions = _positions(country, draws, cases, time.position(day, second))
    for name, position in positions.items():
        moments = time.moment(day, np.where(np.isnan(position), 0.0, position))
        # Whatever follows at once keeps the moment of registration, which may be before opening or at night.
        cases[name] = np.where(np.isnan(position), MISSING, np.maximum(moments, cases["registered_at"]))
    return _leave_out_silent(country, cases, day)


def _who_and_what(country: Country, draws: Draws, is_online: Flags, is_open: Flags) -> Columns:
    """Service, place, channel, applicant and marks of each case."""
    weights, online = country.catalogue.column("weight"), country.catalogue.column("online")
    service = _choose(weights * (1 - online), weights * online, is_online, draws.chance["service"])
    place = _choose(country.weights * is_open, country.weights, is_online, draws.chance["place"])
    channel = np.where(is_online, 1 + np.searchsorted([0.3, 0.38], draws.chance["channel"]), OFFICE)
    consultations = country.catalogue.column("consultations")[service]
    bodies = np.array([entry.body for entry in country.catalogue.services])
    return {
        "index": np.arange(len(service)),
        "service": service,
        "place": place,
        "channel": channel,
        "provider": country.provider_of[place, bodies[service]],
        "is_business": draws.chance["applicant"] < country.catalogue.column("business")[service],
        "is_online": is_online,
        "is_consultation": ~is_online & (draws.chance["consultation"] < consultations),
        "is_test": draws.chance["test"] < TESTS,
    }


def _choose(offline: Floats, online: Floats, is_online: Flags, chance: Floats) -> Integers:
    """Places drawn by weight, with weights of their own for what is online."""
    chosen = np.empty(len(chance), dtype=np.int64)
    for weights, where in ((offline, ~is_online), (online, is_online)):
        if where.any():
            sums = np.cumsum(weights)
            chosen[where] = np.searchsorted(sums, chance[where] * sums[-1], side="right")
    return chosen


def _positions(country: Country, draws: Draws, cases: Columns, begins: Floats) -> dict[str, Floats]:
    """Every step of each case as a position in office time; NaN where it does not happen."""
    steps = _work(country, draws, cases, begins)
    steps |= _result(country, draws, cases, steps)
    steps |= _appeals(draws, cases, steps)
    fate = draws.chance["fate"]
    never = np.full(len(begins), np.nan)
    withdrawn = country.catalogue.column("withdrawn")[cases["service"]]
    length = np.nan_to_num(steps["decided_at"] - begins, nan=5.0)
    ends = {
        "declined_at": np.where((cases["channel"] != DIIA) & (fate < DECLINED), begins + 0.01, never),
        "voided_at": np.where(
            (fate >= DECLINED) & (fate < DECLINED + VOIDED), begins + 0.15 * np.exp(0.8 * draws.noise["void"]), never
        ),
        "withdrawn_at": np.where(fate > 1 - withdrawn, begins + draws.chance["when"] * length, never),
    }
    end = np.fmin(np.fmin(ends["declined_at"], ends["voided_at"]), ends["withdrawn_at"])
    end = np.where(cases["is_consultation"], -1.0, end)
    for name, position in steps.items():
        steps[name] = np.where(position >= end, np.nan, position)
    for name, position in ends.items():
        steps[name] = np.where(cases["is_consultation"], np.nan, position)
    return steps


def _work(country: Country, draws: Draws, cases: Columns, begins: Floats) -> dict[str, Floats]:
    """Forwarding, acceptance, stopped clock, extension and decision; adds what stopped the clock and was decided."""
    chance, noise, service = draws.chance, draws.noise, cases["service"]
    of = country.catalogue.column
    days = of("office_days")[service]
    slow = country.provider_slowness[cases["provider"]]
    is_diia = cases["channel"] == DIIA
    forward = np.minimum(0.35, 0.06 * days) * np.exp(0.8 * noise["forward"]) * country.slowness[cases["place"]]
    forwarded = begins + np.where(is_diia, 0.0, forward)
    accepted = forwarded + np.minimum(0.2, 0.04 * days) * np.exp(0.6 * noise["accept"]) * slow
    work = days * of("pace")[service] * np.exp(of("spread")[service] * noise["work"]) * slow
    is_extended = chance["extended"] < of("extended")[service]
    work *= np.where(is_extended, 1.4, 1.0)
    stopped = chance["returned"] < of("returned")[service]
    why = np.where(stopped, 1 + np.searchsorted([0.4, 0.7], chance["stop"]), 0)
    stopped_at = np.where(stopped, accepted + 0.3 * work, np.nan)
    resumed_at = stopped_at + np.clip(days, 0.3, 4.0) * np.exp(0.7 * noise["correct"])
    is_corrected = chance["corrected"] < 0.86
    pause = np.where(stopped, resumed_at - stopped_at, 0.0)
    decided = accepted + work + pause
    # What nobody corrected is closed after a month and a half, or stands for ever.
    given_up = stopped & ~is_corrected
    decided = np.where(given_up, np.where(chance["corrected"] < 0.95, stopped_at + 30, np.nan), decided)
    decided = np.where((chance["fate"] >= 0.5) & (chance["fate"] < 0.5 + STUCK), np.nan, decided)
    decision = np.where(chance["decision"] < of("refused")[service], 1, 0)
    cases["decision"] = np.where(given_up, 2, decision)
    cases["stop"] = why
    cases["amount"] = np.array([max(1, entry.amount // 2) for entry in country.catalogue.services])[service]
    return {
        "forwarded_at": forwarded,
        "accepted_at": accepted,
        "stopped_at": stopped_at,
        "resumed_at": np.where(is_corrected, resumed_at, np.nan),
        "extended_at": np.where(is_extended, accepted + 0.6 * np.minimum(work, days), np.nan),
        "decided_at": decided,
    }


def _result(country: Country, draws: Draws, cases: Columns, steps: dict[str, Floats]) -> dict[str, Floats]:
    """The way of the result: to the centre, notice, and into the applicant's hands. Diia tells and gives it at once."""
    chance, noise = draws.chance, draws.noise
    days = country.catalogue.column("office_days")[cases["service"]]
    is_diia = cases["channel"] == DIIA
    decided = np.where(cases["decision"] == 2, np.nan, steps["decided_at"])
    received = decided + np.where(is_diia, 0.0, np.minimum(0.3, 0.05 * days) * np.exp(0.7 * noise["receive"]))
    slowness = country.slowness[cases["place"]]
    notified = received + np.minimum(0.06, 0.02 * days) * np.exp(0.9 * noise["notify"]) * slowness
    notified = np.where(is_diia, received, notified)
    issued = notified + np.minimum(1.2, 0.02 * days) * np.exp(1.0 * noise["collect"])
    is_collected = is_diia | (chance["collected"] < 0.96)
    return {
        "result_received_at": received,
        "notified_at": notified,
        "issued_at": np.where(is_diia, notified, np.where(is_collected, issued, np.nan)),
        "uncollected_at": np.where(~is_collected & (chance["uncollected"] < 0.7), notified + 43.0, np.nan),
    }


def _appeals(draws: Draws, cases: Columns, steps: dict[str, Floats]) -> dict[str, Floats]:
    """Appeals, mostly against refusals."""
    chance, noise = draws.chance, draws.noise
    lodged = np.where(chance["appeal"] < np.array([0.001, 0.05, 0.01])[cases["decision"]], steps["decided_at"], np.nan)
    lodged = lodged + 6.0 * np.exp(0.6 * noise["lodge"])
    cases["appeal_outcome"] = np.where(chance["outcome"] < 0.22, 0, 1)
    return {"appeal_lodged_at": lodged, "appeal_decided_at": lodged + 12.0 * np.exp(0.4 * noise["appeal"])}


def _leave_out_silent(country: Country, cases: Columns, day: int) -> Columns:
    """Without the cases of centres whose system sends nothing on the day; what came by the state's portal stays."""
    first, last = country.silences(land.year_of(day))
    is_silent = (first <= day) & (day <= last)
    if not is_silent.any():
        return cases
    stays = ~is_silent[cases["place"]] | (cases["channel"] == DIIA)
    return {name: column[stays] for name, column in cases.items()}


def forget_from(cases: Columns, moment: int) -> Columns:
    """The cases as they were known before a moment on the wall: what happens from then on is not there yet."""
    known = {
        name: np.where(cases[name] >= moment, MISSING, cases[name]) if name in MOMENTS else cases[name]
        for name in cases
    }
    stays = known["registered_at"] != MISSING
    return {name: column[stays] for name, column in known.items()}
