"""The rejected rows of an import as a file to correct and load again."""

from __future__ import annotations

import csv
import io
from typing import Any

from kpi.text import Texts
from kpi.text.bidi import bare
from kpi.workspace import Reject, rejects

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets take for a formula (OWASP, CSV injection)


def rejected_csv(workspace: Any, number: int, texts: Texts) -> bytes:
    """The columns of the file as they stood, and behind them line, column and reason, in the language of `texts`.

    UTF-8 with a mark, so that spreadsheets read it right. Cells that a spreadsheet would run as a formula begin with an
    apostrophe; numbers do not.
    """
    rows = rejects(workspace, number, None)
    columns = list(dict.fromkeys(name for each in rows if isinstance(each.line, dict) for name in each.line))
    said = [bare(texts.t(f"import.{key}")) for key in ("row", "column", "reason")]
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow([*map(harmless, columns), *said])
    for each in rows:
        writer.writerow([*_cells(each, columns), str(each.row), harmless(each.column or ""), _why(each, texts)])
    return file.getvalue().encode("utf-8-sig")


def _cells(each: Reject, columns: list[str]) -> list[str]:
    if isinstance(each.line, dict):
        return [harmless(str(each.line.get(name) or "")) for name in columns]
    whole = "" if each.line is None else str(each.line)
    return [harmless(whole), *("" for _ in columns[1:])] if columns else []


def _why(each: Reject, texts: Texts) -> str:
    return bare(texts.t(each.reason, **each.params)) if texts.has(each.reason) else each.reason


def harmless(cell: str) -> str:
    """The cell as no spreadsheet runs it."""
    if not cell.startswith(DANGEROUS):
        return cell
    number = cell[1:].replace(" ", "").replace(",", "").replace(".", "").replace("%", "")
    return cell if cell[0] in "+-" and number.isdigit() else f"'{cell}"
