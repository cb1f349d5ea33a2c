"""Empty workbooks to fill in: one per table of the model, its columns as header, its closed lists as choices."""

from __future__ import annotations

from pathlib import Path

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from kpi import model
from kpi.errors import Refused
from kpi.text import Texts

ROWS = 1000
FORMATS = {"time": "yyyy-mm-dd hh:mm", "money": "#,##0.00", "id": "@"}


def write_template(table: str, path: Path, texts: Texts) -> None:
    """Writes the template of `table` to `path`. The header has the model's own names, so that it reads back in every
    language; notes say what the columns mean. Raises Unknown for a table that does not exist, Refused where nothing can be written."""
    found = model.table(table)
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(table[:31])
    if texts.direction == "rtl":
        sheet.right_to_left()
    bold = book.add_format({"bold": True, "bottom": 1})
    sheet.freeze_panes(1, 0)
    for place, field in enumerate(found.fields.values()):
        shape = book.add_format({"num_format": FORMATS[field.type]}) if field.type in FORMATS else None
        sheet.set_column(place, place, max(12, len(field.name) + 2), shape)
        sheet.write_string(0, place, field.name, bold)
        sheet.write_comment(0, place, _note(field, found, texts))
        if field.values:
            sheet.data_validation(1, place, ROWS, place, {"validate": "list", "source": list(field.values)})
        elif field.type == "flag":
            sheet.data_validation(1, place, ROWS, place, {"validate": "list", "source": ["true", "false"]})
    try:
        book.close()
    except FileCreateError as error:
        why = getattr(error.args[0], "strerror", None) or ""
        raise Refused("not_writable", file=str(path), why=why) from error


def _note(field: model.Field, table: model.Table, texts: Texts) -> str:
    key = f"field.{field.name}"
    name = texts.t(key) if texts.has(key) else field.name
    kind = texts.t(f"intake.type_{field.type}")
    said = f"{name}: {kind}"
    if field.name in table.key:
        said += f" · {texts.t('intake.template_key')}"
    if field.refers:
        said += f" → {field.refers}"
    return said
