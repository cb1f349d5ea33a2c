"""How long something takes, and the sections of docs/benchmarks.md."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

REPORT = Path(__file__).parents[2] / "docs" / "benchmarks.md"


def timed(what: Callable[[], object], rounds: int) -> float:
    """Median seconds of `rounds` runs."""
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        what()
        found.append(time.perf_counter() - start)
    return statistics.median(found)


def in_turn(each: Sequence[Callable[[], object]], rounds: int) -> tuple[list[float], list[float]]:
    """Median seconds of each by the clock, and of all cores together; they take turns, so that what else the machine
    does meets all of them."""
    clock, cpu = [[] for _ in each], [[] for _ in each]
    for _ in range(rounds):
        for k, what in enumerate(each):
            start, begun = time.perf_counter(), time.process_time()
            what()
            clock[k].append(time.perf_counter() - start)
            cpu[k].append(time.process_time() - begun)
    return [statistics.median(x) for x in clock], [statistics.median(x) for x in cpu]


def put(title: str, text: str) -> None:
    """Puts `text` in the place of what stands under the heading `title`, at the end where there is none."""
    whole = REPORT.read_text(encoding="utf-8")
    section = f"## {title}\n\n{text.strip()}\n"
    found = re.search(rf"^## {re.escape(title)}\n.*?(?=^## |\Z)", whole, re.M | re.S)
    if found:
        rest = whole[found.end() :]
        whole = whole[: found.start()] + section + ("\n" + rest if rest else "")
    else:
        whole = f"{whole.rstrip()}\n\n{section}"
    REPORT.write_text(whole, encoding="utf-8")
