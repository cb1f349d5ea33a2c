"""Tables as files that a spreadsheet opens, with nothing in them that it would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # OWASP, CSV injection: what makes a text a formula


def harmless(value: object) -> object:
    """The value as a cell: numbers and days stay what they are, a text that would be a formula gets a quote before it."""
    if value is None or isinstance(value, bool | int | float | Decimal | date):
        return value
    text = str(value)
    return f"'{text}" if text.lstrip(" \n").startswith(FORMULA) or text.startswith(FORMULA) else text


def as_csv(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """UTF-8 with a mark at the start, so that Excel reads it as such."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([harmless(head) for head in heads])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(heads: Sequence[str], rows: Iterable[Sequence[object]], right_to_left: bool = False) -> bytes:
    """A workbook of one sheet with the header fixed."""
    import xlsxwriter  # only who downloads waits for it

    out = io.BytesIO()
    with xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    ) as book:
        sheet = book.add_worksheet()
        if right_to_left:
            sheet.right_to_left()
        bold, day, moment = (
            book.add_format(f)
            for f in ({"bold": True}, {"num_format": "yyyy-mm-dd"}, {"num_format": "yyyy-mm-dd hh:mm"})
        )
        sheet.freeze_panes(1, 0)
        for column, head in enumerate(heads):
            sheet.write_string(0, column, str(harmless(head)), bold)
        for line, row in enumerate(rows, 1):
            for column, cell in enumerate(map(harmless, row)):
                if isinstance(cell, datetime):
                    sheet.write_datetime(line, column, cell, moment)
                elif isinstance(cell, date):
                    sheet.write_datetime(line, column, datetime(cell.year, cell.month, cell.day), day)
                elif isinstance(cell, bool) or cell is None:
                    sheet.write(line, column, cell)
                elif isinstance(cell, int | float | Decimal):
                    sheet.write_number(line, column, float(cell))
                else:
                    sheet.write_string(line, column, str(cell))
    return out.getvalue()
