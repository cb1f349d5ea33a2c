"""What the parser's process leaves behind, as tables of text or as refusals in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa

from kpi import sandbox
from kpi.errors import Refused
from kpi.intake import job
from kpi.intake.messages import say
from kpi.intake.raw import MOST_COLUMNS, Broken, Format, Raw, finish, scratch, unique_headers
from kpi.intake.readers import limits
from kpi.sandbox import Part


@contextmanager
def parsed(
    kind: str, path: Path, unreadable: str, too_big: str = "file_too_big", **settings: object
) -> Iterator[tuple[Path, list[Part]]]:
    """The folder and the parts that the parser made of a file; the folder is gone afterwards.

    unreadable, too_big: codes of the refusals where the parser breaks down and where it goes beyond the limits.
    """
    with TemporaryDirectory(prefix="kpi-parsed-") as folder:
        yield Path(folder), parse(kind, path, Path(folder), unreadable, too_big, **settings)


def parse(
    kind: str, path: Path, folder: Path, unreadable: str, too_big: str = "file_too_big", **settings: object
) -> list[Part]:
    """The parts that the parser makes of a file in `folder`. Refused as for `parsed`; file_empty where it has none."""
    if path.stat().st_size == 0:
        raise Refused("file_empty", file=path.name)
    try:
        return sandbox.run(kind, path, folder, limits.process(), job.check, **settings)
    except sandbox.Stopped as stopped:
        raise Refused(stopped.code or unreadable, **{"file": path.name, **stopped.params}) from stopped
    except sandbox.TooBig as big:
        raise Refused(too_big, file=path.name) from big


def table(folder: Path, part: Part, format: Format, line: str = "line") -> Raw | None:
    """A part whose columns have names, as a table of text; None where it has no rows. line: SQL of the row's number."""
    headers, repeated = unique_headers(list(part.headers or ()), part.width)
    if not part.file or not headers:
        return None
    raw = load(folder / part.file, headers, format, line)
    raw.notes = (*(say("repeated_header", column=name) for name in repeated), *notes(part))
    raw.broken = tuple(Broken(number, text, say("json_line", why=why)) for number, text, why in part.broken)
    if raw.rows == 0 and not raw.broken:
        raw.close()
        return None
    return raw


def load(file: Path, headers: tuple[str, ...], format: Format, line: str = "line") -> Raw:
    """An Arrow file in a scratch database, every column but `line` as text."""
    con, folder = scratch()
    listed = ", ".join(f"CAST(c{i} AS VARCHAR) AS c{i}" for i in range(len(headers)))
    first = "line, " if line == "line" else ""
    with pa.memory_map(str(file)) as source, pa.ipc.open_file(source) as found:
        cursor = con.cursor()
        cursor.register("parsed", found.read_all())
        cursor.execute(f"CREATE TABLE raw AS SELECT {first}{listed} FROM parsed").fetchall()
        cursor.unregister("parsed")
    return finish(Raw(con, headers, format, line, folder=folder))


def notes(part: Part) -> tuple:
    """What the parser has to tell of a part."""
    return tuple(say(code, **params) for code, params in part.notes)


def refusal(part: Part, file: str) -> Refused:
    """Why a part cannot be read."""
    code, params = part.error or ("file_unreadable", {})
    return Refused(code, **{"file": file, **params})


def known(parts: list[Part]) -> str:
    """The names of all parts, for a person to choose from."""
    return ", ".join(part.name for part in parts if part.name)


def refuse_unknown(wanted: str | None, parts: list[Part], file: str) -> None:
    """Refused("sheet_unknown") where no part is called `wanted`."""
    if wanted is not None and wanted not in {part.name for part in parts}:
        raise Refused("sheet_unknown", file=file, sheet=wanted, known=known(parts))


__all__ = ["MOST_COLUMNS", "known", "load", "notes", "parse", "parsed", "refusal", "refuse_unknown", "table"]
