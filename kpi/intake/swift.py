"""The same SQL for the lines without any oddity: cells are taken as they stand, without a look for blanks around them.

Lines in which there is something to look for are ODD; they are set aside and typed by the whole SQL. So nothing differs
in what comes out, and nearly all lines of a large file cost half.
"""

from __future__ import annotations

import re

from kpi import model
from kpi.intake.plan import Plan
from kpi.intake.raw import Raw, cell, padded, spared

READ = ("time", "money", "number", "integer", "flag")  # types whose cells are read, not taken over
ODD = "(1 = 0)"  # stands in the SQL where a line may be set aside
# A cell that says that nothing was given, as casts.py writes it: CASE WHEN x IN ('null', …) THEN NULL ELSE x END
GIVEN = re.compile(r"CASE WHEN (x\d+_\d+) IN \(((?:'(?:[^']|'')*'(?:, )?)+)\) THEN NULL ELSE \1 END")


def strict(plan: Plan) -> frozenset[int]:
    """Columns where blanks around a cell show by themselves: it reads the same without them, or does not read at all."""
    read: set[int] = set()
    taken: set[int] = set()
    for target in plan.targets:
        for fill in target.fills:
            field = model.table(target.table).field(fill.field)
            fits = not fill.form and (field.type in READ or bool(field.values))
            taken |= {i for i in (None if fits else fill.column, fill.clock, fill.more) if i is not None}
            read |= {fill.column} if fits and fill.column is not None else set()
    return frozenset(read - taken)


def swift(sql: str, raw: Raw, cells: dict[str, str], strict: frozenset[int]) -> str:
    """`sql` over lines that are not odd; for others the place of ODD is true. cells: SQL of the lowest layer by name.
    strict: columns that need no look for blanks."""
    odd = []
    for i in range(len(raw.headers)):
        if cell(i) in sql:
            sql = sql.replace(cell(i), f"c{i}")
            cells = {name: each.replace(cell(i), f"c{i}") for name, each in cells.items()}
            odd += [] if i in strict else [padded(f"c{i}")]
    odd += [f"({cells[name]}) IN ({words})" for name, words in dict.fromkeys(GIVEN.findall(sql)) if name in cells]
    sql = GIVEN.sub(lambda found: found[1] if found[1] in cells else found[0], sql)
    return spared(sql.replace(ODD, f"({' OR '.join(odd)})" if odd else ODD), raw)
