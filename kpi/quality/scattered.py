"""Data scattered over several sources: the five problems of it as a checklist with numbers.

A source is a file by its name without digits and dates: "orders-2024-05.csv" and "orders-2024-06.csv" are one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from kpi import model
from kpi.quality.duplicates import duplicates, likely
from kpi.quality.merge import FILE as MERGE
from kpi.quality.rules import PEOPLE
from kpi.quality.scan import scans_of
from kpi.workspace import imports
from kpi.workspace.storage import quoted
from kpi.workspace.workspace import Workspace

MASTERS = ("customers", "contacts", "leads", "products", "employees")  # tables whose rows several sources may share
PROBLEMS = ("missing", "apart", "twice", "unreachable", "consent")


@dataclass(frozen=True)
class Problem:
    """One of the five problems. n of `of` records have it; both None where nothing loaded can tell."""

    code: str
    n: int | None = None
    of: int | None = None

    @property
    def state(self) -> str:
        """unknown, none, some."""
        if self.n is None:
            return "unknown"
        return "some" if self.n else "none"


@dataclass(frozen=True)
class Shared:
    """How the sources of one table overlap: keys in all, and in only one of its sources: {source: n}."""

    table: str
    keys: int
    alone: dict[str, int]


def source_of(file: str, sheet: str | None = None) -> str:
    """The source that a file comes from."""
    stem = PurePosixPath(file.replace("\\", "/")).stem
    plain = re.sub(r"[\W_]*\d[\d\W_]*", " ", stem).strip(" -_.") or stem
    return f"{plain} · {sheet}" if sheet else plain


def sources(workspace: Workspace) -> dict[int, str]:
    """{import that counts: its source}, merges left out."""
    counting = [each for each in imports(workspace) if each.undone_at is None and each.file != MERGE]
    return {each.id: source_of(each.file, each.sheet) for each in counting}


def shared(workspace: Workspace) -> list[Shared]:
    """The tables that more than one source fills, with the keys that only one of them has."""
    return workspace.memo(("quality", "shared"), lambda: _shared(workspace))


def _shared(workspace: Workspace) -> list[Shared]:
    named = sources(workspace)
    if len(set(named.values())) < 2:
        return []
    found = []
    for table in MASTERS:
        key = quoted(model.table(table).key[0])
        stands = f"coalesce((SELECT any_value(a.customer_id) FROM main.customer_aliases a WHERE a.alias_id = r.{key}), r.{key})"
        sql = (
            "WITH s AS (SELECT unnest(?::INTEGER[]) AS id, unnest(?::VARCHAR[]) AS source), "
            f"k AS (SELECT {stands if table == 'customers' else f'r.{key}'} AS key, list_distinct(list(s.source)) AS seen "
            f"FROM rows.{quoted(table)} r JOIN s ON s.id = r._import WHERE r.{key} IS NOT NULL GROUP BY 1) "
            "SELECT CASE WHEN len(seen) = 1 THEN seen[1] END AS only, count(*), (SELECT count(DISTINCT x) FROM "
            "(SELECT unnest(seen) AS x FROM k)) FROM k GROUP BY 1"
        )
        rows = workspace.rows(sql, [list(named), list(named.values())])
        if rows and rows[0][2] > 1:
            found.append(Shared(table, sum(n for _, n, _ in rows), {only: n for only, n, _ in rows if only}))
    return found


def problems(workspace: Workspace) -> list[Problem]:
    """The five problems: missing information (records without a needed cell), data kept apart (keys that only one
    source has), work done twice (the same record in two sources), initiatives hard to apply (customers nobody can
    write to or call), rules broken (e-mail known, consent not)."""
    seen = scans_of(workspace, PEOPLE)
    masters = [scan for scan in seen.values() if scan.rows]
    cells = [(scan.rows * len(scan.filled), sum(scan.filled.values())) for scan in masters if scan.filled]
    apart = shared(workspace)
    across = [d for scan in masters for d in likely(duplicates(workspace, scan.table)) if d.across]
    people = sum(scan.rows for scan in masters)
    unreached, asked = _unreachable(workspace)
    mail, bare = _consent(workspace)
    return [
        Problem("missing", sum(a - b for a, b in cells), sum(a for a, _ in cells)) if cells else Problem("missing"),
        Problem("apart", sum(sum(s.alone.values()) for s in apart), sum(s.keys for s in apart))
        if apart
        else Problem("apart"),
        Problem("twice", len(across), people)
        if len(set(sources(workspace).values())) > 1 and people
        else Problem("twice"),
        Problem("unreachable", unreached, asked) if asked else Problem("unreachable"),
        Problem("consent", bare, mail) if mail else Problem("consent"),
    ]


def _unreachable(workspace: Workspace) -> tuple[int, int]:
    """(customers with neither e-mail nor phone, theirs or a contact person's; customers)"""
    sql = (
        "SELECT count(*) FILTER (coalesce(nullif(trim(c.email), ''), nullif(trim(c.phone), '')) IS NULL AND NOT EXISTS ("
        "SELECT 1 FROM main.contacts k WHERE k.customer_id = c.customer_id AND coalesce(k.email, k.phone) IS NOT NULL)), "
        "count(*) FROM main.customers c WHERE NOT c._stub"
    )
    return workspace.rows(sql)[0]


def _consent(workspace: Workspace) -> tuple[int, int]:
    """(customers with an e-mail address; those of them without recorded consent)"""
    sql = "SELECT count(*), count(*) FILTER (consent_given_at IS NULL) FROM main.customers WHERE NOT _stub AND trim(email) <> ''"
    return workspace.rows(sql)[0]
