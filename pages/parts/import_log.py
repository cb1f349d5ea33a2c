"""The import log: every import with what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence

from kpi.intake import by_hand
from kpi.workspace import Import
from pages.parts.frame import Frame
from pages.parts.head import captions
from pages.parts.tables import table
from pages.parts.views import Action, Cell, Column, Table


def log_table(here: Frame, found: Sequence[Import]) -> str | None:
    """All imports, the newest first; "<what>:<number>" of what was clicked: undo, redo, change, rejects."""
    heads = (
        Column(here.t("file")),
        Column(here.t("holds"), secondary=True),
        Column(here.t("rows"), number=True),
        Column(here.t("rejected"), number=True),
        Column(here.t("when"), secondary=True),
        Column(here.t("state")),
        Column(""),
        Column(""),
    )
    by = {old: each.id for each in found if each.undone_at is None for old in each.replaces}
    rows = tuple(_row(here, each, by.get(each.id)) for each in reversed(found))
    return here.show(table(Table(heads, rows)), key="log")


def _row(here: Frame, each: Import, by: int | None) -> tuple[str | Cell, ...]:
    out = each.undone_at is not None
    name = Cell(import_name(here, each), note=here.t("number", id=each.id), grey=out)
    rejected: str | Cell = "–"
    if each.rows_rejected:
        count = here.texts.number(each.rows_rejected)
        rejected = Cell(count) if out else Cell(count, action=Action(count, f"rejects:{each.id}"))
    when = here.texts.day(each.imported_at.date()) if each.imported_at else "–"
    code = "replaced" if out and by else "undone" if out else "remapped" if each.before else "stands"
    undo, change = "", ""
    if not out:
        undo = Cell("", action=Action(here.t("undo"), f"undo:{each.id}"))
    elif not by and each.stored_as:
        undo = Cell("", action=Action(here.t("redo"), f"redo:{each.id}"))
    if not out and each.stored_as and each.table:
        key = "edit" if by_hand.is_by_hand(each) else "change"
        change = Cell("", action=Action(here.t(key), f"{key}:{each.id}"))
    state = here.t(f"state_{code}", by=str(by or ""), n=len(each.before))
    holds = here.t(f"table.{each.table}") if each.table else "–"
    return name, holds, here.texts.number(each.rows_loaded), rejected, when, state, undo, change


def import_name(here: Frame, each: Import) -> str:
    """The file and its sheet, or that it was typed in."""
    if by_hand.is_by_hand(each):
        return here.t("imports.by_hand", table=here.t(f"table.{each.table}"))
    return f"{each.file} · {each.sheet}" if each.sheet else each.file


def history(here: Frame, each: Import) -> None:
    """The mappings that an import had before, the latest first."""
    if not each.before:
        return
    said = []
    for was in reversed(each.before):
        places = [f"{one['column']}: {one['field']}" for one in was["mapping"]]
        said.append(
            here.t(
                "was",
                until=str(was["until"]).replace("T", " "),
                rows=was["rows_loaded"],
                n=was["rows_rejected"],
                places=places,
            )
        )
    here.show(captions(said), key=f"history_{each.id}")
