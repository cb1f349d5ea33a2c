"""The proof of the number on a KPI's page: the card, and the definition, the command and the SQL to copy."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kpi.core import Period
from kpi.measure.proof import PartProof
from kpi.measure.proof import Proof as Proven
from kpi.text import UNDEFINED
from pages.parts.frame import Frame
from pages.parts.proof import proof_card
from pages.parts.slices import dimension_name
from pages.parts.story import group_label
from pages.parts.views_kpi import Proof, ProofPart

PLAIN = ("", "result", "numerator / denominator")  # formulas that say less than the definition in words


def proof_part(here: Frame, proven: Proven, names: dict[str, str]) -> None:
    """The card and what can be copied. names: people's words behind the ids among the filters."""
    here.show(proof_card(here.texts, proof_view(here, proven, names)), key="proof")
    with st.expander(here.t("proof.repeat")):
        st.code(proven.command, language="bash", wrap_lines=True)
        if proven.block:
            here.show(f'<p class="k-small">{here.t("proof.block", version=proven.version)}</p>', key="proof_block")
            st.code(proven.block, language="toml", wrap_lines=True)
        if proven.sql:
            here.show(f'<p class="k-small">{here.t("proof.sql")}</p>', key="proof_sql")
            st.code(proven.sql, language="sql")


def proof_view(here: Frame, proven: Proven, names: dict[str, str]) -> Proof:
    """The proof card's records."""
    texts, kpi = here.texts, proven.result.kpi
    row = proven.result.rows[-1] if proven.result.rows else None
    value = texts.number(row.value if row else None, kpi.unit)
    if row and row.denominator is not None and row.numerator is not None:
        value = f"{texts.number(row.numerator)} ÷ {texts.number(row.denominator)} = {value}"
    facts = [(here.t("parts.meaning"), kpi.about.get(texts.lang))]
    if kpi.headline:
        facts.append((here.t("proof.headline"), kpi.headline.get(texts.lang)))
    if proven.period:
        facts.append((here.t("period"), texts.period(proven.period, None)))
    facts.append((here.t("filter.label"), _filters(here, proven, names)))
    if proven.as_of:
        facts.append((here.t("proof.as_of"), texts.day(proven.as_of)))
    facts.append((here.t("proof.version"), proven.version))
    said = [here.t(code, **dict(params)) for code, params in proven.rules]
    if row and row.entered:
        said.append(here.t("proof.entered"))
    elif not proven.formula:
        said.append(here.t("proof.by_function"))
    plain = proven.formula in PLAIN
    return Proof(
        formula=kpi.formula if plain else proven.formula,
        value=value,
        definition="" if plain else kpi.formula,
        facts=tuple(facts), parts=_parts(here, proven), said=tuple(said),
    )  # fmt: skip


def _filters(here: Frame, proven: Proven, names: dict[str, str]) -> str:
    one = [
        here.t("filter.one", dimension=dimension_name(here, name), value=group_label(here, value, names))
        for name, value in proven.query.filters
    ]
    return " · ".join(one) or here.t("filter.none")


def _parts(here: Frame, proven: Proven) -> tuple[ProofPart, ...]:
    """The rows of each measure; measures that read and use the same rows stand together."""
    number = here.texts.number
    same: dict[tuple, list[PartProof]] = {}
    for part in proven.parts:
        same.setdefault((part.table, part.period, part.read, part.used, part.left_out), []).append(part)
    return tuple(
        ProofPart(
            name=part_name(here, [part.name for part in held], held[0].table, proven.formula),
            value=" · ".join(UNDEFINED if part.value is None else number(part.value) for part in held),
            read=number(held[0].read),
            used=number(held[0].used),
            left_out=number(held[0].read - held[0].used),
            reasons=tuple((here.t(f"proof.{reason}"), number(n)) for reason, n in held[0].left_out),
            period="" if held[0].period == proven.period else _days(here, held[0].period),
        )
        for held in same.values()
    )


def _days(here: Frame, period: Period) -> str:
    """The days of a measure; of a state as of the start of the period that day."""
    return here.texts.period(period, None) if period.days else here.texts.day(period.since)


def part_name(here: Frame, names: Sequence[str], table: str, formula: str) -> str:
    """Measures and the table whose rows they count: in the reader's words where they are common ones, as the formula
    calls them where it does, else by the table alone."""
    words = [word for name in names if (word := _word(here, name, formula))]
    said = table_name(here, table)
    return here.t("proof.part_of", name=here.t("settings.list", names=words), table=said) if words else said


def _word(here: Frame, name: str, formula: str) -> str:
    key = f"proof.part_{name}"
    if here.texts.has(key):
        return here.t(key)
    return name.rpartition(".")[2] if name.partition(".")[0] in formula else ""


def table_name(here: Frame, table: str) -> str:
    """A table or helper fact as people call it."""
    return here.t(f"table.{table}") if here.texts.has(f"table.{table}") else here.t(f"fact.{table}")
