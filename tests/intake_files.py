"""Helpers for tests of the import: files written, loaded, and what came of them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from kpi.intake import ImportReport, inspect, load, options
from kpi.text import Texts
from kpi.workspace import Workspace

EN = Texts("en")


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]], delimiter: str = ",") -> Path:
    """A CSV file as spreadsheets write it."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def write_text(path: Path, text: str) -> Path:
    """A text file, byte for byte."""
    path.write_text(text, encoding="utf-8", newline="")
    return path


def import_file(workspace: Workspace, path: Path, **given: Any) -> ImportReport:
    """Recognised and loaded in one go."""
    (plan,) = inspect(workspace, [path], options(**given))
    return load(workspace, plan)


def places(plan) -> dict[str, str]:
    """column → table.field of a plan; several fields of one column joined by +."""
    found: dict[str, str] = {}
    for column, field, _, _ in plan.mapping():
        found[column] = f"{found[column]}+{field}" if column in found else field
    return found


def said(report: ImportReport) -> list[str]:
    """The warnings in English."""
    return [each.text(EN) for each in report.warnings]


def codes(messages) -> list[str]:
    """The codes of messages."""
    return [each.code for each in messages]
