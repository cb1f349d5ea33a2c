"""One line of delimited text → cells: as the rules say, and all the ways to read it where it breaks them (RFC 4180)."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal, NamedTuple

MOST_WAYS = 64  # readings of one broken line that are tried
MOST_CLOSES = 6  # ends that a quoted cell may have
MOST_QUOTES = 60  # quotes in a line above which no delimiter is put back beside one
State = Literal["ok", "open", "bad"]


class Cells(NamedTuple):
    """The cells of a line and which of them stood in quotes.

    state: ok; open: the last quote is not closed, the record may go on in the next line; bad: a quote in the middle.
    """

    cells: list[str]
    quoted: list[bool]
    state: State = "ok"


@dataclass(frozen=True)
class Marks:
    """delimiter: one character or more; escape: the quote itself where quotes are doubled, else a backslash.

    runs: a run of blanks is one delimiter, and blanks at both ends of the line are none.
    """

    delimiter: str = ","
    quote: str = '"'
    escape: str = '"'
    runs: bool = False
    _quoted: re.Pattern[str] = field(init=False, repr=False, compare=False)
    _close: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        quoted, close = _patterns(self.delimiter, self.quote, self.escape)
        object.__setattr__(self, "_quoted", quoted)
        object.__setattr__(self, "_close", close)

    def plain(self, text: str) -> list[str]:
        """The cells of a line without quotes."""
        return text.split() if self.runs else text.split(self.delimiter)

    def strict(self, text: str) -> Cells:
        """The cells as the rules say: a quoted cell ends with a quote before a delimiter or the end."""
        if self.runs:
            text = " ".join(text.split()) if self.quote not in text else text.strip()
        if self.quote not in text:
            return Cells(cells := self.plain(text), [False] * len(cells))
        cells, quoted, pos = [], [], 0
        while True:
            cell, in_quotes, pos = self._cell(text, pos)
            if cell is None:
                return Cells(cells, quoted, self._broken(text, pos))
            cells.append(cell)
            quoted.append(in_quotes)
            if pos < 0:
                return Cells(cells, quoted)

    def ways(self, text: str, deep: bool = False) -> list[Cells]:
        """All readings of a line with stray quotes: a quote that opens no cell is a character of it, and a cell may
        hold quotes that nobody doubled. deep: well-formed quoted cells may be read as plain ones too."""
        found: list[Cells] = []
        stack: list[tuple[int, list[str], list[bool]]] = [(0, [], [])]
        while stack and len(found) < MOST_WAYS:
            pos, cells, quoted = stack.pop()
            options = self._options(text, pos, deep)
            for cell, in_quotes, after in reversed(options):
                if after < 0:
                    continue
                stack.append((after, [*cells, cell], [*quoted, in_quotes]))
            for cell, in_quotes, after in options:
                if after < 0:
                    found.append(Cells([*cells, cell], [*quoted, in_quotes]))
            if len(stack) > MOST_WAYS:
                break
        return found

    def beside_quotes(self, text: str, width: int) -> list[Cells]:
        """Readings with `width` cells of a line that lost one delimiter beside a quote: those with the fewest quotes
        left in plain cells."""
        places = [i for i, c in enumerate(text) if c == self.quote]
        if len(places) > MOST_QUOTES:
            return []
        found = []
        for place in sorted({p for i in places for p in (i, i + 1)}):
            before, after = text[:place].rstrip(), text[place:].lstrip()
            if not before or not after or before.endswith(self.delimiter) or after.startswith(self.delimiter):
                continue
            read = self.strict(text[:place] + self.delimiter + text[place:])
            inside = any(c.startswith(self.delimiter) or c.endswith(self.delimiter) for c in read.cells)
            if read.state == "ok" and len(read.cells) == width and not inside:
                found.append(read)
        fewest = min(map(self.strays, found), default=0)
        return [read for read in found if self.strays(read) == fewest]

    def strays(self, read: Cells) -> int:
        """Plain cells with a quote in them."""
        return sum(self.quote in cell for cell, quoted in zip(read.cells, read.quoted, strict=True) if not quoted)

    def _cell(self, text: str, pos: int) -> tuple[str | None, bool, int]:
        """One cell from `pos`: (text or None where its quotes are broken, in quotes, place of the next or -1)."""
        match = self._quoted.match(text, pos)
        if match:
            return self._unescaped(match[1]), True, self._next(text, match.end())
        if self._opens(text, pos):
            return None, True, pos
        return (*self._until(text, pos),)

    def _options(self, text: str, pos: int, deep: bool) -> list[tuple[str, bool, int]]:
        cell, in_quotes, after = self._cell(text, pos)
        if cell is not None and not (in_quotes and deep):
            return [(cell, in_quotes, after)]
        found = [(cell, True, after)] if cell is not None else []
        if cell is None:
            start = text.index(self.quote, pos) + 1
            for close in islice(self._close.finditer(text, start), MOST_CLOSES):
                found.append((self._unescaped(text[start : close.start()]), True, self._next(text, close.end())))
        return [*found, self._until(text, pos)]

    def _opens(self, text: str, pos: int) -> bool:
        while pos < len(text) and text[pos] == " ":
            pos += 1
        return text.startswith(self.quote, pos)

    def _until(self, text: str, pos: int) -> tuple[str, bool, int]:
        end = text.find(self.delimiter, pos)
        return (text[pos:], False, -1) if end < 0 else (text[pos:end], False, self._next(text, end))

    def _next(self, text: str, pos: int) -> int:
        """The place of the next cell, -1 at the end of the line."""
        if pos >= len(text):
            return -1
        pos += len(self.delimiter)
        while self.runs and text.startswith(self.delimiter, pos):
            pos += len(self.delimiter)
        return pos

    def _broken(self, text: str, pos: int) -> State:
        """open where every quote after the first is doubled, so that the next line may close it."""
        start = text.index(self.quote, pos) + 1
        rest = text[start:].replace(self.escape + self.quote, "")
        return "bad" if self.quote in rest else "open"

    def _unescaped(self, text: str) -> str:
        if self.escape not in text:
            return text
        text = text.replace(self.escape + self.quote, self.quote)
        return text if self.escape == self.quote else text.replace(self.escape * 2, self.escape)


@functools.cache
def _patterns(delimiter: str, quote: str, escape: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    d, q, e = re.escape(delimiter), re.escape(quote), re.escape(escape)
    inner = rf"[^{q}]+|{q}{q}" if escape == quote else rf"[^{q}{e}]+|{e}.|{q}{q}"
    end = rf"[ ]*(?={d}|\Z)" if delimiter != " " else rf"(?={d}|\Z)"
    return re.compile(rf"[ ]*{q}((?>(?:{inner})*)){q}{end}", re.S), re.compile(rf"{q}{end}")
