"""docs/model.md says what the definition of the canonical model says."""

from __future__ import annotations

from pathlib import Path

from kpi import model
from kpi.catalogue.docs import model_page

PAGE = Path(__file__).parents[1] / "docs" / "model.md"


def test_the_page_is_written_from_the_definition_of_today():
    assert PAGE.read_text(encoding="utf-8") == model_page(), "run: python -m kpi catalogue docs"


def test_every_table_column_value_and_mark_is_on_the_page():
    sections = dict(part.split("\n", 1) for part in model_page().split("\n### ")[1:])
    assert list(sections) == list(model.tables())
    for table in model.tables().values():
        lines = {line.split("`")[1]: line for line in sections[table.name].splitlines() if line.startswith("| `")}
        assert list(lines) == list(table.fields)
        assert all(f"`{name}`" in sections[table.name].split("\n| ")[0] for name in table.key)
        for field in table.fields.values():
            line = lines[field.name]
            assert f"| {field.type} |" in line and all(f"`{value}`" in line for value in field.values)
            assert ("personal" in line.rsplit("|", 2)[1]) == field.personal
            assert ("derived" in line.rsplit("|", 2)[1]) == field.derived
            assert not field.refers or f"(#{field.refers})" in line
