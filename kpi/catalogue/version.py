"""The definition of a KPI as it stands in its file, and a short mark of it that changes where a number could."""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from kpi.catalogue.kpis import kpis, measures
from kpi.compile import facts, parse_formula
from kpi.core import Computation, Kpi, Measure
from kpi.model import DEFINITIONS

LETTERS = 8


@functools.cache
def block_of(kpi: Kpi) -> str:
    """The KPI's TOML block, its tables `[id.…]` included, word for word; "" where its file does not hold it."""
    path = Path(DEFINITIONS, "kpis", kpi.file)
    if not kpi.file or not path.is_file():
        return ""
    found: list[str] = []
    inside = False
    for line in path.read_text(encoding="utf-8").splitlines():
        head = re.match(r"\[+([\w.]+)\]+", line)
        if head:
            inside = head[1].partition(".")[0] == kpi.id
        if inside:
            found.append(line)
    return "\n".join(found).strip()


def version_of(kpi: Kpi, known: Mapping[str, Kpi] | None = None) -> str:
    """Eight hex letters of the SHA-256 of all that decides the number: how it is computed with the measures, helper facts
    and other KPIs it names (of a function its file), when it is not defined, its unit. Not its names and texts.

    known: the KPIs that a formula may name; None: the catalogue's.
    """
    texts = [kpi.id, kpi.unit, kpi.empty, kpi.matures, kpi.needs, kpi.interval, str(kpi.proportion), str(kpi.stock)]
    for computation in kpi.computations:
        texts += _of_computation(computation, (kpi.id,), kpis() if known is None else known)
    return hashlib.sha256("\x00".join(texts).encode()).hexdigest()[:LETTERS]


def _of_computation(computation: Computation, seen: tuple[str, ...], known: Mapping[str, Kpi]) -> Iterator[str]:
    c = computation
    yield from (c.formula, c.function, c.needs, c.over, c.pick, c.min_n)
    if c.function:
        found = importlib.util.find_spec(f"kpi.analysis.{c.function.partition('.')[0]}")
        yield Path(found.origin).read_text(encoding="utf-8") if found and found.origin else ""
    else:
        yield from _of_formula(c.formula, dict(c.parts), seen, known)


def _of_formula(
    formula: str, parts: dict[str, Measure], seen: tuple[str, ...], known: Mapping[str, Kpi]
) -> Iterator[str]:
    for name, _ in parse_formula(formula, ("", "")).leaves({}):
        part = parts.get(name) or measures().get(name)
        if isinstance(part, Measure):
            yield f"{name}: {part}"
            yield from _of_fact(part.table)
        elif name in seen:
            continue
        elif isinstance(part, str):
            yield f"{name}: {part}"
            yield from _of_formula(part, {}, (*seen, name), known)
        elif name in known:
            yield name
            for each in known[name].computations:
                yield from _of_computation(each, (*seen, name), known)


def _of_fact(table: str) -> Iterator[str]:
    if table in facts():
        yield facts()[table].sql
        for used in facts()[table].uses:
            yield from _of_fact(used)
