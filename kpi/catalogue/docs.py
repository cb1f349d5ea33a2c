"""docs/model.md, written from definitions/model.toml: what the product knows about tables and columns."""

from __future__ import annotations

from kpi import model

_HEAD = """# The canonical data model

Written from `kpi/definitions/model.toml` by `python -m kpi catalogue docs`; do not edit by hand.

What is uploaded is mapped to these tables and columns, and KPIs are written against them. Columns outside the model are
kept with their row. A **key** tells rows apart when two files hold the same thing; a table without a key keeps every
line. *Derived* columns are filled by a rule where they are not given, *planned* dates lie ahead by nature and never tell
how far the data reach, *personal* columns hold personal data. A reference leads many-to-one to its table.
"""
_TYPES = {
    "id": "text that names a thing",
    "text": "text",
    "money": "amount of money, exact to four decimals",
    "number": "number",
    "integer": "whole number",
    "flag": "true or false",
    "time": "day, or day and time",
}


def model_page() -> str:
    """The page as Markdown: types, all tables with their columns, and who refers to whom."""
    tables = model.tables().values()
    types = [[f"`{name}`", f"`{model.SQL_TYPES[name]}`", about] for name, about in _TYPES.items()]
    listed = [
        [f"[{t.name}](#{t.name})", t.kind, ", ".join(f"`{k}`" for k in t.key), str(len(t.fields))] for t in tables
    ]
    parts = [
        _HEAD,
        "## Types\n",
        _table(("type", "in the database", "what it holds"), types),
        "## Tables\n",
        _table(("table", "kind", "key", "columns"), listed),
        *(_section(each) for each in tables),
    ]
    return "\n".join(parts)


def _section(table: model.Table) -> str:
    said = [f"Kind: {table.kind}.", _key(table)]
    if table.stub:
        said.append("An id seen only in another table gets a row here.")
    if table.live:
        said.append(f"Rows count where `{table.live}`.")
    rows = [
        [f"`{f.name}`", f.type, _link(f), ", ".join(f"`{v}`" for v in f.values), _marks(f)]
        for f in table.fields.values()
    ]
    heads = ("column", "type", "refers to", "values", "marks")
    return f"### {table.name}\n\n{' '.join(said)}\n\n{_table(heads, rows)}"


def _key(table: model.Table) -> str:
    if not table.key:
        return "No key: every line is a row."
    names = ", ".join(f"`{name}`" for name in table.key)
    return f"Key: {names}." + (" A line without it is a row of its own." if table.line_key else "")


def _link(field: model.Field) -> str:
    return f"[{field.refers}](#{field.refers})" if field.refers else ""


def _marks(field: model.Field) -> str:
    return ", ".join(mark for mark in ("personal", "derived", "planned") if getattr(field, mark))


def _table(heads: tuple[str, ...], rows: list[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
