"""What the derived tables are made from: rows merged by key, with customer aliases applied, deals standing as orders."""

from __future__ import annotations

from datetime import date

from kpi import model
from kpi.workspace import merge
from kpi.workspace.settings import Settings
from kpi.workspace.storage import Cursor, quoted

# Aliases of aliases are followed to their end; a ring of aliases ends at its smallest id.
ALIASES = """
CREATE TEMP TABLE aliases AS
WITH RECURSIVE given AS (
    SELECT alias_id, arg_max(customer_id, {age}) AS customer_id FROM rows.customer_aliases
    WHERE alias_id IS NOT NULL AND customer_id IS NOT NULL AND alias_id <> customer_id GROUP BY alias_id
), walk AS (
    SELECT alias_id, customer_id, [alias_id, customer_id] AS seen FROM given
    UNION ALL
    SELECT w.alias_id, g.customer_id, list_append(w.seen, g.customer_id) FROM walk w JOIN given g ON g.alias_id = w.customer_id
    WHERE NOT list_contains(w.seen, g.customer_id)
), ends AS (
    SELECT alias_id, arg_max(customer_id, len(seen)) AS last, arg_max(seen, len(seen)) AS seen FROM walk GROUP BY alias_id
)
SELECT e.alias_id, CASE WHEN g.alias_id IS NULL THEN e.last ELSE list_min(e.seen) END AS customer_id
FROM ends e LEFT JOIN given g ON g.alias_id = e.last
"""


def counts(cur: Cursor) -> dict[str, int]:
    """The uploaded rows of every table."""
    parts = [f"SELECT '{name}', count(*) FROM rows.{quoted(name)}" for name in model.tables()]
    return dict(cur.execute(" UNION ALL ".join(parts)).fetchall())


class Sources:
    """The relations that rules read. For a table being made anew its merged rows; for the others the table as it is.

    cur: the cursor of the running transaction; anew: the tables being made anew; as_of: the last day with an event.
    """

    def __init__(self, cur: Cursor, settings: Settings, as_of: date | None, anew: set[str]) -> None:
        self.cur, self.settings, self.as_of, self.anew = cur, settings, as_of, anew
        self.notes: dict[str, dict[str, object]] = {}  # rules in force, by code, with the params of their text
        self._made: dict[str, str] = {}
        self._temporary: list[str] = []
        self._counts = counts(cur)
        self.aliased = self._counts["customer_aliases"] > 0
        if self.aliased:
            self._temporary.append("aliases")
            cur.execute(ALIASES.format(age=merge.AGE)).fetchall()

    def loaded(self, name: str) -> int:
        """The uploaded rows of a table."""
        return self._counts[name]

    @property
    def deals_are_orders(self) -> bool:
        """Whether won deals stand as orders: the setting is on and nothing of orders is loaded."""
        nothing = not self.loaded("orders") and not self.loaded("order_lines")
        return bool(self.settings.orders_from_deals) and nothing and self.loaded("opportunities") > 0

    def is_plain(self, name: str) -> bool:
        """Whether the rows can be read where they lie."""
        return self.relation(name) == f"rows.{quoted(name)}"

    def relation(self, name: str) -> str:
        """The table `name` merged by key, without stubs and derived columns, as something to stand after FROM."""
        if name not in self.anew:
            return f"main.{quoted(name)}"
        if name not in self._made:
            self._made[name] = self._make(model.table(name))
        return self._made[name]

    def _make(self, table: model.Table) -> str:
        if self.deals_are_orders and table.name in ("orders", "order_lines"):
            return f"({DEALS[table.name]})"
        source = f"rows.{quoted(table.name)}"
        if table.name == "surveys" and self.loaded("surveys"):
            source = f"({SCALES})"
        renamed = self._renamed(table, source)
        if not merge.repeated(self.cur, table, renamed):
            return renamed
        name = f"merged_{table.name}"
        self.cur.execute(f"CREATE TEMP TABLE {name} AS {merge.merged(table, renamed)}").fetchall()
        self._temporary.append(name)
        return f"temp.{name}"

    def _renamed(self, table: model.Table, source: str) -> str:
        """`source` with the ids of customers replaced where an alias is known."""
        columns = [
            c.name for c in table.fields.values() if c.refers == "customers" or c.path == "customers.customer_id"
        ]
        if not self.aliased or not columns or not self.loaded(table.name):
            return source
        joins = " ".join(f"LEFT JOIN aliases a{i} ON a{i}.alias_id = r.{c}" for i, c in enumerate(columns))
        replaced = ", ".join(f"coalesce(a{i}.customer_id, r.{c}) AS {c}" for i, c in enumerate(columns))
        place = "" if source.startswith("(") else ", r.rowid"  # not part of a stored table's *
        return f"(SELECT r.* REPLACE ({replaced}){place} FROM {source} r {joins})"

    def close(self) -> None:
        """Drops what was made on the way."""
        for name in self._temporary:
            self.cur.execute(f"DROP TABLE temp.{name}").fetchall()


# Won deals as orders: customer, owner, campaign and product of the deal, at the day it was won, with its amount.
DEALS = {
    "orders": """
SELECT opportunity_id AS order_id, customer_id, opportunity_id, NULL::VARCHAR AS quote_id, campaign_id, owner_employee_id,
       NULL::VARCHAR AS channel, closed_at AS ordered_at, amount, NULL::DECIMAL(18,4) AS gross_amount,
       NULL::DECIMAL(18,4) AS discount_amount, NULL::DECIMAL(18,4) AS tax_amount, NULL::DECIMAL(18,4) AS shipping_amount,
       currency, NULL::VARCHAR AS revenue_stream, NULL::VARCHAR AS status, NULL::TIMESTAMP AS cancelled_at, NULL::JSON AS _extra
FROM main.opportunities WHERE outcome = 'won' AND opportunity_id IS NOT NULL
""",
    "order_lines": """
SELECT opportunity_id AS order_line_id, opportunity_id AS order_id, product_id, NULL::DOUBLE AS quantity,
       NULL::DECIMAL(18,4) AS unit_price, NULL::DECIMAL(18,4) AS unit_cost, NULL::DECIMAL(18,4) AS discount_amount,
       amount AS line_amount, NULL::VARCHAR AS sale_type, NULL::JSON AS _extra
FROM main.opportunities WHERE outcome = 'won' AND opportunity_id IS NOT NULL AND product_id IS NOT NULL
""",
}

# A scale that the file does not tell: 0-10 for NPS, else the smallest usual scale that holds the answers to the
# question in that import.
SCALES = """
WITH seen AS (
    SELECT *, rowid, min(score) OVER question AS lowest, max(score) OVER question AS highest FROM rows.surveys
    WINDOW question AS (PARTITION BY _import, survey_type, question)
), scaled AS (
    SELECT *, CASE WHEN score IS NULL THEN NULL
        WHEN survey_type = 'nps' THEN [0, 10]
        WHEN lowest = 0 AND highest <= 1 THEN [0, 1]
        WHEN lowest >= 1 AND highest <= 5 THEN [1, 5]
        WHEN lowest >= 0 AND highest <= 5 THEN [0, 5]
        WHEN lowest >= 1 AND highest <= 7 THEN [1, 7]
        WHEN lowest >= 1 AND highest <= 10 THEN [1, 10]
        WHEN lowest >= 0 AND highest <= 10 THEN [0, 10]
        WHEN lowest >= 0 AND highest <= 100 THEN [0, 100]
        ELSE [lowest, highest] END AS scale
    FROM seen
)
SELECT * EXCLUDE (lowest, highest, scale)
    REPLACE (coalesce(scale_min, scale[1]) AS scale_min, coalesce(scale_max, scale[2]) AS scale_max)
FROM scaled
"""
