"""The glossary as a file: every KPI, in one language or in all, with nothing in it that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest
from python_calamine import CalamineWorkbook

from kpi import workspace as workspaces
from kpi.catalogue import kpis
from kpi.cli import main
from kpi.core import LANGUAGES
from kpi.quality.glossary import glossary
from kpi.text import Texts

ALL = list(kpis().values())


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_kpi_with_its_texts_in_one_language(lang: str) -> None:
    texts = Texts(lang)
    found = rows_of(glossary(ALL, texts).file("csv"))
    assert len(found) == 222
    for row, kpi in zip(found, ALL, strict=True):
        assert row[texts.t("glossary.id")] == kpi.id
        assert row[texts.t("glossary.name")] == kpi.name.get(lang)
        assert row[texts.t("glossary.about")] == kpi.about.get(lang)
        assert row[texts.t("glossary.formula")].lstrip("'") == kpi.formula
        assert row[texts.t("glossary.needs")] == kpi.needs
        assert not set("\u2066\u2067\u2068\u2069") & set("".join(row.values())), "isolates are for the screen"


def test_all_languages_stand_side_by_side() -> None:
    made = glossary(ALL[:3], Texts("en"), LANGUAGES)
    assert made.heads[:4] == ("id", "name (English)", "name (فارسی)", "name (Українська)")
    assert made.rows[0][1:4] == (ALL[0].name.en, ALL[0].name.fa, ALL[0].name.uk)
    assert len({len(row) for row in (made.heads, *made.rows)}) == 1


def test_the_three_kinds_say_the_same() -> None:
    made = glossary(ALL, Texts("uk"), LANGUAGES)
    table = [
        [cell.lstrip("'") for cell in row] for row in csv.reader(io.StringIO(made.file("csv").decode("utf-8-sig")))
    ]
    assert table == [list(row) for row in (made.heads, *made.rows)]
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(made.file("xlsx"))).get_sheet_by_index(0).to_python()
    assert [[str(cell).lstrip("'") for cell in row] for row in sheet] == table
    lines = made.file("md").decode("utf-8").splitlines()
    assert len(lines) == 224 and lines[1].startswith("| --- | ---")
    assert {line.replace("\\|", "").count("|") for line in lines} == {len(made.heads) + 1}


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t=", " ="])
def test_what_would_be_a_formula_is_made_harmless(sign: str) -> None:
    evil = replace(ALL[0], name=replace(ALL[0].name, en=f'{sign}HYPERLINK("http://x","y")'), aliases=(f"{sign}1+1",))
    made = glossary([evil], Texts("en"))
    (row,) = rows_of(made.file("csv"))
    assert row["name"].startswith("'") and row["other names"].startswith("'")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(made.file("xlsx"))).get_sheet_by_index(0).to_python()
    assert str(sheet[1][1]).startswith("'")


def test_markdown_keeps_its_table() -> None:
    odd = replace(ALL[0], name=replace(ALL[0].name, en="a|b\nc <script> [x](y) `z`"))
    lines = glossary([odd], Texts("en")).file("md").decode("utf-8").splitlines()
    assert len(lines) == 3 and r"a\|b c \<script\> \[x\](y) \`z\`" in lines[2]


def test_the_command_line_writes_it(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["--lang", "fa", "catalogue", "glossary", "--out", "g.csv", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["kpis"] == list(kpis()) and answer["documents"][0]["file"].endswith("g.csv")
    assert rows_of((tmp_path / "g.csv").read_bytes())[0]["نام"] == ALL[0].name.fa
    assert main(["catalogue", "glossary", "--out", "g.md", "--languages", "all", "--find", "chrun rate"]) == 0
    assert "نرخ ریزش مشتری" in (tmp_path / "g.md").read_text("utf-8")
    assert main(["catalogue", "glossary", "--out", "g.xlsx", "--goal", "retain_customers", "--json"]) == 0
    capsys.readouterr()
    assert (tmp_path / "g.xlsx").read_bytes()[:2] == b"PK"
    assert main(["catalogue", "glossary", "--out", "g.pdf"]) == 1
    assert ".xlsx" in capsys.readouterr().err
    assert main(["catalogue", "glossary", "--goal", "nonsense"]) == 2
    assert main(["catalogue", "glossary", "--out", "none/g.csv"]) == 1


def test_a_workspace_brings_its_own_kpis(tmp_path, capsys) -> None:
    workspaces.create(tmp_path, "Acme")
    workspaces.close_workspace(tmp_path, "Acme")
    out = tmp_path / "g.csv"
    assert main(["--home", str(tmp_path), "catalogue", "glossary", "Acme", "--out", str(out)]) == 0
    assert len(rows_of(out.read_bytes())) == 222
