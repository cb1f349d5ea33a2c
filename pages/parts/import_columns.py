"""Import, column by column: samples and what they become, the field to choose, how surely and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import streamlit as st

from kpi import model
from kpi.intake import Message, Plan, Preview, why
from kpi.intake.preview import Shown
from kpi.intake.report import certainty
from pages.parts import import_state as state
from pages.parts.columns import ColumnRead, ColumnSure, column_heads, column_read, column_sure
from pages.parts.frame import Frame
from pages.parts.markup import esc

WIDTHS = (36, 27, 37)
PAIRS = 3  # cells shown of a column
WORDS = 12  # words of a closed list that can be given a meaning
PAGE = 30  # columns shown at once


def columns_editor(here: Frame, plan: Plan, preview: Preview) -> None:
    """All columns of the file in its order; changing a field is one choice."""
    found: dict[str, list[tuple[str, float, tuple[Message, ...]]]] = {}
    for column, path, confidence, reasons in plan.mapping():
        found.setdefault(column, []).append((path, confidence, reasons))
    own = _own(plan)
    for column, goes in found.items():  # what the line itself has comes before what follows from it
        goes.sort(key=lambda each: ((column, each[0]) not in own, each[0].endswith(".name")))
    shown: dict[str, Shown] = {}
    for each in preview.columns:
        if each.field == next((path for path, _, _ in found.get(each.column, [])), each.field):
            shown.setdefault(each.column, each)
    fields = fields_of(plan)
    heads = [here.t("import.head_file"), here.t("import.head_field"), here.t("import.head_why")]
    here.show(column_heads(heads), key="heads")
    with st.container(key="import_columns"):
        for number, header in enumerate(plan.headers[: _shown(plan)]):
            _column(here, plan, number, header, found.get(header.name, []), shown.get(header.name), fields)
    if len(plan.headers) > _shown(plan) and st.button(
        here.t("import.more_columns", n=len(plan.headers)), key="import_more_columns"
    ):
        st.session_state["import_all_columns"] = state.key_of(plan)
        st.rerun()


def _own(plan: Plan) -> set[tuple[str, str]]:
    """(column, table.field) of what the line itself has; not of the others that it names, be they of the same table."""
    main = plan.main
    if main is None:
        return set()
    return {
        (plan.headers[column].name, f"{main.table}.{fill.field}")
        for fill in main.fills
        for column in (fill.column, fill.clock, fill.more)
        if column is not None
    }


def _shown(plan: Plan) -> int:
    return len(plan.headers) if st.session_state.get("import_all_columns") == state.key_of(plan) else PAGE


def fields_of(plan: Plan) -> list[str]:
    """Where a column may go: the fields of every table that the file makes rows of."""
    owners = list(dict.fromkeys(t.table for t in plan.targets)) or ([plan.table] if plan.table else [])
    return [f"{owner}.{field}" for owner in owners for field in model.table(owner).fields]


def field_label(here: Frame, path: str) -> str:
    """A field in words, with its table."""
    if not path:
        return here.t("import.leave_out")
    table, _, field = path.partition(".")
    return here.t("import.field_label", name=here.t(f"field.{field}"), table=here.t(f"table.{table}"))


def _column(
    here: Frame, plan: Plan, number: int, header: Any, goes: list, shown: Shown | None, fields: list[str]
) -> None:
    path = goes[0][0] if goes else ""
    name = f"{state.key_of(plan)}_{number}"
    with st.container(key=f"import_column_{name}"):
        left, middle, right = st.columns(WIDTHS, gap="medium")
        with left:
            here.show(column_read(_read(here, header, path, shown)), key=f"read_{name}")
        with middle:
            _choose(here, plan, header.name, tuple(each[0] for each in goes), fields, name)
        with right:
            here.show(column_sure(_sure(here, goes, shown, not plan.questions)), key=f"sure_{name}")
            if shown and shown.words:
                _words(here, plan, shown, name)


def _choose(here: Frame, plan: Plan, header: str, goes: tuple[str, ...], fields: list[str], name: str) -> None:
    key = f"import_field_{name}"
    path = goes[0] if goes else ""
    options = list(dict.fromkeys(["", *goes, *fields]))
    st.session_state[key] = path

    def changed() -> None:
        state.map_column(plan, header, goes, st.session_state[key])

    st.selectbox(
        here.t("import.goes_to_of", column=header), options, key=key, on_change=changed, label_visibility="collapsed",
        format_func=lambda each: field_label(here, each),
    )  # fmt: skip


def _read(here: Frame, header: Any, path: str, shown: Shown | None) -> ColumnRead:
    filled = here.t("import.filled", share=here.texts.percent(header.filled)) if header.filled < 1 else ""
    if not path or shown is None:
        return ColumnRead(header.name, samples=" · ".join(header.samples[:PAIRS]), filled=filled)
    unique = {cell: value for cell, value in reversed(shown.values) if cell}
    listed = list(dict(reversed(unique.items())).items())[:PAIRS]
    kind = model.field(shown.field)
    unread = here.t("import.unread" if shown.rejected else "import.no_value")
    return ColumnRead(
        header.name,
        tuple((str(cell), unread if value is None else value_text(here, kind, value)) for cell, value in listed),
        "",
        filled,
    )


def value_text(here: Frame, field: model.Field, value: Any) -> str:
    """A typed value as this reader writes it."""
    if isinstance(value, bool):
        return here.t(f"intake.flag_{str(value).lower()}")
    if isinstance(value, datetime):
        day = here.texts.day(value.date())
        return here.t("import.day_time", day=day, time=f"{value:%H:%M}") if value.time() != value.time().min else day
    if field.type in ("money", "number", "integer"):
        return here.texts.number(value)
    key = f"value.{value}"
    return here.t(key) if field.values and here.texts.has(key) else str(value)


def _sure(here: Frame, goes: list, shown: Shown | None, told: bool) -> ColumnSure:
    if not goes:
        return ColumnSure(why=here.t("import.kept"))
    _, confidence, reasons = goes[0]
    code = certainty(confidence)
    said = why(reasons, here.texts)
    if len(goes) > 1:
        also = [field_label(here, path) for path, _, _ in goes[1:]]
        said = here.t("import.also_goes", why=said, fields=also)
    return ColumnSure(
        confidence, here.t(f"import.certainty_{code}"), here.texts.percent(confidence, 0), said,
        _wrong(here, shown) if told else "", "weak" if code == "weak" else "",
    )  # fmt: skip


def _wrong(here: Frame, shown: Shown | None) -> str:
    """How many cells would be rejected, why, and which."""
    if shown is None or not shown.rejected or shown.reason is None:
        return ""
    which = [here.t("import.wrong_cell", value=cell or "–", line=line) for line, cell in shown.which]
    return here.t("import.wrong", n=shown.rejected, reason=shown.reason.text(here.texts), which=which)


def _words(here: Frame, plan: Plan, shown: Shown, name: str) -> None:
    """Words without a meaning in the model: each can be given one."""
    field = model.field(shown.field)
    values = list(field.values) or ["true", "false"]
    with st.expander(here.t("import.words", n=len(shown.words))):
        for number, (word, n) in enumerate(shown.words[:WORDS]):
            key = f"import_word_{name}_{number}_{len(plan.options.words)}"
            chosen = st.selectbox(
                here.t("import.word", word=word, n=n), values, index=None, key=key, placeholder=here.t("import.word_none"),
                format_func=lambda value: value_text(here, field, {"true": True, "false": False}.get(value, value)),
            )  # fmt: skip
            if chosen:
                state.correct_to(plan, plan.options.with_word(shown.field, word, chosen))
                st.rerun()


def stages_editor(here: Frame, plan: Plan, preview: Preview) -> None:
    """The stages in their order, each with what it means; arrows move one up or down."""
    stages = preview.stages

    def told(order: list[int], kinds: dict[int, str]) -> None:
        listed = [(stages[i].pipeline or "", stages[i].name, kinds.get(i, stages[i].kind)) for i in order]
        state.correct(plan, table=plan.table, stages=tuple(listed))

    for number, stage in enumerate(stages):
        name = f"{state.key_of(plan)}_{number}"
        with st.container(key=f"import_stagerow_{name}"):
            text, kind, moves = st.columns((46, 30, 24), gap="small", vertical_alignment="center")
            with text:
                said = here.t("import.stage_rows", n=stage.rows)
                way = f' <span class="k-aside">{esc(stage.pipeline)}</span>' if stage.pipeline else ""
                place = here.texts.number(stage.position)
                here.show(
                    f'<p class="k-col-name">{esc(place)}. <b>{esc(stage.name)}</b>{way} <span class="k-aside">{esc(said)}</span></p>',
                    key=f"stage_{name}",
                )
            with kind:
                key = f"import_kind_{name}"
                st.session_state[key] = stage.kind
                st.selectbox(
                    here.t("import.stage_kind", stage=stage.name), model.field("stages.kind").values, key=key,
                    format_func=lambda value: here.t(f"value.{value}"), label_visibility="collapsed",
                    on_change=lambda n=number, k=key: told(list(range(len(stages))), {n: st.session_state[k]}),
                )  # fmt: skip
            with moves, st.container(horizontal=True):
                for step, icon in ((-1, ":material/arrow_upward:"), (1, ":material/arrow_downward:")):
                    other = number + step
                    possible = 0 <= other < len(stages) and stages[other].pipeline == stage.pipeline
                    st.button(
                        icon, key=f"import_move_{step}_{name}", disabled=not possible, type="tertiary",
                        help=here.t("import.stage_up" if step < 0 else "import.stage_down"),
                        on_click=lambda n=number, o=other: told(_swapped(len(stages), n, o), {}),
                    )  # fmt: skip


def _swapped(n: int, one: int, other: int) -> list[int]:
    order = list(range(n))
    order[one], order[other] = order[other], order[one]
    return order
