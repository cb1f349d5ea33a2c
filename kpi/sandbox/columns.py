"""Parquet files as Arrow files of the same types; what no table can hold becomes text."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet

from kpi.sandbox.process import Part, Stopped

BATCH = 50_000
PLAIN = (
    pa.types.is_boolean,
    pa.types.is_integer,
    pa.types.is_floating,
    pa.types.is_decimal128,
    pa.types.is_date,
    pa.types.is_time,
    pa.types.is_timestamp,
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_null,
)


def read(path: Path, folder: Path, wanted: str | None = None, most_columns: int = 2000) -> list[Part]:
    """The one table; structs become columns `parent.child`, lists JSON text."""
    target = folder / "0.arrow"
    try:
        file = parquet.ParquetFile(path)
        if len(file.schema_arrow.names) > most_columns:
            raise Stopped("too_many_columns", {"n": len(file.schema_arrow.names), "most": most_columns})
        headers, out = (), None
        with pa.OSFile(str(target), "wb") as sink:
            for batch in file.iter_batches(BATCH):
                batch.validate(full=True)
                flat = _flat(pa.table(batch))
                headers = tuple(flat.column_names)
                table = flat.rename_columns([f"c{i}" for i in range(len(headers))])
                out = out or pa.ipc.new_file(sink, table.schema)
                out.write_table(table)
            if out:
                out.close()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowKeyError, UnicodeDecodeError) as error:
        raise Stopped from error
    except OSError as error:
        if error.errno:
            raise
        raise Stopped from error  # Arrow says so of damaged pages
    return [Part(None, target.name if headers else "", len(headers), headers)]


def _flat(table: pa.Table) -> pa.Table:
    """The same without structs, dictionaries, lists and exotic types."""
    while any(pa.types.is_struct(each.type) for each in table.schema):
        table = table.flatten()
    for i, field in enumerate(table.schema):
        values = table.column(i)
        if pa.types.is_dictionary(field.type):
            values = values.cast(field.type.value_type)
        if not any(fits(values.type) for fits in PLAIN):
            values = pa.chunked_array([pa.array([_text(each) for each in values.to_pylist()], pa.string())])
        table = table.set_column(i, pa.field(field.name, values.type), values)
    return table


def _text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
