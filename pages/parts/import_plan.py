"""Import, one file or sheet: what is asked, how it is read, what to know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from kpi import model
from kpi.intake import Failure, Message, Plan, Preview, Question, preview
from kpi.intake.options import DATE_ORDERS, DECIMALS
from kpi.workspace import Import, known_file
from kpi.workspace.own_kpis import kpis_of
from pages.parts import import_state as state
from pages.parts.empty import empty_state, message
from pages.parts.frame import Frame, go
from pages.parts.head import captions, section
from pages.parts.import_changes import changes_view
from pages.parts.import_columns import columns_editor, field_label, stages_editor
from pages.parts.items import kpi_name
from pages.parts.markup import esc
from pages.parts.tables import table
from pages.parts.views import Action, Cell, Column, Table

BUTTONS = 6  # answers up to these are buttons, more of them a list
DELIMITERS = (",", ";", "\t", "|")
SAMPLES, MOST = 5, 40  # cells of a column, columns of a table that nobody knows yet


def plan_name(plan: Plan) -> str:
    """The file and its sheet."""
    return f"{plan.file} · {plan.sheet}" if plan.sheet else plan.file


def plan_state(here: Frame, plan: Plan) -> str:
    """A code: left, loaded, asks, nothing, ready."""
    if state.left_out(plan):
        return "left"
    if plan.questions:
        return "asks"
    if plan.table is None:
        return "nothing"
    known = None if plan.options.again else known_file(here.workspace, plan.sha256, plan.sheet)
    return "loaded" if known else "ready"


def plan_list(here: Frame, plans: Sequence[Plan], failures: Sequence[Failure], shown: Plan | None) -> str | None:
    """All files and sheets with their state; the key of the one that was clicked."""
    heads = (
        Column(here.t("import.file")),
        Column(here.t("import.holds")),
        Column(here.t("import.rows"), number=True),
        Column(here.t("import.state")),
    )
    rows: list[tuple[str | Cell, ...]] = []
    for plan in plans:
        code = plan_state(here, plan)
        said = here.t(f"import.state_{code}", n=len(plan.questions))
        name = plan_name(plan)
        link = Cell(name, strong=True) if plan is shown else Cell(name, action=Action(name, state.key_of(plan)))
        holds = here.t(f"table.{plan.table}") if plan.table else "–"
        rows.append(
            (
                link,
                holds,
                here.texts.number(plan.rows),
                Cell(said, strong=code == "asks", grey=code in ("left", "nothing")),
            )
        )
    for each in failures:
        name = f"{each.path.name} · {each.sheet}" if each.sheet else each.path.name
        rows.append((Cell(name, grey=True), "–", "–", here.t("import.state_failed")))
    picked = here.show(table(Table(heads, tuple(rows))), key="plans") if rows[1:] else None
    for number, each in enumerate(failures):
        here.show(message(here.t("import.failed"), here.texts.error(each.error)), key=f"failure_{number}")
    return picked


def plan_view(here: Frame, plan: Plan, again: Import | None = None) -> None:
    """Everything about one plan. again: the import whose mapping is being changed."""
    key = state.key_of(plan)
    here.show(section(_title(here, plan), _also(here, plan)), key=f"plan_{key}")
    refused = state.refused(plan)
    if refused:
        here.show(message(here.t("import.correction_refused"), here.texts.error(refused)), key=f"refused_{key}")
    if again is None and plan_state(here, plan) == "loaded":
        _loaded(here, plan)
        return
    shown = _preview(here, plan)
    _bar(here, plan, again is None)
    for number, question in enumerate(plan.questions):
        _ask(here, plan, question, number)
    _layout(here, plan)
    if plan.table is None:
        heads = (Column(here.t("import.column")), Column(here.t("import.samples")))
        cells = tuple(
            (Cell(each.name, strong=True), " · ".join(each.samples[:SAMPLES])) for each in plan.headers[:MOST]
        )
        here.show(table(Table(heads, cells)), key=f"cells_{key}")
    if plan.table and again is None:
        changes_view(here, plan)
    if plan.table:
        if shown.rejected and not plan.questions:  # what is asked may be why they do not read
            here.show(
                captions([here.t("import.would_reject", n=shown.rejected, rows=shown.rows)]), key=f"rejected_{key}"
            )
        columns_editor(here, plan, shown)
    if shown.stages:
        here.show(section(here.t("import.stages"), here.t("import.stages_note")), key=f"stages_{key}")
        stages_editor(here, plan, shown)
    _notes(here, plan)


def _loaded(here: Frame, plan: Plan) -> None:
    """A file that counts already: which import it is, and the way to read it otherwise."""
    made = known_file(here.workspace, plan.sha256, plan.sheet)
    if made is None:
        return
    day = made.imported_at.date() if made.imported_at else None
    text = here.t("import.loaded_text", id=str(made.id), day=day)
    ways = empty_state(here.t("import.loaded"), text, secondary=Action(here.t("imports.change"), "change"))
    if here.show(ways, key=f"loaded_{state.key_of(plan)}"):
        state.forget()
        go("data", "import", remap=str(made.id))


def _preview(here: Frame, plan: Plan) -> Preview:
    """The first lines typed and all lines checked; once per plan."""
    kept: dict[Any, Preview] = st.session_state.setdefault("import_previews", {})
    name = (plan.path, plan.sheet, plan.options, plan.table, here.workspace.revision)
    if name not in kept:
        kept.clear()
        with st.spinner(here.t("import.checking")):
            kept[name] = preview(here.workspace, plan)
    return kept[name]


def _title(here: Frame, plan: Plan) -> str:
    name = plan_name(plan)
    if plan.table is None:
        return here.t("import.title_unknown", file=name)
    return here.t("import.title", file=name, rows=plan.rows, table=here.t(f"table.{plan.table}"))


def _also(here: Frame, plan: Plan) -> str:
    more = dict.fromkeys(t.table for t in plan.targets if t.kind != "main" and t.table != plan.table)
    return here.t("import.also", tables=[here.t(f"table.{name}") for name in more]) if more else ""


def _bar(here: Frame, plan: Plan, upload: bool) -> None:
    """Taking the last correction back; leaving an upload out."""
    key, out = state.key_of(plan), state.left_out(plan)
    steps = state.corrections(plan)
    with st.container(horizontal=True, key=f"import_bar_{key}"):
        if steps:
            st.button(
                here.t("import.take_back", n=steps), key=f"import_take_back_{key}", type="tertiary",
                on_click=lambda: state.take_back(plan),
            )  # fmt: skip
        if upload:
            st.button(
                here.t("import.take_in" if out else "import.leave_file"), key=f"import_leave_{key}", type="tertiary",
                on_click=lambda: state.leave_out(plan, not out),
            )  # fmt: skip


def _ask(here: Frame, plan: Plan, question: Question, number: int) -> None:
    """A question with its answers as buttons; any table as a list."""
    key = f"{state.key_of(plan)}_{number}"
    answers = question.answers or tuple(dict.fromkeys([*(name for name, _ in plan.others), *model.tables()]))
    few = question.answers if question.answers else answers[: len(plan.others)]
    likely = few[: few.index("") + 1][:BUTTONS] if "" in few else few[:BUTTONS]  # behind "leave out" stands the rest

    def answered(answer: str) -> None:
        state.correct_to(plan, plan.options.answered(question.about, answer))

    asked = here.t("import.ask_table") if question.about == "table" else question.text.text(here.texts)
    with st.container(key=f"import_ask_{key}"):
        here.show(f'<p class="k-asked">{esc(f"{asked[:1].upper()}{asked[1:]}")}</p>', key=f"asked_{key}")
        with st.container(horizontal=True):
            for answer in likely:
                st.button(
                    answer_label(here, question, answer), key=f"import_answer_{key}_{answer}",
                    on_click=lambda a=answer: answered(a),
                )  # fmt: skip
        if len(few) > len(likely) or not question.answers:
            st.selectbox(
                here.t("import.answer"), answers, index=None, key=f"import_answers_{key}", label_visibility="collapsed",
                placeholder=here.t("import.choose_other" if few else "import.choose"),
                format_func=lambda a: answer_label(here, question, a),
                on_change=lambda: answered(st.session_state[f"import_answers_{key}"]),
            )  # fmt: skip


def answer_label(here: Frame, question: Question, answer: str) -> str:
    """An answer in words."""
    about = question.about.partition(" ")[0]
    if about == "table":
        return here.t(f"table.{answer}")
    if about in ("column", "map") and "." in answer and answer.partition(".")[0] in model.tables():
        return field_label(here, answer)
    if not answer:
        return here.t("import.answer_value" if about == "missing" else "import.leave_out")
    if about == "missing":
        return here.t("import.answer_missing", word=answer)
    if about == "word":
        return kpi_name(here, kpis_of(here.workspace)[answer])
    codes = {",": "comma", ".": "point"}
    key = f"import.answer_{about}_{codes.get(answer, answer).lower()}"
    return here.t(key) if here.texts.has(key) else answer


def _layout(here: Frame, plan: Plan) -> None:
    """Table, order of dates, decimal mark, header line: where the recognition is to be overruled."""
    key, given = state.key_of(plan), plan.options
    names = list(
        dict.fromkeys([t for t in (plan.table, *(name for name, _ in plan.others)) if t] + list(model.tables()))
    )

    def changed(name: str, widget: str) -> None:
        state.correct(plan, **{name: st.session_state[widget]})

    def select(name: str, options: Sequence[Any], value: Any, label: Any, placeholder: str) -> None:
        widget = f"import_{name}_{key}"
        st.session_state[widget] = value
        st.selectbox(
            here.t(f"import.{name}"), options, key=widget, index=None, format_func=label, placeholder=placeholder,
            on_change=lambda: changed(name, widget),
        )  # fmt: skip

    found = here.t("import.as_found")
    with st.expander(here.t("import.overrule"), expanded=plan.table is None and not plan.questions):
        first, second, third, fourth = st.columns(4)
        with first:
            select("table", names, plan.table, lambda name: here.t(f"table.{name}"), here.t("import.choose"))
        with second:
            select("dates", DATE_ORDERS, given.dates, lambda code: here.t(f"import.answer_dates_{code}"), found)
        with third:
            names_of = {",": "comma", ".": "point"}
            select("decimal", DECIMALS, given.decimal, lambda d: here.t(f"import.answer_decimal_{names_of[d]}"), found)
        with fourth:
            widget = f"import_header_{key}"
            st.session_state[widget] = plan.format.header
            st.number_input(
                here.t("import.header"), min_value=0, step=1, key=widget, on_change=lambda: changed("header", widget),
                help=here.t("import.header_help"), disabled=plan.format.header is None,
            )  # fmt: skip
        if plan.format.delimiter is not None:
            with st.container(horizontal=True):
                select(
                    "delimiter",
                    DELIMITERS,
                    plan.format.delimiter,
                    lambda d: here.t(f"import.delimiter_{_mark(d)}"),
                    found,
                )


def _mark(delimiter: str) -> str:
    return {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}.get(delimiter, "comma")


def _notes(here: Frame, plan: Plan) -> None:
    """What the recognition wants to be known."""
    said: list[Message] = list(plan.warnings)
    if said:
        here.show(section(here.t("import.to_know")), key=f"notes_{state.key_of(plan)}")
        here.show(captions(each.text(here.texts) for each in said), key=f"note_{state.key_of(plan)}")
