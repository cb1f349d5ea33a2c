"""Empty workbooks to fill in: a sheet per table, headers in the user's language, notes, closed lists as choices."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from kpi import model
from kpi.errors import Refused
from kpi.intake import lexicon
from kpi.intake.names import plain
from kpi.intake.own_headers import marked
from kpi.text import Texts
from kpi.text.bidi import bare

ROWS = 1000
FORMATS = {"time": "yyyy-mm-dd hh:mm", "money": "#,##0.00", "id": "@"}
LONGEST = 255  # characters of a list of choices in one cell's rule, as Excel has it


def write_template(table: str, path: Path, texts: Texts) -> None:
    """Writes the template of `table` to `path`. A header is the field's name in the language of `texts` with the model's
    own name behind it, so that it reads back in every language; a note says what belongs there. Raises Unknown for a
    table that does not exist, Refused where nothing can be written."""
    write_templates([table], path, texts)


def write_templates(tables: Sequence[str], path: Path, texts: Texts) -> None:
    """The same with a sheet for each of several tables."""
    try:
        _book(tables, str(path), texts)
    except FileCreateError as error:
        why = getattr(error.args[0], "strerror", None) or ""
        raise Refused("not_writable", file=str(path), why=why) from error


def template_bytes(tables: Sequence[str], texts: Texts) -> bytes:
    """The workbook as bytes, for a download."""
    file = BytesIO()
    _book(tables, file, texts)
    return file.getvalue()


def _book(tables: Sequence[str], target: Any, texts: Texts) -> None:
    found = [model.table(name) for name in tables]
    book = xlsxwriter.Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True})
    for table in found:
        _sheet(book, table, texts)
    book.close()


def _sheet(book: Any, table: model.Table, texts: Texts) -> None:
    sheet = book.add_worksheet(table.name[:31])
    if texts.direction == "rtl":
        sheet.right_to_left()
    sheet.freeze_panes(1, 0)
    plain_head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    needed_head = book.add_format({"bold": True, "bottom": 2, "text_wrap": True, "valign": "top"})
    needed = needs(table)
    for place, field in enumerate(table.fields.values()):
        shape = book.add_format({"num_format": FORMATS[field.type]}) if field.type in FORMATS else None
        head = header(field, texts)
        sheet.set_column(place, place, max(14, min(28, len(head) + 2)), shape)
        sheet.write_string(0, place, head, needed_head if field.name in needed else plain_head)
        sheet.write_comment(0, place, note(field, table, texts), {"x_scale": 1.6})
        words = choices(field, texts)
        if words and len(",".join(words)) <= LONGEST:
            sheet.data_validation(1, place, ROWS, place, {"validate": "list", "source": words})


def header(field: model.Field, texts: Texts) -> str:
    """The cell above a column: "Сума (amount)"."""
    return marked(name(field, texts), field.name)


def name(field: model.Field, texts: Texts) -> str:
    """What a field is called in the language of `texts`."""
    key = f"field.{field.name}"
    return bare(texts.t(key)) if texts.has(key) else field.name


def choices(field: model.Field, texts: Texts) -> list[str]:
    """The words that a cell of a closed list or a flag may hold: those of the language where they read back."""
    if field.type == "flag":
        words = [bare(texts.t(f"intake.flag_{value}")) for value in ("true", "false")]
        known = lexicon.flags()
        return words if [known.get(plain(word)) for word in words] == [True, False] else ["true", "false"]
    known = lexicon.words(field.path)
    return [_word(value, known, texts) for value in field.values]


def _word(value: str, known: dict[str, str], texts: Texts) -> str:
    key = f"value.{value}"
    said = bare(texts.t(key)) if texts.has(key) else value
    return said if known.get(plain(said)) == value and "," not in said else value


def needs(table: model.Table) -> frozenset[str]:
    """The fields that a row is of no use without: its key, or what such a table is recognised by."""
    if table.key and not table.line_key:
        return frozenset(table.key)
    found = lexicon.names()[table.name].needs
    return found[0] if found else frozenset(table.key)


def note(field: model.Field, table: model.Table, texts: Texts) -> str:
    """What belongs into a column: its name, kind, choices, where an id leads, whether it is needed."""
    parts = [f"{name(field, texts)}: {texts.t(f'intake.type_{field.type}')}"]
    if field.name in table.key and not table.line_key:
        parts.append(texts.t("intake.template_key"))
    elif field.name in needs(table):
        parts.append(texts.t("intake.template_needed"))
    if field.derived:
        parts.append(texts.t("intake.template_derived"))
    if field.refers:
        parts.append(texts.t("intake.template_refers", table=texts.t(f"table.{field.refers}")))
    if field.values:
        words = choices(field, texts)
        codes = [w if w == v else f"{w} ({v})" for w, v in zip(words, field.values, strict=True)]
        parts.append(texts.t("intake.template_choices", words=codes))
    return bare("\n".join(parts))
