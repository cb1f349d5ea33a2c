"""The long fuzz of a user's own expressions: `python -m tests.bench.own_fuzz [cases] [seed]`.

Prints every case that breaks what must hold (tests/own_fuzz.py), and how many were refused, ran, or failed in the
database; exit status 1 where one broke.
"""

from __future__ import annotations

import sys
import time

from tests.own_fuzz import Ground, cases


def main(number: int = 50_000, seed: int = 1) -> int:
    """Runs the cases; 1 where one broke, else 0."""
    ground, began, broken = Ground(), time.perf_counter(), 0
    for value, where in cases(seed, number):
        try:
            ground.try_(value, where)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
            broken += 1
            print(repr(value), repr(where), type(error).__name__, str(error)[:300], sep="\n  ")
    ground.unchanged()
    print(f"{number} cases, seed {seed}: {ground.counts}, {broken} broken, {time.perf_counter() - began:.0f} s")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
