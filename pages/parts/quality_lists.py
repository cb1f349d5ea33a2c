"""Quality: findings with their rows, the fix list of each owner, what the data make possible, what wrong data cost."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kpi.quality.cost import estimate, reference, repair
from kpi.quality.download import as_csv, as_xlsx
from kpi.quality.finding import Finding
from kpi.quality.findings import findings
from kpi.quality.grade import idle_tables
from kpi.quality.owners import Owner, owners, work_of
from kpi.quality.rows import BadRow, has_rows, rows
from kpi.quality.touched import used_columns
from kpi.quality.unlock import Step, Unlock, unlock
from kpi.workspace.choices import chosen_goals
from kpi.workspace.own_kpis import kpis_of
from pages.parts.frame import Frame
from pages.parts.goals import action_rows
from pages.parts.head import caption, captions, section
from pages.parts.quality import bad_rows, findings_table, touched_text
from pages.parts.tables import table
from pages.parts.views import ActionRow, Cell, Column, Table

FIRST_ROWS = 25
PICKED = "quality_finding"  # session: the finding whose rows are shown


def show_findings(here: Frame) -> None:
    """Everything that was found, and the rows behind the one that was picked."""
    found = findings(here.workspace)
    here.show(section(here.t("found"), here.t("found_note")), key="found_head")
    if not found:
        here.show(caption(here.t("nothing_wrong")), key="found_none")
        return
    place = st.container()
    picked = here.show(table(findings_table(here, found)), key="found")
    if picked:
        st.session_state[PICKED] = picked
    shown = next((each for each in found if each.id == st.session_state.get(PICKED) and has_rows(each)), None)
    if shown:
        with place:
            _rows_behind(here, shown)


def _rows_behind(here: Frame, shown: Finding) -> None:
    unmask = st.toggle(here.t("unmask"), key="quality_unmask_rows")
    found = rows(here.workspace, shown, FIRST_ROWS, unmask)
    names = {each.id: each.name for each in owners(here.workspace)}
    with st.container(border=True, key="quality_rows_box"):
        here.show(
            caption(f"<b>{shown.message(here.texts)}</b>. {shown.effect(here.texts)}. {touched_text(here, shown)}"),
            key="rows_head",
        )
        if found:
            here.show(table(bad_rows(here, shown.table, found, names, shown.n)), key="rows")
        downloads(here, "rows", lambda: [(shown, row) for row in rows(here.workspace, shown, shown.n, unmask)])


def downloads(here: Frame, key: str, made) -> None:
    """The buttons that give a list of (finding, row) as a file. made: called when somebody asks for it."""
    heads = [here.t(each) for each in ("owner", "severity", "finding", "table", "key", "row", "place", "effect")]
    names = {each.id: each.name for each in owners(here.workspace)}

    def lines() -> list[list[object]]:
        return [line(here, finding, row, names) for finding, row in made()]

    with st.container(horizontal=True, key=f"quality_downloads_{key}"):
        st.download_button(
            here.t("as_csv"),
            lambda: as_csv(heads, lines()),
            f"{key}.csv",
            "text/csv",
            key=f"quality_csv_{key}",
            on_click="ignore",
        )
        st.download_button(
            here.t("as_xlsx"), lambda: as_xlsx(heads, lines(), here.texts.direction == "rtl"), f"{key}.xlsx",
            key=f"quality_xlsx_{key}", on_click="ignore",
        )  # fmt: skip


def line(here: Frame, finding: Finding, row: BadRow, names: dict[str, str]) -> list[object]:
    """A row to put right as a line of a download."""
    cells = "; ".join(f"{here.t(f'field.{column}')}: {'' if value is None else value}" for column, value in row.cells)
    place = here.t("place_at", file=row.file, line=str(row.line)) if row.file else ""
    return [
        names.get(row.owner, row.owner) or here.t("nobody"), here.t(f"severity_{finding.severity}"), finding.message(here.texts),
        here.t(f"table.{finding.table}"), row.key, cells, place, finding.effect(here.texts),
    ]  # fmt: skip


def show_owners(here: Frame) -> None:
    """Who puts what right, with a list for each; then what wrong data cost."""
    found = owners(here.workspace)
    here.show(section(here.t("owners"), here.t("owners_note")), key="owners_head")
    if not found:
        here.show(caption(here.t("owners_none")), key="owners_none")
    else:
        here.show(table(owners_table(here, found)), key="owners")
        names = {each.id: each.name or here.t("nobody") for each in found}
        who = st.selectbox(
            here.t("list_for"), [None, *names], format_func=lambda id_: here.t("all_owners") if id_ is None else names[id_],
            key="quality_owner",
        )  # fmt: skip
        downloads(here, "list", lambda: work_of(here.workspace, who))
    _cost(here, sum(each.n for each in found))


def owners_table(here: Frame, found: Sequence[Owner]) -> Table:
    """Each owner with the rows to look at and the most frequent finding."""
    heads = (Column(here.t("owner")), Column(here.t("rows"), number=True), Column(here.t("problems"), secondary=True))
    lines = tuple(
        (
            Cell(here.texts.name(each.name) if each.name else here.t("nobody"), strong=True),
            here.texts.number(each.n),
            Cell(_most(here, each), grey=True),
        )
        for each in found
    )
    return Table(heads, lines)


def _most(here: Frame, owner: Owner) -> str:
    finding, n = max(owner.found, key=lambda each: each[1])
    return f"{finding.message(here.texts).partition(':')[0]} ({here.texts.number(n)})"


def _cost(here: Frame, n: int) -> None:
    """The estimate from the reader's own figures, the quoted ones beside it."""
    here.show(section(here.t("cost"), here.t("cost_note")), key="cost_head")
    settings, texts = here.workspace.settings, here.texts
    left, middle, right = st.columns(3)
    people = left.number_input(here.t("cost_people"), 0, value=None, step=1, key="quality_cost_people")
    hours = middle.number_input(here.t("cost_hours"), 0.0, value=None, step=0.5, key="quality_cost_hours")
    rate = right.number_input(here.t("cost_rate"), 0.0, value=settings.hourly_cost, step=1.0, key="quality_cost_rate")
    made = estimate(people, hours, rate)
    said = here.t("cost_open")
    if made is not None:
        figures = {"people": people, "hours": hours, "rate": texts.number(rate, "currency")}
        said = here.t("cost_result", money=texts.number(made, "currency"), **figures)
    here.show(caption(said), key="cost")
    minutes = settings.minutes_per_bad_record
    work, _ = repair(n, minutes, rate)
    if work is not None and n:
        here.show(caption(here.t("repair", n=n, hours=texts.number(work, decimals=1), minutes=minutes)), key="repair")
    quoted, reps = reference(), int(people or 1)

    def money(amount: float) -> str:
        return texts.number(amount, "currency", quoted.currency)

    here.show(
        caption(
            here.t(
                "cost_reference",
                hours=quoted.hours,
                per_rep=money(quoted.per_rep),
                n=reps,
                most=money(quoted.at_most(reps)),
            )
        ),
        key="cost_reference",
    )


def show_possible(here: Frame) -> None:
    """The unlock list, the KPIs that can be computed, the tables that none of the chosen ones uses."""
    more = unlock(here.workspace)
    here.show(
        section(here.t("unlock"), here.t("unlock_note_goals" if chosen_goals(here.workspace) else "unlock_note_all")),
        key="unlock_head",
    )
    here.show(action_rows(unlock_rows(here, more)) if more.steps else caption(here.t("unlock_none")), key="unlock")
    can = used_columns(here.workspace)
    here.show(
        section(here.t("possible"), here.t("possible_note", n=len(can), of=len(kpis_of(here.workspace)))),
        key="possible_head",
    )
    here.show(captions(kpis_of(here.workspace)[id_].name.get(here.texts.lang) for id_ in can), key="possible")
    idle = idle_tables(here.workspace)
    here.show(section(here.t("idle"), here.t("idle_note")), key="idle_head")
    said = here.t("idle_unknown") if idle is None else here.t("idle_none")
    here.show(captions(here.t(f"table.{name}") for name in idle) if idle else caption(said), key="idle")


def unlock_rows(here: Frame, more: Unlock) -> list[ActionRow]:
    """Each step of the unlock list: what to load too, and which KPIs that gives."""

    def title(step: Step) -> str:
        said = [
            here.t(
                "unlock_step", columns=[here.t(f"field.{column}") for column in columns], table=here.t(f"table.{name}")
            )
            for name, columns in step.by_table().items()
        ]
        return here.t("listed", items=said)

    return [
        ActionRow(
            title(step),
            here.t("listed", items=[kpis_of(here.workspace)[id_].name.get(here.texts.lang) for id_ in step.kpis]),
            here.t("unlock_gain", n=len(step.kpis)),
        )
        for step in more.steps
    ]
