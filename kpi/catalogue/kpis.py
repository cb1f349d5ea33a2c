"""KPIs and shared measures from `definitions/kpis/*.toml` and `definitions/measures.toml`."""

from __future__ import annotations

import functools
from typing import Any

from kpi.catalogue.blocks import choice, names, optional_text, read, text
from kpi.core import Beside, Computation, Kpi, Measure
from kpi.errors import BadDefinition, Unknown
from kpi.model import DEFINITIONS

UNITS = ("count", "currency", "days", "hours", "minutes", "percent", "ratio", "score")
MEASURE_KEYS = {"from", "date", "where", "value", "all_rows"}
COMPUTATION_KEYS = {*MEASURE_KEYS, "per", "parts", "function", "reads", "needs", "label", "over", "pick", "min_n"}
TEXTS = {"name", "about", "headline"}
STRINGS = {"unit", "better", "nature", "timing", "polarity", "display", "lens", "formula", "refines", "stage",
            "perspective", "factor", "threshold", "notes", "kind", "interval", "empty", "matures"}  # fmt: skip
LISTS = {"serves", "guardrails", "aliases", "seeds", "splits", "settings"}
FLAGS = {"proportion", "stock"}
KEYS = {*COMPUTATION_KEYS, *TEXTS, *STRINGS, *LISTS, *FLAGS, "variants", "beside"}


def measure(block: dict[str, Any], file: str, key: str, value: str = "value") -> Measure:
    """A Measure from a block with `from`, `value`, and optionally date, where, all_rows."""
    if "from" not in block or value not in block:
        raise BadDefinition(file, key, f"a measure needs `from` and `{value}`")
    return Measure(block["from"], block[value], block.get("date"), block.get("where"), block.get("all_rows", False))


def _computation(block: dict[str, Any], file: str, key: str) -> Computation | None:
    rest = {
        "label": optional_text(block.get("label"), file, f"{key}.label"),
        **{name: block.get(name, "") for name in ("needs", "over", "pick", "min_n")},
    }
    if "function" in block:
        reads = names(block.get("reads"), file, f"{key}.reads")
        measured = _parts(block, file, key)
        return Computation(function=block["function"], reads=tuple(Computation(r, measured) for r in reads), **rest)
    if "from" in block:
        parts = [("numerator" if "per" in block else "result", measure(block, file, key))]
        if "per" in block:
            parts.append(("denominator", measure(block, file, key, "per")))
        formula = "numerator / denominator" if "per" in block else "result"
        return Computation(formula, tuple(parts), **rest)
    if "value" in block:
        return Computation(block["value"], _parts(block, file, key), **rest)
    return None


def _parts(block: dict[str, Any], file: str, key: str) -> tuple[tuple[str, Measure], ...]:
    return tuple((name, measure(part, file, f"{key}.parts.{name}")) for name, part in block.get("parts", {}).items())


def _beside(name: str, block: dict[str, Any], file: str, key: str) -> Beside:
    computation = _computation({k: v for k, v in block.items() if k != "name"}, file, key)
    if computation is None:
        raise BadDefinition(file, key, "does not say how it is computed")
    return Beside(name, text(block.get("name"), file, f"{key}.name"), computation)


@functools.cache
def _departments() -> dict[str, tuple[str, ...]]:
    """KPI → the departments whose list (a set) names it: the lists are the one place that says so."""
    found: dict[str, tuple[str, ...]] = {}
    for department, block in read("sets.toml").get("departments", {}).get("groups", {}).items():
        for id_ in names(block.get("kpis"), "sets.toml", f"departments.groups.{department}.kpis"):
            found[id_] = (*found.get(id_, ()), department)
    return found


def kpi_from(id_: str, block: dict[str, Any], file: str, group: str) -> Kpi:
    """The KPI that a block of a definition file describes; BadDefinition with file and key."""
    unknown = set(block) - KEYS
    if unknown:
        raise BadDefinition(file, f"{id_}.{min(unknown)}", "is not a key of a KPI")
    computations = [_computation(block, file, id_)]
    for n, variant in enumerate(block.get("variants", [])):
        key = f"{id_}.variants[{n}]"
        if set(variant) - COMPUTATION_KEYS:
            raise BadDefinition(file, key, f"{min(set(variant) - COMPUTATION_KEYS)} is not a key of a variant")
        computations.append(_computation(variant, file, key))
    return Kpi(
        id=id_,
        name=text(block.get("name"), file, f"{id_}.name"),
        about=text(block.get("about"), file, f"{id_}.about"),
        headline=optional_text(block.get("headline"), file, f"{id_}.headline"),
        unit=choice(block, "unit", UNITS, file, id_),
        better=choice(block, "better", ("higher", "lower", "target"), file, id_),
        needs=block.get("needs", ""),
        group=group,
        departments=_departments().get(id_, ()),
        file=file,
        computations=tuple(c for c in computations if c),
        beside=tuple(
            _beside(name, each, file, f"{id_}.beside.{name}") for name, each in block.get("beside", {}).items()
        ),
        **{key: block[key] for key in sorted(STRINGS - {"unit", "better"}) if key in block},
        **{key: names(block.get(key), file, f"{id_}.{key}") for key in sorted(LISTS)},
        **{key: block.get(key, False) for key in sorted(FLAGS)},
    )


@functools.cache
def kpis() -> dict[str, Kpi]:
    """All KPIs of the catalogue by id, in the order of the files."""
    found: dict[str, Kpi] = {}
    for path in sorted((DEFINITIONS / "kpis").glob("*.toml")):
        for id_, block in read("kpis", path.name).items():
            if id_ in found:
                raise BadDefinition(path.name, id_, f"stands already in {found[id_].file}")
            found[id_] = kpi_from(id_, block, path.name, path.stem)
    return found


def kpi(id_: str) -> Kpi:
    """The KPI `id_`; Unknown with a suggestion where there is none."""
    if id_ not in kpis():
        raise Unknown("kpi", id_, kpis())
    return kpis()[id_]


@functools.cache
def measures() -> dict[str, Measure | str]:
    """Shared measures that formulas name: a Measure, or a formula over others (text)."""
    found: dict[str, Measure | str] = {}
    for name, block in read("measures.toml").items():
        if name in kpis():
            raise BadDefinition("measures.toml", name, "is the id of a KPI")
        if "formula" in block:
            found[name] = block["formula"]
        else:
            found[name] = measure(block, "measures.toml", name)
    return found
