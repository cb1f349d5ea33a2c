"""Templates: headers in the user's language, and filled in they come back whole in each of them."""

from __future__ import annotations

import re
import zipfile
from datetime import datetime
from html import unescape

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from kpi import model
from kpi import workspace as workspaces
from kpi.core import LANGUAGES
from kpi.intake import inspect, load, template, template_bytes, write_template, write_templates
from kpi.text import Texts
from kpi.text.bidi import bare
from tests.intake_files import places

HAND = (
    "costs",
    "finance_periods",
    "crm_benefits",
    "customer_wallet",
    "system_incidents",
    "unmet_requests",
    "kpi_values",
)


def filled(field: model.Field, row: int, texts: Texts):
    """What a person would type into the cell."""
    if field.name.endswith("email"):
        return f"a{row}@example.com"
    if field.values or field.type == "flag":
        words = template.choices(field, texts)
        return words[row % len(words)]
    made = {
        "id": f"X{row}",
        "text": f"word {row}",
        "money": 100.5 + row,
        "number": 2.0 + row,
        "integer": 3 + row,
        "time": datetime(2024, 1 + row, 15),
    }
    return made[field.type]


def fill_in(path, tables, texts, rows=3, keep=None, own=()):
    """The template with rows below its header. keep: only these columns; own: headers of columns added behind."""
    read = CalamineWorkbook.from_path(str(path))
    heads = {table: read.get_sheet_by_name(table).to_python()[0] for table in tables}
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"})
    for table in tables:
        sheet = book.add_worksheet(table)
        fields = list(zip(heads[table], model.table(table).fields.values(), strict=True))
        kept = [(head, field) for head, field in fields if keep is None or field.name in keep]
        sheet.write_row(0, 0, [*(head for head, _ in kept), *own])
        for row in range(rows):
            sheet.write_row(row + 1, 0, [*(filled(field, row, texts) for _, field in kept), *("x" for _ in own)])
    book.close()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_filled_in_it_maps_whole(lang, tmp_path):
    """Every column of every table where it belongs, surely and without a question."""
    texts, tables = Texts(lang), list(model.tables())
    path = tmp_path / "my numbers.xlsx"
    write_templates(tables, path, texts)
    fill_in(path, tables, texts)
    plans = inspect(None, [path])
    assert [plan.table for plan in plans] == tables
    for plan in plans:
        found = places(plan)
        wrong = {
            head.name: found.get(head.name)
            for head, field in zip(plan.headers, model.table(plan.table).fields, strict=True)
            if found.get(head.name, "").split("+")[0] != f"{plan.table}.{field}"
        }
        assert not wrong and plan.questions == (), (plan.table, plan.questions)
        assert min(confidence for _, _, confidence, _ in plan.mapping()) > 0.9, plan.table


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_was_typed_is_what_is_loaded(lang, tmp_path):
    texts = Texts(lang)
    path = tmp_path / "by hand.xlsx"
    write_templates(HAND, path, texts)
    fill_in(path, HAND, texts)
    ws = workspaces.create(tmp_path, "w")
    for plan in inspect(ws, [path]):
        report = load(ws, plan)
        assert (report.rows_loaded, report.rows_rejected) == (3, 0)
        same_as_typed(ws, plan.table, texts)
    workspaces.close_workspace(tmp_path, "w")


def same_as_typed(ws, table, texts):
    fields = model.table(table).fields
    for row, loaded in enumerate(ws.rows(f"SELECT {', '.join(fields)} FROM rows.{table} ORDER BY _line")):
        for field, value in zip(fields.values(), loaded, strict=True):
            typed = filled(field, row, texts)
            if field.values:
                typed = field.values[row % len(field.values)]
            elif field.type == "flag":
                typed = (True, False)[row % 2]
            assert value == typed, field.path


@pytest.mark.parametrize("lang", LANGUAGES)
def test_headers_speak_the_language_and_name_the_model(lang, tmp_path):
    texts = Texts(lang)
    path = tmp_path / "costs.xlsx"
    write_template("costs", path, texts)
    (header, *rest) = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("costs").to_python()
    assert rest == []
    for cell, field in zip(header, model.table("costs").fields.values(), strict=True):
        said = bare(texts.t(f"field.{field.name}"))
        assert cell.casefold() == f"{said} ({field.name})".casefold()
    with zipfile.ZipFile(path) as archive:
        notes = unescape(archive.read("xl/comments1.xml").decode())
        sheet = unescape(archive.read("xl/worksheets/sheet1.xml").decode())
    for field in model.table("costs").fields.values():
        assert f"{bare(texts.t(f'field.{field.name}'))}: {bare(texts.t(f'intake.type_{field.type}'))}" in notes
    assert all(word in notes for word in template.choices(model.field("costs.purpose"), texts))
    (choices,) = re.findall(r"<formula1>(.*?)</formula1>", sheet)
    assert choices.strip('"').split(",") == template.choices(model.field("costs.purpose"), texts)
    assert ('rightToLeft="1"' in sheet) is (lang == "fa")


def test_choices_are_words_of_the_language_that_read_back():
    """No closed list falls back to the model's own codes in any language."""
    for lang in LANGUAGES:
        texts = Texts(lang)
        for table in model.tables().values():
            for field in table.fields.values():
                if field.values:
                    said = [bare(texts.t(f"value.{v}")) if texts.has(f"value.{v}") else v for v in field.values]
                    assert template.choices(field, texts) == said, (lang, field.path)


def test_columns_may_be_taken_out_and_added(tmp_path):
    texts = Texts("uk")
    path = tmp_path / "витрати.xlsx"
    write_template("costs", path, texts)
    fill_in(path, ["costs"], texts, keep=("incurred_at", "amount", "purpose", "category"), own=["Примітка"])
    (plan,) = inspect(None, [path])
    assert plan.table == "costs" and plan.unmapped == ("Примітка",)


def test_several_tables_make_one_workbook(tmp_path):
    path = tmp_path / "all.xlsx"
    write_templates(["costs", "campaigns"], path, Texts("fa"))
    assert CalamineWorkbook.from_path(str(path)).sheet_names == ["costs", "campaigns"]
    fill_in(path, ["costs", "campaigns"], Texts("fa"))
    plans = inspect(None, [path])
    assert [plan.table for plan in plans] == ["costs", "campaigns"]
    assert template_bytes(["costs"], Texts("en"))[:2] == b"PK"
