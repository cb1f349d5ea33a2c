"""A user's own definition, checked like the built-in ones and more strictly: every mistake named, nothing trusted.

A block is what a block of `definitions/kpis/*.toml` is, with defaults for what is left out, and two keys more:
`goals` (the goals that it serves: `{ goal, role, reason }`) and `changed = true` where it replaces a built-in KPI.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from kpi import model
from kpi.catalogue.blocks import read
from kpi.catalogue.kpis import TEXTS, UNITS, kpi_from, kpis
from kpi.catalogue.needs import needs_of
from kpi.catalogue.own_formulas import check_formula, cost
from kpi.catalogue.own_links import linked
from kpi.catalogue.own_shape import as_list, as_map, mistake, shape
from kpi.compile import facts, parse_aggregate, parse_condition, scope
from kpi.compile.grammar import near
from kpi.compile.mistakes import BadExpression
from kpi.core import LANGUAGES, ROLES, Computation, GoalKpi, Kpi, Measure, Text
from kpi.errors import BadDefinition

FILE = GROUP = "own"  # the file that own definitions name as theirs (never a path), and their group
DEFAULTS: dict[str, Any] = {
    "unit": "count", "better": "higher", "nature": "outcome", "timing": "lagging", "polarity": "success",
    "display": "trend", "lens": "business_performance",
}  # fmt: skip
CHOICES = (
    "unit", "better", "nature", "timing", "polarity", "display", "lens", "kind", "perspective", "factor", "interval",
)  # fmt: skip
_ONLY_BUILT_IN = {"function", "reads", "formula", "seeds", "aliases", "refines", "notes", "sources", "headline",
                  "settings"}  # fmt: skip


@dataclass(frozen=True)
class OwnKpi:
    """A user's definition: as it is stored and as the KPI it makes. goals: {goal: its place there}."""

    id: str
    block: Mapping[str, Any]
    kpi: Kpi
    goals: Mapping[str, GoalKpi] = field(default_factory=dict)
    mistakes: tuple[BadDefinition, ...] = ()


def choices(key: str) -> tuple[str, ...]:
    """What may stand for one of CHOICES: what stands there in the catalogue."""
    if key == "unit":
        return UNITS
    return tuple(sorted({getattr(each, key) for each in kpis().values()}))


def own_kpi(
    id_: str,
    block: Mapping[str, Any],
    known: Mapping[str, Kpi],
    goals: Collection[str],
    settings: Collection[str],
    file: str = FILE,
) -> OwnKpi:
    """The block as a KPI of its workspace, with all its mistakes; with any, it computes nothing.

    known: the KPIs that a formula may name, others of the workspace included; goals, settings: those there are.
    """
    found = list(shape(id_, block, file))
    if found:
        return OwnKpi(id_, block, _empty(id_, block), mistakes=tuple(found))
    origin = "changed" if id_ in kpis() else "own"
    whole = _whole(id_, block)
    for key in CHOICES:
        if whole.get(key, "") not in choices(key) and key in block:
            found.append(mistake(file, id_, key, "choice", ", ".join(choices(key)), name=whole[key]))
    if found:
        return OwnKpi(id_, block, _empty(id_, block), mistakes=tuple(found))
    try:
        made = replace(kpi_from(id_, whole, file, GROUP), file=FILE, origin=origin)
    except BadDefinition as error:
        return OwnKpi(id_, block, _empty(id_, block), mistakes=(error,))
    found += _of_computations(id_, block, file, known, settings)
    found += linked(made, block, file, known, goals, settings)
    if not found:
        made = _owned(made)
        if cost(made, {**known, id_: made}) is None:
            found.append(mistake(file, id_, "value", "circle"))
    if found:
        return OwnKpi(id_, block, _empty(id_, block), mistakes=tuple(found))
    links = {
        link["goal"]: GoalKpi(id_, link.get("role", ROLES[1]), text_of(link.get("reason", "")))
        for link in block.get("goals", ())
    }
    return OwnKpi(id_, block, made, links)


def with_needs(made: Kpi, known: Mapping[str, Kpi]) -> Kpi:
    """The KPI with what each computation needs written out, so that nobody has to know the KPIs it names."""
    computations = []
    for computation in made.computations:
        needs = needs_of(made, computation, known)
        terms = [" | ".join(sorted(map(_alternative, term))) for term in needs.terms] or _some_rows(computation)
        computations.append(replace(computation, needs="; ".join(terms)))
    return replace(made, computations=tuple(computations), needs="")


def _alternative(columns: Collection[str]) -> str:
    held: dict[str, list[str]] = {}
    for path in sorted(columns):
        table, _, column = path.partition(".")
        held.setdefault(table, []).append(column)
    return " + ".join(f"{table}({', '.join(names)})" for table, names in held.items())


def _some_rows(computation: Computation) -> list[str]:
    """A count of rows needs that there are rows: the key of its table, or of one of those a helper fact reads."""
    names = {m.table for _, m in computation.parts if isinstance(m, Measure)}
    read: list[str] = []
    while names:
        name = names.pop()
        if name in facts():
            names |= set(facts()[name].uses)
        elif name in model.tables() and model.tables()[name].key:
            read.append(f"{name}({model.tables()[name].key[0]})")
    return [" | ".join(sorted(set(read)))] if read else []


def text_of(value: Any) -> Text:
    """A text as people write it: a string for all languages, or one per language."""
    if isinstance(value, str):
        return Text(value)
    said = {lang: value.get(lang, "") for lang in LANGUAGES}
    return Text(said["en"] or said["fa"] or said["uk"], said["fa"], said["uk"])


def _whole(id_: str, block: Mapping[str, Any]) -> dict[str, Any]:
    """The block with what was left out, in the shape of a built-in one. Of a changed KPI the built-in one fills in."""
    built_in = kpis().get(id_)
    given = {key: copy.deepcopy(value) for key, value in block.items() if key not in ("goals", "changed")}
    rest = {key: getattr(built_in, key) for key in CHOICES} if built_in else DEFAULTS
    whole = {**{key: value for key, value in rest.items() if value}, **given}
    for key in ("name", "about", "headline"):
        if whole.get(key):
            said = text_of(whole[key])
            whole[key] = {"en": said.en, "fa": said.fa, "uk": said.uk}
        else:
            whole.pop(key, None)
    whole.setdefault("formula", _said(block))
    whole.setdefault("about", {"en": whole["formula"]})
    for each in as_map(whole.get("beside")).values():
        each["name"] = {"en": text_of(each.get("name") or "?").en}
    for each in as_list(whole.get("variants")):
        if each.get("label"):
            each["label"] = {"en": text_of(each["label"]).en}
    return whole


def _said(block: Mapping[str, Any]) -> str:
    """The formula in the words of its expressions, for the proof card."""
    above = str(block.get("value", ""))
    ratio = f"{above} / {block['per']}" if block.get("per") else above
    more = [str(block[key]) for key in ("where", "date") if block.get(key)]
    return ", ".join([ratio, *more]) or "–"


def _empty(id_: str, block: Any) -> Kpi:
    """A definition with mistakes as a KPI that computes nothing: it keeps its name and its place."""
    name = as_map(block).get("name")
    said = text_of(name) if isinstance(name, str | Mapping) and name else Text(id_)
    rest = {key: DEFAULTS[key] for key in DEFAULTS}
    origin = "changed" if id_ in kpis() else "own"
    return Kpi(
        id=id_, name=said if said.en else Text(id_), about=Text(""), group=GROUP, formula="–", needs="", file=FILE,
        origin=origin, **rest,
    )  # fmt: skip


def _owned(made: Kpi) -> Kpi:
    """The KPI with its measures marked as a user's own; what a function reads is the program's."""
    reads = {c.function: c.reads for c in kpis()[made.id].computations} if made.id in kpis() else {}

    def mark(computation: Computation) -> Computation:
        if computation.function:
            return replace(computation, reads=reads[computation.function])
        return replace(computation, parts=tuple((name, replace(m, own=True)) for name, m in computation.parts))

    beside = tuple(replace(each, computation=mark(each.computation)) for each in made.beside)
    return replace(made, computations=tuple(map(mark, made.computations)), beside=beside)


def _of_computations(
    id_: str, block: Mapping[str, Any], file: str, known: Mapping[str, Kpi], settings: Collection[str]
) -> Iterator[BadDefinition]:
    holders = [("", block)]
    holders += [(f"variants[{n}].", each) for n, each in enumerate(block.get("variants", ()))]
    holders += [(f"beside.{name}.", each) for name, each in block.get("beside", {}).items()]
    for prefix, each in holders:
        if each.get("function"):
            continue
        key = f"{id_}.{prefix}"
        if each.get("from"):
            yield from _of_measure(each, file, key, settings)
            continue
        for name, part in each.get("parts", {}).items():
            yield from _of_measure(part, file, f"{key}parts.{name}.", settings)
        if each.get("value"):
            yield from check_formula(each["value"], (file, f"{key}value"), each.get("parts", {}), known)


def _of_measure(block: Mapping[str, Any], file: str, key: str, settings: Collection[str]) -> Iterator[BadDefinition]:
    """The expressions of one measure, each checked against its table."""
    every = [*model.tables(), *facts()]
    if block["from"] not in every:
        yield BadExpression(
            (file, f"{key}from"), "", "table", 0, 1, near(block["from"], every), {"name": block["from"]}
        )
        return
    own = scope(block["from"])
    day = block.get("date")
    if day and (day not in own.columns or not _is_time(own.name, day)):
        times = [name for name in own.columns if _is_time(own.name, name)]
        yield BadExpression((file, f"{key}date"), "", "date", 0, 1, near(day, times), {"name": day, "table": own.name})
    for name, parse in (("value", parse_aggregate), ("per", parse_aggregate), ("where", parse_condition)):
        if block.get(name):
            try:
                found = parse(block[name], own, (file, f"{key}{name}"))
            except BadExpression as error:
                yield error
                continue
            for setting in set(found.settings) - set(settings):
                at = block[name].find(setting)
                where = (file, f"{key}{name}")
                close = near(setting, settings)
                yield BadExpression(where, block[name], "setting", at, len(setting), close, {"name": setting})


def _is_time(table: str, column: str) -> bool:
    """Whether a column of a canonical table is a time; of a helper fact nobody knows, the database tells."""
    return table not in model.tables() or model.tables()[table].fields[column].type == "time"


def copy_of(id_: str, lang: str = "en") -> dict[str, Any]:
    """The block of a built-in KPI to begin an own one with: its texts in one language, without what only the catalogue
    says of it. One that a function of the program computes has no expression to copy."""
    block = copy.deepcopy(read("kpis", kpis()[id_].file)[id_])
    kept = {key: value for key, value in block.items() if key not in _ONLY_BUILT_IN and value not in ("", [], False)}
    for key in TEXTS & set(kept):
        kept[key] = text_of(kept[key]).get(lang)
    kept.pop("parts" if "function" in block else "needs", None)
    return kept


def change_of(id_: str, lang: str = "en") -> dict[str, Any]:
    """The block of a built-in KPI to begin its change with; what computes it is kept."""
    block = read("kpis", kpis()[id_].file)[id_]
    function = {key: block[key] for key in ("function", "settings") if key in block}
    return {"changed": True, **copy_of(id_, lang), **function}
