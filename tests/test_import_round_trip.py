"""Any table, written in any supported dialect, format and locale, comes back equal; nothing read is ever lost."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpi import workspace as workspaces
from kpi.errors import KpiError
from kpi.intake import inspect, load, options
from tests.written_tables import Written, tables

TEXT = ["csv", "csv.gz", "zip"]
BINARY = ["xlsx", "ods", "parquet", "json", "jsonl", "sqlite"]
NOON = datetime(2024, 8, 2, 12, 30, 15)
some = settings(
    max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)  # fmt: skip


def loaded(written: Written, header: tuple[str, ...], table: str):
    """(report, rows as loaded) of a file in a workspace of its own."""
    with TemporaryDirectory() as folder:
        path = written.write(Path(folder), header)
        workspace = workspaces.create(Path(folder) / "home", "w")
        try:
            (plan,) = inspect(workspace, [path], options(table=table, **_answers(header), **written.options))
            assert not plan.questions, plan.questions
            report = load(workspace, plan)
            columns = ", ".join(header)
            return report, workspace.rows(f"SELECT {columns} FROM rows.{table} ORDER BY _line, {header[0]}")
        finally:
            workspaces.close_workspace(Path(folder) / "home", "w")


def _answers(header: tuple[str, ...]) -> dict[str, list[str]]:
    """That no amount stands for nothing, and in which currency they are: Persian digits alone would ask for it."""
    return {"missing": ["amount="], "sets": ["currency=UAH"]} if "amount" in header else {}


def expected(rows: list[tuple], width: int) -> list[tuple]:
    return [tuple(None if value == "" else value for value in row[:width]) for row in rows]


@given(tables(TEXT + BINARY))
@some
def test_any_table_comes_back_equal(written):
    report, rows = loaded(written, Written.money, "opportunities")
    assert [(each.column, each.value, each.reason.code) for each in report.rejects] == []
    assert report.rows_read == report.rows_loaded == len(written.rows)
    assert rows == expected(written.rows, 4)


@given(tables(TEXT + BINARY))
@settings(some, max_examples=6)
def test_words_for_yes_and_no_and_counts_come_back_equal(written):
    written.rows = [(key, text, count and abs(int(count)) % 50, *rest) for key, text, count, *rest in written.rows]
    written.number = "whole"
    report, rows = loaded(written, Written.header, "tickets")
    assert [(each.column, each.value, each.reason.code) for each in report.rejects] == []
    assert rows == expected(written.rows, 5)


DAMAGE = ["junk", "", '"', "31.02.2024", "12,34.5", "…", "a;b", "=1+1", "99999999999999999999", "\u0000", "-", "'"]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A CSV file with cells replaced, lines cut, columns added, lines repeated or moved."""
    written = draw(tables(["csv"], least=5))
    written.encoding = "utf-8"
    lines = [list(Written.money), *(written.cells(row)[:4] for row in written.rows)]
    for _ in range(draw(st.integers(1, 8))):
        row = draw(st.integers(1, len(lines) - 1))
        what = draw(st.sampled_from(["cell", "cut", "more", "repeat", "empty"]))
        if what == "cell" and lines[row]:
            lines[row][draw(st.integers(0, len(lines[row]) - 1))] = draw(st.sampled_from(DAMAGE))
        elif what == "cut":
            lines[row] = lines[row][: draw(st.integers(0, 3))]
        elif what == "more":
            lines[row] = [*lines[row], draw(st.sampled_from(DAMAGE))]
        elif what == "repeat":
            lines.insert(row, list(lines[row]))
        else:
            lines[row] = []
    data = written._text(lines)
    cut = draw(st.integers(0, 12))
    return data[: len(data) - cut] if draw(st.booleans()) else data


@given(damaged(), st.sampled_from([{}, {"dates": "dmy", "decimal": ",", "sets": ["currency=UAH"]}]))
@some
def test_of_a_damaged_file_every_line_is_loaded_or_rejected(data, told):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "deals.csv"
        path.write_bytes(data)
        workspace = workspaces.create(Path(folder) / "home", "w")
        try:
            (plan,) = inspect(workspace, [path], options(table="opportunities", **told))
            if plan.questions:
                return
            report = load(workspace, plan)
        except KpiError:
            return  # refused with a reason, and nothing is loaded
        finally:
            rows = workspace.rows("SELECT count(*) FROM rows.opportunities")[0][0]
            logged = workspace.rows("SELECT coalesce(sum(rows_loaded), 0) FROM state.imports")[0][0]
            workspaces.close_workspace(Path(folder) / "home", "w")
        assert report.rows_read == report.rows_loaded + report.rows_rejected
        assert rows == logged == (report.rows_loaded if report.id else 0)
        assert len({each.row for each in report.rejects}) == len(report.rejects) == report.rows_rejected


@pytest.mark.parametrize("kind", TEXT + BINARY)
def test_every_format_is_tried(kind):
    """The sample of the other tests is no accident: one table in each format, typed and as text."""
    rows = [
        (f"T{i:04}", 'wїپ"w' if i else None, Decimal(f"{i}250.75"), None if i == 3 else NOON, None) for i in range(6)
    ]
    for typed in (False, True) if kind in BINARY else (False,):
        written = Written(rows, "ukrainian", "jalali_words", format=kind, typed=typed)
        report, found = loaded(written, Written.money, "opportunities")
        assert report.rows_rejected == 0 and found == expected(rows, 4), (kind, typed)
