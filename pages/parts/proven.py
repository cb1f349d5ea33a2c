"""The proof of the number on a KPI's page: the card, and the definition, the command and the SQL to copy."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

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
    parts = _parts(here, proven.parts)
    said = [here.t(code, **dict(params)) for code, params in proven.rules]
    if not parts:
        said.append(here.t("proof.entered" if row and row.entered else "proof.by_function"))
    plain = proven.formula in PLAIN
    return Proof(
        formula=kpi.formula if plain else proven.formula,
        value=value, read="", used="", left_out="",
        definition="" if plain else kpi.formula,
        facts=tuple(facts), parts=parts, said=tuple(said),
    )  # fmt: skip


def _filters(here: Frame, proven: Proven, names: dict[str, str]) -> str:
    one = [
        here.t("filter.one", dimension=dimension_name(here, name), value=group_label(here, value, names))
        for name, value in proven.query.filters
    ]
    return " · ".join(one) or here.t("filter.none")


def _parts(here: Frame, parts: Sequence[PartProof]) -> tuple[ProofPart, ...]:
    """The rows of each measure; measures that read and use the same rows stand together."""
    number = here.texts.number
    same: dict[tuple, list[PartProof]] = {}
    for part in parts:
        same.setdefault((part.table, part.period, part.read, part.used, part.left_out), []).append(part)
    return tuple(
        ProofPart(
            name=here.t("proof.part_of", name=_listed(here, held), table=table_name(here, held[0].table)),
            value=" · ".join(UNDEFINED if part.value is None else number(part.value) for part in held),
            read=number(held[0].read),
            used=number(held[0].used),
            left_out=number(held[0].read - held[0].used),
            reasons=tuple((here.t(f"proof.{reason}"), number(n)) for reason, n in held[0].left_out),
        )
        for held in same.values()
    )


def _listed(here: Frame, parts: Sequence[PartProof]) -> str:
    return here.t("settings.list", names=[_word(here, part.name) for part in parts])


def _word(here: Frame, name: str) -> str:
    """The name of a measure; in the reader's words where it is a common one."""
    key = f"proof.part_{name}"
    return here.t(key) if here.texts.has(key) else name.rpartition(".")[2]


def part_name(here: Frame, name: str, table: str) -> str:
    """A measure of the formula and the table whose rows it counts."""
    return here.t("proof.part_of", name=_word(here, name), table=table_name(here, table))


def table_name(here: Frame, table: str) -> str:
    """A table as people call it; a helper fact as the definitions call it."""
    return here.t(f"table.{table}") if here.texts.has(f"table.{table}") else table
