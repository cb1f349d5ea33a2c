"""What a definition is put together from, in fields: its measure, the parts of a formula, the ways to compute it.

The fields of one measure have keys with the same beginning: `FORM` those of the definition itself, `at("parts", n)`
those of its n-th part, `at("variants", n)` those of its n-th way.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from kpi.catalogue.own_shape import as_list, as_map

FORM = "own_kpi_"
FORMULA = "formula"  # in place of a table: arithmetic over KPIs and measures
STATE = "state"  # in place of a date: how it stands at the end of the period
EXPRESSIONS = ("value", "where", "per")
FIRST = "opportunities"  # the table that an empty form begins with


def at(kind: str, n: int) -> str:
    """How the keys of the fields of a piece begin."""
    return f"{FORM}{kind}_{n}_"


def pieces(kind: str) -> list[int]:
    """The numbers of the pieces that are shown; those of the block it began with count from 0 as they stood there."""
    return st.session_state.setdefault(f"{FORM}{kind}", [])


def fill_measure(beginning: str, block: Mapping[str, Any]) -> None:
    """Fill the fields of one measure."""
    values = {
        "from": block.get("from") or (FORMULA if block.get("value") else FIRST),
        "date": block.get("date") or (STATE if block.get("from") else None),
        **{key: block.get(key, "") for key in EXPRESSIONS},
    }
    for key, value in values.items():
        st.session_state[f"{beginning}{key}"] = value


def typed_measure(beginning: str) -> dict[str, Any]:
    """The measure as its fields say it, without what is empty."""
    said = {key: st.session_state.get(f"{beginning}{key}") for key in ("from", "date", *EXPRESSIONS)}
    block = {key: (said[key] or "").strip() for key in EXPRESSIONS}
    if said["from"] in (None, FORMULA):
        return {"value": block["value"]} if block["value"] else {}
    block = {"from": said["from"], "date": "" if said["date"] in (None, STATE) else said["date"], **block}
    return {key: block[key] for key in ("from", "date", "where", "value", "per") if block[key]}


def begin_pieces(block: Mapping[str, Any]) -> None:
    """Fill the fields of the parts and of the ways of a block."""
    for kind, held in (("parts", _parts(block)), ("variants", list(enumerate(block.get("variants", ()))))):
        st.session_state[f"{FORM}{kind}"] = list(range(len(held)))
        for n, (name, piece) in enumerate(held):
            st.session_state[f"{at(kind, n)}name"] = name
            fill_measure(at(kind, n), piece)


def typed_parts(base: Mapping[str, Any]) -> dict[str, Any]:
    """The parts by name; one whose name is taken already gets a sign more, so that none is lost."""
    held, found = _parts(base), {}
    for n in pieces("parts"):
        name = (st.session_state.get(f"{at('parts', n)}name") or "").strip()
        while name in found:
            name += "_"
        found[name] = _rest(held[n][1] if n < len(held) else {}) | typed_measure(at("parts", n))
    return found


def typed_ways(base: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The ways in their order; one that a function computes, or that has parts of its own, stays as it was."""
    held = base.get("variants", ())
    return [
        dict(held[n]) if fixed(held[n]) else _rest(held[n]) | typed_measure(at("variants", n))
        for n in pieces("variants")
    ]


def fixed(way: Mapping[str, Any]) -> bool:
    """Whether a way is more than the fields of a measure can say."""
    return bool(way.get("function") or way.get("parts"))


def _parts(block: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    return list(block.get("parts", {}).items())


def _rest(piece: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in piece.items() if key not in ("from", "date", *EXPRESSIONS)}


def tables_of(block: Mapping[str, Any]) -> list[str]:
    """The tables that a definition counts over, each once; "" for a formula over KPIs, measures and its parts."""
    ways = [as_map(way) for way in as_list(block.get("variants")) or [block]]
    named = [piece.get("from") for way in ways for piece in (way, *map(as_map, as_map(way.get("parts")).values()))]
    return list(dict.fromkeys(str(name or "") for name in named))
