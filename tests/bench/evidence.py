"""The proof of evidence, alerts and forecasts by simulation: `python -m tests.bench.evidence [--runs 400]`.

Writes the tables of docs/evidence.md between its marks. A minute and a half on a quiet core.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Sequence

import numpy as np

from tests.bench.proof import STABLE, alarms, screened
from tests.bench.ranges import KINDS, STATED, ranges
from tests.sources import ROOT

DOC = ROOT / "docs" / "evidence.md"
SEED = 20261122
MONTHS = (24, 36, 48, 60, 84, 120)
STRENGTHS = (0.3, 0.45, 0.6, 0.75)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def share(value: float) -> str:
    return f"{100 * value:.1f} %".replace(".0 %", " %")


def told(runs: int) -> str:
    """The requirement, and the screens in which a claim would be false."""
    rows = []
    for what, n, r, planted in (
        ("one planted, r = .6", 60, 0.6, 1),
        ("three planted, r = .5 each", 60, 0.5, 3),
        ("nothing planted", 36, 0.0, 0),
        ("nothing planted", 60, 0.0, 0),
        ("nothing planted", 120, 0.0, 0),
    ):
        found = screened(SEED, runs, n, r, planted=planted)
        ours = [share(found.top), share(found.claimed), share(found.right_lag)] if r else ["–"] * 3
        rows.append([what, str(n), *ours, share(found.any_false)])
    head = ["20 candidates", "months", "planted at the top", "planted claimed", "lag right", "any false claim"]
    return f"{runs} screens each.\n\n" + table(head, rows)


def power(runs: int) -> str:
    """The planted KPI in the first three, and claimed, over months and strength."""
    rows = []
    for n in MONTHS:
        found = [screened(SEED + n, runs, n, r) for r in STRENGTHS]
        cells = ["too little" if each.silent == 1 else f"{share(each.top)} · {share(each.claimed)}" for each in found]
        rows.append([str(n), *cells])
    head = ["months", *(f"r = {r:g}" for r in STRENGTHS)]
    return f"{runs} screens each: in the first three · claimed to lead.\n\n" + table(head, rows)


def alarmed(years: int) -> str:
    """False alarms of a year, and how soon a real fall is told."""
    found, longer = alarms(SEED, years), alarms(SEED, years, 60)
    rows = [[kind, f"{found.by_kind[kind]:.1f}", f"{longer.by_kind[kind]:.1f}"] for kind in STABLE]
    rows.append(["all of them", f"{found.per_sixty:.1f}", f"{longer.per_sixty:.1f}"])
    rows.append(["at the first look, about the year before", f"{found.first:.1f}", f"{longer.first:.1f}"])
    kinds = table(["60 stable KPIs of one kind", "first looked at after 36 months", "after 60"], rows)
    falls = [
        [
            f"{k:g} standard deviations",
            share(v[0]),
            f"{v[1]:g}",
            share(longer.noticed[k][0]),
            f"{longer.noticed[k][1]:g}",
        ]
        for k, v in found.noticed.items()
    ]
    heads = [
        "fall at the start of the year",
        "told within it (36)",
        "after months (median)",
        "told (60)",
        "after months",
    ]
    all_ = (
        f"{years} companies of 60 stable KPIs, looked at every month of a year: {found.per_sixty:.1f} false alarms a year "
        f"where 36 months were known before, {longer.per_sixty:.1f} where 60 were."
    )
    return f"{all_}\n\n{kinds}\n\n{table(heads, falls)}"


def foretold(runs: int) -> str:
    """How often the range of 80 % held and numbers of a stated chance were reached."""
    rows, all_ = [], []
    for kind in KINDS:
        cells = []
        for n, ahead, total in ((12, 3, True), (24, 6, True), (36, 6, False), (36, 6, True), (60, 12, True)):
            found = ranges(SEED, runs, kind, n, ahead, total)
            all_.append(found)
            cells.append(share(found.inside))
        rows.append([kind, *cells, ", ".join(all_[-1].best).replace("_", " ")])
    head = ["series", "12 + 3, sum", "24 + 6, sum", "36 + 6, value", "36 + 6, sum", "60 + 12, sum", "chosen at 60"]
    reached = np.mean([each.reached for each in all_], axis=0)
    chances = table(
        ["stated chance", *(share(c) for c in STATED)], [["came true", *(share(float(c)) for c in reached)]]
    )
    return (
        f"{runs} series each, months known + ahead: how often the 80 % range held.\n\n{table(head, rows)}\n\n{chances}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=400, help="screens of the main cell; the others take a share of it")
    parser.add_argument(
        "--only", nargs="+", choices=("told", "power", "alarmed", "foretold"), help="these tables alone"
    )
    asked = parser.parse_args()
    runs = asked.runs
    parts = {
        "told": (told, runs),
        "power": (power, runs // 3),
        "alarmed": (alarmed, runs // 8),
        "foretold": (foretold, runs // 5),
    }
    for name in asked.only or parts:
        make, count = parts[name]
        began = time.perf_counter()
        block = f"<!-- {name} -->\n{make(max(count, 4))}\n<!-- /{name} -->"
        text = DOC.read_text("utf-8")
        text, found = re.subn(rf"<!-- {name} -->.*?<!-- /{name} -->", lambda _, b=block: b, text, flags=re.S)
        if not found:
            raise SystemExit(f"{DOC.name} has no place for {name}")
        DOC.write_text(text, "utf-8")
        print(f"{name}: {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
