"""The shape of a user's own definition: the keys there are, each of its type. Only then is it read."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from kpi.catalogue.kpis import COMPUTATION_KEYS, FLAGS, KEYS, LISTS, MEASURE_KEYS, TEXTS, kpis, measures
from kpi.compile.grammar import near
from kpi.compile.mistakes import BadExpression
from kpi.core import LANGUAGES
from kpi.errors import BadDefinition

ID = re.compile(r"[^\W\d]\w{0,59}")
MOST_LETTERS = 400  # of a text beside the expressions
OWN_COMPUTATION = COMPUTATION_KEYS - {"reads"}  # of a function the program says what it reads
ALLOWED = (KEYS - {"reads"}) | {"goals", "changed"}


def mistake(file: str, id_: str, key: str, code: str, close: str = "", **params: object) -> BadExpression:
    """A mistake that is none of an expression; `close`: what may be meant."""
    return BadExpression((file, f"{id_}.{key}" if key else id_), "", code, 0, 1, close, params)


def shape(id_: str, block: Any, file: str) -> Iterator[BadDefinition]:
    """Whatever is wrong with the keys and types of a block; before that is right nothing else can be said."""
    if not ID.fullmatch(id_) or id_ in measures():
        yield mistake(file, id_, "", "id", id=id_)
    if not isinstance(block, Mapping):
        yield mistake(file, id_, "", "no_block")
        return
    if id_ in kpis() and block.get("changed") is not True:
        yield mistake(file, id_, "", "taken", id=id_)
    if id_ not in kpis() and block.get("changed") is True:
        yield mistake(file, id_, "changed", "not_built_in", near(id_, kpis()), id=id_)
    yield from _keys(file, id_, "", block, ALLOWED)
    if block.get("function") and (id_ not in kpis() or block["function"] not in _functions(id_)):
        yield mistake(file, id_, "function", "no_function")
    for n, each in enumerate(as_list(block.get("variants"))):
        yield from _keys(file, id_, f"variants[{n}]", each, OWN_COMPUTATION)
        if isinstance(each, Mapping) and each.get("function") and each["function"] not in _functions(id_):
            yield mistake(file, id_, f"variants[{n}].function", "no_function")
        yield from _parts(file, id_, f"variants[{n}].", each)
    yield from _parts(file, id_, "", block)
    for name, each in as_map(block.get("beside")).items():
        yield from _keys(file, id_, f"beside.{name}", each, OWN_COMPUTATION - {"function"} | {"name"})
    for n, each in enumerate(as_list(block.get("goals"))):
        yield from _keys(file, id_, f"goals[{n}]", each, {"goal", "role", "reason"})
    if not block.get("name"):
        yield mistake(file, id_, "name", "no_name")
    computing = [block, *map(as_map, as_list(block.get("variants")))]
    if not any(each.get(key) for each in computing for key in ("value", "function")):
        yield mistake(file, id_, "value", "no_value")


def _functions(id_: str) -> set[str]:
    """The functions that compute the built-in KPI of that id: its changed form may keep them, nothing may name others."""
    built_in = kpis().get(id_)
    return {c.function for c in built_in.computations if c.function} if built_in else set()


def _parts(file: str, id_: str, prefix: str, block: Any) -> Iterator[BadDefinition]:
    for name, part in as_map(as_map(block).get("parts")).items():
        if not ID.fullmatch(name):
            yield mistake(file, id_, f"{prefix}parts", "id", id=name)
        yield from _keys(file, id_, f"{prefix}parts.{name}", part, MEASURE_KEYS)
        for wanted in ("from", "value"):
            if not as_map(part).get(wanted):
                yield mistake(file, id_, f"{prefix}parts.{name}.{wanted}", "no_" + wanted)


def _keys(file: str, id_: str, prefix: str, block: Any, allowed: Collection[str]) -> Iterator[BadDefinition]:
    if not isinstance(block, Mapping):
        yield mistake(file, id_, prefix, "type", type="table")
        return
    for key, value in block.items():
        place = f"{prefix}.{key}" if prefix else key
        if key not in allowed:
            yield mistake(file, id_, place, "key", near(key, allowed), name=key)
        elif key in TEXTS or key in ("label", "reason"):
            yield from _text(file, id_, place, value)
        elif key in FLAGS or key in ("all_rows", "changed"):
            if not isinstance(value, bool):
                yield mistake(file, id_, place, "type", type="true, false")
        elif key in LISTS:
            if not isinstance(value, list) or not all(isinstance(v, str) and len(v) <= MOST_LETTERS for v in value):
                yield mistake(file, id_, place, "type", type='["…"]')
        elif key in ("variants", "goals"):
            if not isinstance(value, list) or len(value) > 20:
                yield mistake(file, id_, place, "type", type="[[…]]")
        elif key in ("parts", "beside"):
            if not isinstance(value, Mapping) or len(value) > 20:
                yield mistake(file, id_, place, "type", type="[…]")
        elif not isinstance(value, str) or len(value) > 2000:
            yield mistake(file, id_, place, "type", type='"…"')


def _text(file: str, id_: str, place: str, value: Any) -> Iterator[BadDefinition]:
    words = [value] if isinstance(value, str) else list(as_map(value).values())
    known = isinstance(value, str) or (isinstance(value, Mapping) and not set(value) - {*LANGUAGES, "of"})
    if not known or not all(isinstance(word, str) and len(word) <= MOST_LETTERS for word in words):
        yield mistake(file, id_, place, "type", type='"…"')


def as_list(value: Any) -> list[Any]:
    """`value` where it is a list, else nothing."""
    return value if isinstance(value, list) else []


def as_map(value: Any) -> Mapping[str, Any]:
    """`value` where it is a table, else nothing."""
    return value if isinstance(value, Mapping) else {}
