"""Parquet files, parsed in a process of their own, every column cast to text by DuckDB."""

from __future__ import annotations

from pathlib import Path

from kpi.errors import Refused
from kpi.intake.options import Options
from kpi.intake.raw import MOST_COLUMNS, Format, Raw
from kpi.intake.readers import foreign


def read(path: Path, options: Options, format: Format | None = None) -> list[Raw]:
    """The one table of a Parquet file. The first row is line 2, as under a header in a spreadsheet."""
    layout = format or Format("parquet", header=1)
    with foreign.parsed("parquet", path, "parquet_unreadable", most_columns=MOST_COLUMNS) as (folder, parts):
        raw = foreign.table(folder, parts[0], layout, "rowid + 2")
    if raw is None:
        raise Refused("file_no_rows", file=path.name)
    return [raw]
