"""What a definition may name: the columns of a fact and of the tables it leads to many-to-one.

A fact is a canonical table or a helper fact of `definitions/facts.toml` (a SELECT over canonical tables with named
columns). Joins follow the references that the model declares, so no join can multiply rows.
"""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from kpi.errors import BadDefinition, Unknown
from kpi.model import DEFINITIONS, tables

SEGMENT = "rfm_segment"  # a dimension that no column holds, see kpi.measure.segments


@dataclass(frozen=True)
class Fact:
    """A helper fact: a named SELECT. uses: the tables and facts it reads; widens: a fact whose rows it has once each,
    with all their columns and more."""

    name: str
    sql: str
    columns: tuple[str, ...]
    uses: tuple[str, ...]
    about: str
    widens: str = ""


@dataclass(frozen=True)
class Dimension:
    """A column to split or filter by, reached from a fact: SQL text and the joins it needs."""

    name: str
    sql: str
    joins: tuple[str, ...]


@functools.cache
def facts() -> dict[str, Fact]:
    """The helper facts by name, checked: one SELECT each, named columns, known tables only."""
    blocks = tomllib.loads((DEFINITIONS / "facts.toml").read_text(encoding="utf-8"))
    found: dict[str, Fact] = {}
    for name, block in blocks.items():
        try:
            statements = sqlglot.parse(block["sql"], read="duckdb")
        except SqlglotError as error:
            raise BadDefinition("facts.toml", name, str(error).splitlines()[0]) from None
        if len(statements) != 1 or not isinstance(statements[0], exp.Query):
            raise BadDefinition("facts.toml", name, "must be one SELECT")
        query = statements[0]
        ctes = {cte.alias for cte in query.find_all(exp.CTE)}
        uses = sorted({t.name for t in query.find_all(exp.Table) if not t.db} - ctes)
        for used in uses:
            if used not in tables() and used not in found:
                raise BadDefinition("facts.toml", name, f"reads {used!r}, which is no table and no fact above it")
        columns = tuple(query.named_selects)
        if "*" in columns or "" in columns:
            raise BadDefinition("facts.toml", name, "must name every column")
        widens = block.get("widens", "")
        if widens and (widens not in found or set(found[widens].columns) - set(columns)):
            raise BadDefinition("facts.toml", name, f"widens {widens!r}, so it must name all columns of that fact")
        found[name] = Fact(name, block["sql"].strip(), columns, tuple(uses), block.get("about", ""), widens)
    return found


@functools.lru_cache(maxsize=1024)
def columns_read(reader: str, used: str, asked: frozenset[str]) -> frozenset[str]:
    """The columns of the fact `used` that the fact `reader` names where only its columns `asked` are needed."""
    query = sqlglot.parse_one(facts()[reader].sql, read="duckdb")
    aliases = {table.alias_or_name for table in query.find_all(exp.Table) if table.name == used}
    if not aliases:
        return frozenset()
    if any(star.find_ancestor(exp.Count) is None for star in query.find_all(exp.Star)):
        return frozenset(facts()[used].columns)
    if isinstance(query, exp.Select) and not query.args.get("distinct"):
        query.set("expressions", [each for each in query.expressions if each.alias_or_name in asked])
    return frozenset(c.name for c in query.find_all(exp.Column) if not c.table or c.table in aliases)


@dataclass(frozen=True)
class Scope:
    """The columns a measure over `name` may use."""

    name: str
    columns: tuple[str, ...]
    references: tuple[tuple[str, str], ...]  # target table -> own column, many-to-one
    live: str | None

    @property
    def is_fact(self) -> bool:
        return self.name in facts()

    def join_path(self, target: str) -> tuple[tuple[str, str, str], ...] | None:
        """The joins (from table, column, to table) that lead to `target`, shortest first; None: not reachable."""
        frontier: list[tuple[str, tuple[tuple[str, str, str], ...]]] = [(self.name, ())]
        seen = {self.name}
        while frontier:
            here, path = frontier.pop(0)
            for to, column in scope(here).references:
                if to in seen:
                    continue
                step = (*path, (here, column, to))
                if to == target:
                    return step
                seen.add(to)
                frontier.append((to, step))
        return None

    def column(self, name: str, owner: str = "") -> Dimension:
        """The column `name` (of `owner`, a table reached many-to-one) as SQL; Unknown with a suggestion."""
        if not owner or owner == self.name:
            if name not in self.columns:
                raise Unknown("column", f"{self.name}.{name}", [*self.columns, *self.reachable()])
            return Dimension(name, f'f."{name}"', ())
        path = self.join_path(owner)
        if path is None or name not in scope(owner).columns:
            raise Unknown("column", f"{owner}.{name}", [*self.columns, *self.reachable()])
        return Dimension(f"{owner}.{name}", f'j_{owner}."{name}"', tuple(_join(self.name, s) for s in path))

    def reachable(self) -> list[str]:
        """Every `table.column` that a split or filter may name from here."""
        return [f"{name}.{column}" for name in tables() if self.join_path(name) for column in tables()[name].fields]

    def dimension(self, name: str) -> Dimension:
        """A split or filter: a column of the fact, else `table.column`, else `extra.<column outside the model>`.

        A bare name that the fact does not have is looked for in the tables it leads to, nearest first.
        """
        if name == SEGMENT:
            return self._segment()
        owner, _, column = name.rpartition(".")
        if owner == "extra":
            if self.is_fact:
                raise Unknown("dimension", name, self.columns)
            path = column.replace("'", "''").replace('"', '\\"')
            return Dimension(name, f"""json_extract_string(f._extra, '$."{path}"')""", ())
        if owner:
            return self.column(column, owner)
        if column in self.columns:
            return self.column(column)
        ranked = sorted(
            (len(path), target)
            for target in tables()
            if (path := self.join_path(target)) and column in tables()[target].fields
        )
        if not ranked:
            raise Unknown("dimension", name, [*self.columns, *self.reachable()])
        return self.column(column, ranked[0][1])

    def _segment(self) -> Dimension:
        """The customer's segment of the RFM grid, which the workspace writes down when it is asked for."""
        customer = self.column("customer_id", "customers")
        join = f"left join state.customer_segments j_segment on j_segment.customer_id = {customer.sql}"
        return Dimension(SEGMENT, "j_segment.segment", (*customer.joins, join))


def _join(root: str, step: tuple[str, str, str]) -> str:
    here, column, to = step
    left = "f" if here == root else f"j_{here}"
    return f'left join {to} j_{to} on j_{to}."{tables()[to].key[0]}" = {left}."{column}"'


@functools.cache
def scope(name: str) -> Scope:
    """The scope of a canonical table or a helper fact."""
    if name in tables():
        own = tables()[name]
        targets = [t for t in tables() if t != name and len(tables()[t].key) == 1]
        references = [(t, ref.name) for t in targets if (ref := own.reference_to(t))]
        return Scope(name, tuple(own.fields), tuple(references), own.live)
    if name in facts():
        columns = facts()[name].columns
        references = [(t, own.key[0]) for t, own in tables().items() if len(own.key) == 1 and own.key[0] in columns]
        for alias, target in (("owner_employee_id", "employees"), ("agent_employee_id", "employees")):
            if alias in columns and "employee_id" not in columns:
                references.append((target, alias))
        return Scope(name, columns, tuple(references), None)
    raise Unknown("table", name, [*tables(), *facts()])
