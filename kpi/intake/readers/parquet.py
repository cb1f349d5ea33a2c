"""Parquet files, every column cast to text; DuckDB's own reader in the scratch database."""

from __future__ import annotations

from pathlib import Path

import duckdb

from kpi.errors import Refused
from kpi.intake.names import identifier, quote
from kpi.intake.options import Options
from kpi.intake.raw import Format, Raw, finish, refuse_wide, scratch, unique_headers


def read(path: Path, options: Options, format: Format | None = None) -> list[Raw]:
    """The one table of a Parquet file. The first row is line 2, as under a header in a spreadsheet."""
    con, folder = scratch()
    source = f"read_parquet({quote(str(path))})"
    try:
        names = [row[0] for row in con.cursor().execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
        refuse_wide(path.name, len(names))
        columns = ", ".join(f"CAST({identifier(name)} AS VARCHAR) AS c{i}" for i, name in enumerate(names))
        con.cursor().execute(f"CREATE TABLE raw AS SELECT {columns} FROM {source}").fetchall()
    except duckdb.Error as error:
        con.close()
        folder.cleanup()
        raise Refused("parquet_unreadable", file=path.name) from error
    headers, _ = unique_headers(names, len(names))
    raw = finish(Raw(con, headers, Format("parquet", header=1), "rowid + 2", folder=folder))
    if raw.rows == 0:
        raw.close()
        raise Refused("file_no_rows", file=path.name)
    return [raw]
