"""What must be known about the values of a large file to type it: asked of its sample, checked on all its lines.

A line whose cells the sample does not account for (a word of a closed list, an id that went through a column of floats)
is `unsure`: it is not typed but added to the sample, and the lines are typed again. So a large file is typed exactly as
if all its values had been looked at before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from kpi import model
from kpi.intake.casts import MOST_WORDS
from kpi.intake.names import quote
from kpi.intake.plan import Plan
from kpi.intake.raw import Raw, cell

MOST = 20_000  # lines added to the sample at once


class Unsuitable(Exception):
    """The file cannot be typed by what a sample shows; all of it has to be held."""


class Facts:
    """Stands in for the Raw of a large file where casts ask about its values."""

    def __init__(self, raw: Raw) -> None:
        self.whole, self.sample = raw, replace(raw, schema="")
        self.headers, self.format = raw.headers, raw.format

    def query(self, sql: str) -> list[tuple]:
        """The rows of a query on the sample, in an order that does not hang on how often a value is there."""
        return sorted(self.sample.query(sql), key=lambda row: tuple((each is None, each) for each in row[:1]))

    def unsure(self, plan: Plan) -> tuple[str, ...]:
        """Conditions on the cells of a line under which the sample may not tell how it is to be typed."""
        found: dict[str, None] = {}
        for target in plan.targets:
            for fill in target.fills:
                if fill.column is None:
                    continue
                field = model.table(target.table).field(fill.field)
                if field.type == "id" and fill.form in ("", "id"):
                    found |= dict.fromkeys(self._float_ids(fill.column))
                elif field.type == "flag" or (field.type == "text" and field.values):
                    found[self._words(fill.column)] = None
        return tuple(found)

    def _float_ids(self, column: int) -> list[str]:
        """Ids that end in ".0", or that are no whole numbers after all."""
        c = f"c{column}"
        broken = f"contains({c}, '.') AND regexp_matches({c}, '\\.[0-9]*[1-9]')"
        whole, odd = self.sample.query(
            f"SELECT count(*) FILTER (suffix({c}, '.0')), count(*) FILTER ({broken}) FROM raw"
        )[0]
        return [f"suffix({c}, '.0')"] if not whole else [] if odd else [f"({broken})"]

    def _words(self, column: int) -> str:
        words = [word for (word,) in self.sample.query(f"SELECT DISTINCT {cell(column)} FROM raw") if word is not None]
        if len(words) >= MOST_WORDS:
            raise Unsuitable
        return f"{cell(column)} NOT IN ({', '.join(map(quote, sorted(words)))})" if words else f"c{column} IS NOT NULL"

    def add(self, rows: Iterable[Sequence[str | None]]) -> None:
        """Adds lines to the sample."""
        columns = list(zip(*rows, strict=True))
        marks = ", ".join("unnest(?::VARCHAR[])" for _ in columns)
        self.sample.query(f"INSERT INTO raw SELECT {marks}", [list(each) for each in columns])

    def counted(self, unmapped: dict[str, list[tuple[str, int]]]) -> dict[str, list[tuple[str, int]]]:
        """Words without a meaning, by header, with their numbers in the whole file."""
        return {header: self._counted(self.headers.index(header), words) for header, words in unmapped.items()}

    def _counted(self, column: int, words: list[tuple[str, int]]) -> list[tuple[str, int]]:
        listed = ", ".join(quote(word) for word, _ in words)
        return self.whole.query(
            f"SELECT {cell(column)}, count(*) FROM raw WHERE {cell(column)} IN ({listed}) GROUP BY 1 ORDER BY 2 DESC, 1"
        )
