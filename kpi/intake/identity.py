"""Names and ids of the same thing, met in different files: names find the ids known, ids take over what was named.

A file that only carries names makes the normalised name the id. Where the workspace knows one real id of that name,
that id is taken. Where a file with real ids comes later, an alias leads from the name to the id (customers), or it is
told that the two stand side by side (tables without aliases).
"""

from __future__ import annotations

from kpi import model
from kpi.intake.messages import Message, say
from kpi.intake.names import identifier, name_id
from kpi.intake.plan import Plan
from kpi.intake.rows import GOOD, Rows
from kpi.intake.standing import Standing
from kpi.intake.typed import Typed

STANDS = {"name": ("name", name_id("name")), "email": ("email", "lower(email)")}
MOST = 100_000  # distinct names above which a file is no list of accounts


def find_known(workspace: Standing, typed: Typed, plan: Plan) -> list[Message]:
    """Replaces ids made from names in `typed` by the one real id that the workspace knows for the name."""
    found = []
    seen = set()
    for place, target in enumerate(plan.targets):
        for fill in target.fills:
            if fill.form not in STANDS or (column := typed.name(place, fill.field)) in seen:
                continue
            seen.add(column)
            table = model.table(target.table).fields[fill.field].refers or target.table
            ids = [
                v
                for (v,) in typed.raw.query(
                    f"SELECT DISTINCT {column} FROM typed WHERE {column} IS NOT NULL LIMIT {MOST}"
                )
            ]
            known = _real_ids(workspace, table, fill.form, ids)
            if known:
                _replace(typed, str(column), known)
                found.append(say("names_known", table=table, n=len(known)))
    return found


def _real_ids(workspace: Standing, table: str, form: str, ids: list[str]) -> list[tuple[str, str]]:
    """(id made from the name, real id) where exactly one real id has the name."""
    given, made = STANDS[form]
    key = model.table(table).key[0]
    if given not in model.table(table).fields:
        return []
    return workspace.rows(
        f"WITH named AS (SELECT {made} AS made, {identifier(key)} AS id FROM {workspace.relation(table)} "
        f"WHERE {given} IS NOT NULL AND {identifier(key)} IS NOT NULL) SELECT made, min(id) FROM named "
        "WHERE made <> id AND made IN (SELECT unnest(?::VARCHAR[])) GROUP BY 1 HAVING count(DISTINCT id) = 1 ORDER BY 1",
        [ids],
    )


def _replace(typed: Typed, column: str, known: list[tuple[str, str]]) -> None:
    cursor = typed.raw.cursor()
    cursor.execute("CREATE OR REPLACE TABLE known (made VARCHAR, id VARCHAR)").fetchall()
    cursor.execute(
        "INSERT INTO known SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[])",
        [[made for made, _ in known], [real for _, real in known]],
    ).fetchall()
    cursor.execute(f"UPDATE typed SET {column} = known.id FROM known WHERE typed.{column} = known.made").fetchall()
    cursor.execute("DROP TABLE known").fetchall()


def take_over(workspace: Standing, typed: Typed, plan: Plan) -> tuple[list[Rows], list[Message]]:
    """(aliases, messages) for a list with real ids of what was known by its name only."""
    main = plan.main
    if main is None or len(model.table(main.table).key) != 1:
        return [], []
    key = main.fill(model.table(main.table).key[0])
    rows: list[Rows] = []
    messages: list[Message] = []
    for form, (given, made) in STANDS.items():
        fill = main.fill(given)
        if key is None or key.form in STANDS or fill is None or fill.column is None:
            continue
        named = _named(workspace, main.table, given, made)
        pairs = _pairs(typed, key.field, given, made, named) if named else []
        if pairs and main.table == "customers":
            rows.append(_aliases(typed, pairs, form))
            messages.append(say("names_taken_over", n=len(pairs)))
        elif pairs:
            messages.append(say("names_beside_ids", table=main.table, n=len(pairs)))
    return rows, messages


def meets(workspace: Standing, plan: Plan) -> bool:
    """Whether names or addresses of the file have to be compared with those of the workspace."""
    main = plan.main
    if main is None or any(fill.form in STANDS for target in plan.targets for fill in target.fills):
        return True
    given = [(name, made) for name, made in STANDS.values() if (fill := main.fill(name)) and fill.column is not None]
    return any(_named(workspace, main.table, name, made) for name, made in given)


def _named(workspace: Standing, table: str, given: str, made: str) -> list[str]:
    """Ids of the workspace that are made from the name they have."""
    key = identifier(model.table(table).key[0])
    return [
        value
        for (value,) in workspace.rows(
            f"SELECT {key} FROM {workspace.relation(table)} WHERE {given} IS NOT NULL AND {made} = {key}"
        )
    ]


def _pairs(typed: Typed, key: str, given: str, made: str, named: list[str]) -> list[tuple[str, str, int]]:
    """(id made from the name, real id, line) of the names in this file that one real id has."""
    id_, name = typed.names[0, key], typed.names[0, given]
    return typed.raw.query(
        f"WITH n AS (SELECT {made} AS made, id, line FROM (SELECT {name} AS {given}, {id_} AS id, line FROM typed "
        f"WHERE {GOOD} AND {name} IS NOT NULL AND {id_} IS NOT NULL)) SELECT made, min(id), min(line) FROM n "
        "WHERE made <> id AND made IN (SELECT unnest(?::VARCHAR[])) GROUP BY 1 HAVING count(DISTINCT id) = 1 ORDER BY 3",
        [named],
    )


def _aliases(typed: Typed, pairs: list[tuple[str, str, int]], form: str) -> Rows:
    cursor = typed.raw.cursor()
    cursor.execute(
        f"CREATE OR REPLACE TABLE aliases_{form} (alias_id VARCHAR, source VARCHAR, customer_id VARCHAR, line BIGINT, extra VARCHAR)"
    ).fetchall()
    cursor.execute(
        f"INSERT INTO aliases_{form} SELECT unnest(?::VARCHAR[]), ?, unnest(?::VARCHAR[]), unnest(?::BIGINT[]), NULL",
        [[p[0] for p in pairs], form, [p[1] for p in pairs], [p[2] for p in pairs]],
    ).fetchall()
    return Rows("customer_aliases", ("alias_id", "source", "customer_id"), f"SELECT * FROM aliases_{form}")
