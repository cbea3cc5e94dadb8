"""Times how many cases a second the simulation gives as facts, and how that compares with one plain draw a case.

The plain draw is NumPy alone: the same random numbers, and nothing made of them. The ratio says what a whole life with
due date and verdict costs on top, on whatever machine this runs.
"""

import time
from datetime import date

import numpy as np

from mirylo.simulation.cases import CHANCES, NOISES
from mirylo.simulation.country import build_country
from mirylo.simulation.generation import Span, generate_facts

CASES_PER_DAY = 60_000


def main() -> None:
    """Print cases a second, and the ratio to drawing the numbers only."""
    span = Span(build_country(1, 2000), date(2025, 1, 1), date(2025, 1, 31), CASES_PER_DAY, has_tickets=False)
    span.cases(span.days[0])  # working days and names are looked up once, whatever the span
    started = time.perf_counter()
    cases = sum(len(piece["cases"]) for _, piece in generate_facts(span))
    took = time.perf_counter() - started
    numbers = np.random.default_rng(1)
    started = time.perf_counter()
    for _ in span.days:
        numbers.random((len(CHANCES), cases // len(span.days)))
        numbers.standard_normal((len(NOISES), cases // len(span.days)))
    drawn = time.perf_counter() - started
    print(
        f"simulation, facts            {cases:,} cases in {took:5.2f} s: {cases / took:,.0f} a second "
        f"({took / drawn:.1f} times drawing the random numbers only)"
    )


if __name__ == "__main__":
    main()
