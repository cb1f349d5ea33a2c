"""Text files made by a test and read back: what stands in them, what was set aside, what was told."""

from __future__ import annotations

import pytest

from kpi.intake import readers
from kpi.intake.options import Options
from kpi.intake.raw import Raw
from kpi.text import Texts

HEADER = "id,client,day,sum\n"
ROWS = "".join(f"{i},Firm {i},2024-01-{i:02},{i * 10}\n" for i in range(1, 21))


@pytest.fixture
def read(tmp_path):
    """The Raw of a text, which read once more with its format must come out the same."""
    opened: list[Raw] = []

    def file(content: str | bytes, encoding: str = "utf-8", **options) -> Raw:
        path = tmp_path / "a.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        (raw,) = readers.read(path, Options(**options))
        (again,) = readers.read(path, Options(**options), raw.format)
        opened.extend((raw, again))
        assert (again.headers, cells(again), again.broken) == (raw.headers, cells(raw), raw.broken)
        return raw

    yield file
    for raw in opened:
        raw.close()


def cells(raw: Raw) -> list[tuple]:
    """(line, cells …) of every row, without the blanks around cells."""
    columns = ", ".join(f"trim(c{i})" for i in range(len(raw.headers)))
    return raw.query(f"SELECT {raw.line}, {columns} FROM raw ORDER BY 1")


def told(raw: Raw) -> dict[str, dict]:
    """The notes: code → values. Every one has its words."""
    assert all(note.text(Texts("en")) for note in raw.notes)
    return {note.code: dict(note.params) for note in raw.notes}


def aside(raw: Raw) -> list[tuple[int, str]]:
    """(line, reason) of what was set aside."""
    return [(each.line, each.reason.code) for each in raw.broken]
