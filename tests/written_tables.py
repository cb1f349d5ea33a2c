"""Tables of made-up records, written in any dialect, format and locale: what the round trips of the import are tried on."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sqlite3
import zipfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from xml.sax.saxutils import escape

import jdatetime
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter
from hypothesis import strategies as st

PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
UKRAINIAN = [
    "січня",
    "лютого",
    "березня",
    "квітня",
    "травня",
    "червня",
    "липня",
    "серпня",
    "вересня",
    "жовтня",
    "листопада",
    "грудня",
]
FLAGS = [("yes", "no"), ("так", "ні"), ("بله", "خیر"), ("TRUE", "FALSE"), ("1", "0"), ("✓", "✗"), ("да", "нет")]


def _number(decimal: str, group: str, digits: dict | None = None):
    def write(value: Decimal) -> str:
        text = f"{value:,.2f}".replace(",", "\0").replace(".", decimal).replace("\0", group)
        return text.translate(digits) if digits else text

    return write


def _jalali(moment: datetime, form: str) -> str:
    return jdatetime.datetime.fromgregorian(datetime=moment, locale=jdatetime.FA_LOCALE).strftime(form)


# name → (option --decimal, writer of an amount)
NUMBERS = {
    "plain": (".", _number(".", "")),
    "whole": (None, str),
    "comma": (",", _number(",", "")),
    "english": (".", _number(".", ",")),
    "german": (",", _number(",", ".")),
    "ukrainian": (",", _number(",", "\u00a0")),
    "swiss": (".", _number(".", "’")),
    "persian": (None, _number("٫", "٬", PERSIAN)),
    "arabic": (None, _number("٫", "٬", ARABIC)),
    "hryvnia": (",", lambda x: _number(",", " ")(x) + " грн"),
    "dollars": (".", lambda x: ("-" if x < 0 else "") + "$" + _number(".", ",")(abs(x))),
    "books": (".", lambda x: f"({_number('.', ',')(-x)})" if x < 0 else _number(".", ",")(x)),
}
# name → (option --dates, writer of a moment)
DATES = {
    "iso": (None, lambda m: m.strftime("%Y-%m-%d %H:%M:%S")),
    "t": (None, lambda m: m.strftime("%Y-%m-%dT%H:%M:%SZ")),
    "dots": ("dmy", lambda m: m.strftime("%d.%m.%Y %H:%M:%S")),
    "us": ("mdy", lambda m: f"{m.month}/{m.day}/{m.year} {m.strftime('%I:%M:%S %p')}"),
    "words": (None, lambda m: m.strftime("%d %b, %Y %H:%M:%S")),
    "ukrainian": (None, lambda m: f"{m.day} {UKRAINIAN[m.month - 1]} {m.year} р., {m:%H:%M:%S}"),
    "jalali": (None, lambda m: _jalali(m, "%Y/%m/%d %H:%M:%S")),
    "jalali_words": (None, lambda m: _jalali(m, "%d %B %Y - %H:%M:%S").translate(PERSIAN)),
    "offset": (None, lambda m: (m + timedelta(hours=3, minutes=30)).strftime("%Y-%m-%d %H:%M:%S+0330")),
}


@dataclass
class Written:
    """A table and how it is written. rows: (id, text, amount, moment, flag), None for blanks."""

    rows: list[tuple]
    number: str = "plain"
    date: str = "iso"
    flags: tuple[str, str] = ("yes", "no")
    format: str = "csv"
    typed: bool = False
    delimiter: str = ","
    quote: str = '"'
    newline: str = "\n"
    encoding: str = "utf-8"
    above: list[str] = field(default_factory=list)

    header = ("ticket_id", "subject", "contact_count", "opened_at", "reopened")
    money = ("opportunity_id", "name", "amount", "created_at")

    @property
    def options(self) -> dict[str, str]:
        """What a person would answer where the values alone cannot tell."""
        if self.typed and self.format != "csv":
            return {}
        found = {"decimal": NUMBERS[self.number][0], "dates": DATES[self.date][0]}
        if self.encoding in ("cp1251", "cp1256"):
            found["encoding"] = self.encoding
        return {name: value for name, value in found.items() if value}

    def cells(self, row: tuple) -> list[str]:
        """A row as text in its locale."""
        key, text, amount, moment, flag = row
        return [
            key,
            text or "",
            "" if amount is None else NUMBERS[self.number][1](amount),
            "" if moment is None else DATES[self.date][1](moment),
            "" if flag is None else self.flags[0 if flag else 1],
        ]

    def write(self, folder: Path, header: tuple[str, ...]) -> Path:
        """The file; header: as many of the five columns as it names, in their order."""
        width = len(header)
        values = [list(row)[:width] if self.typed else self.cells(row)[:width] for row in self.rows]
        kind = self.format
        path = folder / f"{'opportunities' if width == 4 else 'tickets'}.{kind}"
        if kind in ("csv", "csv.gz", "zip", "txt"):
            data = self._text([list(header), *([_plain(v) for v in row] for row in values)])
            if kind == "csv.gz":
                data = gzip.compress(data)
            if kind == "zip":
                held = io.BytesIO()
                with zipfile.ZipFile(held, "w") as archive:
                    archive.writestr("export/data.csv", data)
                data = held.getvalue()
            path.write_bytes(data)
        elif kind == "xlsx":
            _workbook(path, header, values)
        elif kind == "ods":
            _ods(path, header, values)
        elif kind == "parquet":
            columns = list(zip(*values, strict=True)) if values else [[] for _ in header]
            pq.write_table(pa.table([pa.array(list(column)) for column in columns], names=list(header)), path)
        elif kind in ("json", "jsonl"):
            records = [dict(zip(header, map(_json, row), strict=True)) for row in values]
            lines = [json.dumps(record, ensure_ascii=False) for record in records]
            path.write_text("\n".join(lines) if kind == "jsonl" else f"[{', '.join(lines)}]", encoding="utf-8")
        else:
            with sqlite3.connect(path) as con:
                con.execute(f"CREATE TABLE {path.stem} ({', '.join(header)})")
                marks = ", ".join("?" * width)
                con.executemany(f"INSERT INTO {path.stem} VALUES ({marks})", [list(map(_sqlite, r)) for r in values])
            con.close()
        return path

    def _text(self, lines: list[list[str]]) -> bytes:
        held = io.StringIO(newline="")
        writer = csv.writer(
            held, delimiter=self.delimiter, quotechar=self.quote, lineterminator=self.newline,
            quoting=csv.QUOTE_MINIMAL if self.quote == '"' else csv.QUOTE_ALL,  # rare marks of quoting must show
        )  # fmt: skip
        for each in self.above:
            held.write(each + self.newline)
        writer.writerows(lines)
        return held.getvalue().encode(self.encoding)


def _plain(value: object) -> str:
    return "" if value is None else str(value)


def _json(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, datetime) else (None if value == "" else value)


def _sqlite(value: object) -> object:
    value = _json(value)
    return int(value) if isinstance(value, bool) else value


def _workbook(path: Path, header: tuple[str, ...], values: list[list]) -> None:
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    sheet, moment = book.add_worksheet("data"), book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    sheet.write_row(0, 0, header)
    for i, row in enumerate(values, 1):
        for j, value in enumerate(row):
            if isinstance(value, datetime):
                sheet.write_datetime(i, j, value, moment)
            elif isinstance(value, bool):
                sheet.write_boolean(i, j, value)
            elif isinstance(value, Decimal | int):
                sheet.write_number(i, j, float(value))
            elif value not in (None, ""):
                sheet.write_string(i, j, value)
    book.close()


def _ods(path: Path, header: tuple[str, ...], values: list[list]) -> None:
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    rows = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in [header, *values])
    body = f'<office:spreadsheet><table:table table:name="data">{rows}</table:table></office:spreadsheet>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        content = f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{spaces}><office:body>{body}'
        archive.writestr("content.xml", content + "</office:body></office:document-content>")


def _ods_cell(value: object) -> str:
    if value in (None, ""):
        return "<table:table-cell/>"
    if isinstance(value, bool):
        return f'<table:table-cell office:value-type="boolean" office:boolean-value="{str(value).lower()}"/>'
    if isinstance(value, Decimal | int):
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    if isinstance(value, datetime):
        return f'<table:table-cell office:value-type="date" office:date-value="{value.isoformat()}"/>'
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in str(value).split("\n"))
    return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>'


# Strategies

LATIN = "abcXYZ 019-_.,;:!'\"\t|/&<>%$()\n"
TEXTS = {
    "latin": LATIN,
    "ukrainian": LATIN + "абвґєіїщьюя’№",
    "persian": LATIN + "ابپچژکگیآ‌۱۲۳،؛",
    "mixed": LATIN + "їєґ" + "پچگ" + "éß€🙂",
}
DELIMITERS = [",", ";", "\t", "|"]


def _texts(alphabet: str) -> st.SearchStrategy[str | None]:
    # a letter at both ends: blanks around a cell are no part of it, and a text is no word for nothing
    inner = st.text(alphabet, max_size=25)
    return st.one_of(st.none(), inner.map(lambda text: f"w{text}w"))


@st.composite
def tables(draw: st.DrawFn, formats: list[str], least: int = 3) -> Written:
    """A table in some dialect, format and locale."""
    kind = draw(st.sampled_from(formats))
    script = draw(st.sampled_from(sorted(TEXTS)))
    encodings = ["utf-8", "utf-8-sig", "utf-16"]
    encodings += {"latin": ["cp1251", "cp1256"], "ukrainian": [], "persian": [], "mixed": []}[script]
    encoding = draw(st.sampled_from(encodings)) if kind == "csv" else "utf-8"
    texts = _texts(TEXTS[script])
    moments = st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1)).map(lambda m: m.replace(microsecond=0))
    amounts = st.decimals(-(10**7), 10**7, places=2)
    row = st.tuples(texts, st.none() | amounts, st.none() | moments, st.none() | st.booleans())
    count = draw(st.integers(least, 12))
    rows = [(f"T{i:04}", *draw(row)) for i in range(count)]
    legacy = encoding.startswith("cp")
    number = draw(st.sampled_from(["plain", "comma", "english"] if legacy else sorted(NUMBERS.keys() - {"whole"})))
    day = draw(st.sampled_from(["iso", "dots", "us", "words"] if legacy else sorted(DATES)))
    flags = draw(st.sampled_from([("yes", "no"), ("1", "0")] if legacy else FLAGS))
    return Written(
        rows, number, day, flags, kind,
        typed=kind in ("xlsx", "ods", "parquet", "json", "jsonl", "sqlite") and draw(st.booleans()),
        delimiter=draw(st.sampled_from(DELIMITERS)), quote=draw(st.sampled_from(['"', '"', "'"])),
        newline=draw(st.sampled_from(["\n", "\r\n"])), encoding=encoding,
    )  # fmt: skip
