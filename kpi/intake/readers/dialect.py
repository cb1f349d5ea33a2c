"""How a text file is laid out: delimiter, quote and escape.

The dialect is the one under which the file looks most like a table: its records have the same number of cells, and the
cells read as something (numbers, dates, words). Pattern score times type score, after van den Burg, Nazabal and Sutton,
"Wrangling messy CSV files by detecting row and type patterns" (2019); the pattern score here is the chance that two records
drawn at random have the same number of cells (Simpson 1949), so that a few lines above the table do not decide.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from kpi.intake.readers import shape
from kpi.intake.readers.records import records
from kpi.intake.readers.shape import NUMBER
from kpi.intake.readers.shape import looks_like_header as looks_like_header
from kpi.intake.readers.tokens import Marks

DELIMITERS = (",", ";", "\t", "|")
OTHERS = "~^:#&*!§¦¬·•\x01\x1c\x1d\x1e\x1f "
AGREEMENT = 0.6  # share of lines with the same number of cells under which a file is no table
CLEAR = 0.9  # from which it is one, whatever its words look like
LOOKED_AT = 300  # records
MEASURED = 120  # records of them that decide
TRUST = {",": 1.0, ";": 1.0, "\t": 1.0, "|": 0.98, " ": 0.7, ":": 0.7}
FEWEST = 3  # records that show that blanks part their cells
ALIGNED = 0.8  # of runs of blanks  # a rarer mark must do clearly better
RARE = 0.85
RUN = re.compile(r"(?<![^\w\s\"'])[^\w\s\"'.,/()+-]{2,4}(?![^\w\s\"'])|\t{2,}")
CLOSED = r"(?:^|[^\w\s])\s*{q}[^{q}\n]+{q}\s*(?=[^\w\s]|$)"  # something in quotes between two marks
DATE = re.compile(r"^\d{1,4}[-/. ]([a-z]{3,9}|\d{1,2})[-/. ,]+\d{2,4}([T ,]+\d{1,2}:\d\d.*)?$", re.I)
WORD = re.compile(r"^[^\W_](?:[^;\t|\"]*[^;\t|,\" ])?$")
ADDRESS = re.compile(r"^(https?://\S+|[\w.+-]+@[\w-]+\.[\w.-]+)$")


@dataclass(frozen=True)
class Dialect:
    """width: the usual number of cells; header: the last line of the header, 0 where there is none.

    agreement: share of the records of the table with `width` cells; runs: a run of blanks is one delimiter.
    """

    delimiter: str
    quote: str
    escape: str
    header: int
    width: int
    agreement: float
    runs: bool = False

    @property
    def marks(self) -> Marks:
        """What the lines are read with."""
        return Marks(self.delimiter, self.quote, self.escape, self.runs)


@dataclass(frozen=True)
class _Measured:
    marks: Marks
    width: int
    agreement: float
    score: float
    rows: list[list[str]]


def detect(text: str, delimiter: str | None = None, header: int | None = None, cut: bool = False) -> Dialect:
    """The dialect of the beginning of a file. `delimiter` and `header` overrule what is recognised. cut: the text may
    end inside a record."""
    lines = list(io.StringIO(text, newline=""))
    if cut and len(lines) > 1:
        lines.pop()
    best = max(_candidates(lines, delimiter), key=lambda found: (found.width > 1, found.score))
    line = shape.top(best.rows, best.width, header).header
    width = len(best.rows[line - 1]) if header and 0 < line <= len(best.rows) else best.width
    marks = best.marks
    return Dialect(marks.delimiter, marks.quote, marks.escape, line, width, best.agreement, marks.runs)


def _candidates(lines: Sequence[str], delimiter: str | None) -> Iterator[_Measured]:
    sample = "".join(lines[:LOOKED_AT])
    single, double = (len(re.findall(CLOSED.format(q=mark), sample, re.M)) for mark in "'\"")
    quotes = ['"', "'"] if single > max(3, 2 * double) else ['"']
    for quote in quotes:
        for escape in [quote] + ["\\"] * (f"\\{quote}" in sample):
            for mark in [delimiter] if delimiter else _delimiters(sample, lines):
                yield _measure(lines, Marks(mark, quote, escape, False))
            if delimiter in (None, " ") and "  " in sample.strip():
                yield _measure(lines, Marks(" ", quote, escape, True))


def _delimiters(sample: str, lines: Sequence[str]) -> list[str]:
    """What may part the cells: the usual marks, and rarer ones that stand in most lines."""
    filled = [line for line in islice(lines, LOOKED_AT) if line.strip()]
    rare = [mark for mark in OTHERS if mark in sample and sum(mark in line for line in filled) > 0.7 * len(filled)]
    runs = Counter(run for line in filled for run in set(RUN.findall(line)))
    long = [run for run, times in runs.items() if times > 0.7 * len(filled)]
    within = Counter(mark for run in RUN.findall(sample) if run in long for mark in run)
    single = [mark for mark in (*DELIMITERS, *rare) if sample.count(mark) > within[mark]]  # never but in runs: no mark
    return [*single, *long] or [","]


def _measure(lines: Sequence[str], marks: Marks) -> _Measured:
    found = list(islice(records(lines, marks), LOOKED_AT))
    rows = [record.cells for record in found]
    filled = [each for each in found[:MEASURED] if any(cell.strip() for cell in each.cells)]
    if not filled:
        return _Measured(marks, 0, 0.0, 0.0, rows)
    widths = Counter(len(each.cells) for each in filled)
    width = max(widths, key=lambda w: (widths[w] * (w > 1), w))
    n = len(filled)
    if marks.delimiter == " " and n < FEWEST:
        return _Measured(marks, width, 0.0, 0.0, rows)  # any sentence is a row of words
    pattern = sum((times / n) ** 2 * (w - 1) / w for w, times in widths.items())
    cells = [cell for each in filled if len(each.cells) > 1 for cell in each.cells]
    known = sum(map(_known, cells)) / len(cells) if cells else 0.0
    broken = sum(each.repaired for each in filled) / n
    trust = ALIGNED if marks.runs else TRUST.get(marks.delimiter, RARE if len(marks.delimiter) == 1 else 1.0)
    quoted = 1.02 if marks.quote == '"' else 1.0
    return _Measured(marks, width, _agreement(rows, width), pattern * known * (1 - broken) * trust * quoted, rows)


def _known(cell: str) -> float:
    """How much a cell reads like a value: numbers, dates and addresses fully, words nearly, leftovers of marks not."""
    text = cell.strip()
    if not text or NUMBER.match(text) or DATE.match(text) or ADDRESS.match(text):
        return 1.0
    if WORD.match(text):
        return 0.9 if cell[0] != " " or len(text.split()) < 4 else 0.6
    return 0.4 if len(text) > 1 and text[0] not in "'\"" and text[-1] not in "'\"" else 0.1


def _agreement(rows: Sequence[Sequence[str]], width: int) -> float:
    """The share of lines with `width` cells from the first such line to the last."""
    places = [i for i, row in enumerate(rows) if len(row) == width]
    if not places:
        return 0.0
    span = [row for row in rows[places[0] : places[-1] + 1] if any(cell.strip() for cell in row)]
    return sum(len(row) == width for row in span) / max(1, len(span))


def is_prose(text: str) -> bool:
    """Sentences with commas in them: most lines end like a sentence, and a blank follows nearly every comma."""
    lines = [line.strip() for line in text.splitlines()[:LOOKED_AT] if line.strip()]
    ends = sum(line[-1] in ".,:;!?…؟،" for line in lines)
    commas = text.count(",")
    return bool(lines) and ends > 0.5 * len(lines) and len(re.findall(r",\s", text)) > 0.8 * commas


def is_table(text: str, found: Dialect) -> bool:
    """Whether the text looks like a table at all: enough lines agree, and where blanks part the cells, numbers too."""
    if found.width < 2 or found.agreement < AGREEMENT:
        return False
    lines = list(islice(records(io.StringIO(text, newline=""), found.marks), LOOKED_AT))
    body = [each.cells for each in lines if len(each.cells) == found.width][1:]
    if found.delimiter == " ":
        return found.agreement >= CLEAR and len(body) > 1 and bool(shape.typed(body))
    clear = found.agreement >= CLEAR and bool(body)  # one line with a comma agrees with itself
    return clear or not is_prose(text)
