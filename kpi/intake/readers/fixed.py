"""Text whose columns stand at fixed places in the line, parted by nothing but blanks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kpi.intake.readers.shape import typed

LOOKED_AT = 300
FEWEST = 3  # lines that show where the columns stand
SURE = 8  # lines from which one blank between two columns is enough


def cuts(lines: Sequence[str]) -> tuple[int, ...]:
    """The places where the columns begin: a column is what no line leaves blank between two places that all leave
    blank. () where there are not two columns, or none of numbers: prose has gaps too. The header may be wider than its columns: then the other lines decide."""
    filled = [line.rstrip() for line in lines[:LOOKED_AT] if line.strip()]
    if len(filled) < FEWEST or any("\t" in line for line in filled):
        return ()
    whole, rest = _columns(filled), _columns(filled[1:]) if len(filled) > FEWEST else ()
    names = len(re.split(r" {2,}", filled[0].strip()))
    starts = min((whole, rest), key=lambda found: abs(len(found) - names))
    body = [cells(line, starts) for line in filled[1:]] if starts else []
    return starts if typed(body) else ()


def cells(line: str, starts: Sequence[int]) -> list[str]:
    """The cells of one line. A word across two columns belongs to the one that holds most of it."""
    places = [0, *(_moved(line, start) for start in starts[1:]), len(line)]
    return [line[a:b].strip() for a, b in zip(places, places[1:], strict=False)]


def header(given: Sequence[str]) -> list[str]:
    """The cells of a header: a name that stands beside its column, behind wide blanks, goes to the nameless one."""
    names = list(given)
    for i, name in enumerate(names[:-1]):
        parts = re.split(r" {2,}", name)
        if len(parts) == 2 and not names[i + 1]:
            names[i], names[i + 1] = parts
    return names


def _moved(line: str, start: int) -> int:
    if start >= len(line) or line[start] == " " or line[start - 1] == " ":
        return min(start, len(line))
    left = line.rfind(" ", 0, start) + 1
    right = line.find(" ", start)
    right = len(line) if right < 0 else right
    return left if start - left <= right - start else right


def _columns(lines: Sequence[str]) -> tuple[int, ...]:
    width = max(map(len, lines))
    blank = [all(i >= len(line) or line[i] == " " for line in lines) for i in range(width)]
    least = 1 if len(lines) >= SURE else 2
    starts, gap = [], least
    for i, is_blank in enumerate(blank):
        if is_blank:
            gap += 1
            continue
        if gap >= least or not starts:
            starts.append(i)
        gap = 0
    return tuple(starts) if len(starts) > 1 else ()


def text(starts: Sequence[int]) -> str:
    """The places as a Format keeps them."""
    return ",".join(map(str, starts))


def parsed(kept: str) -> tuple[int, ...]:
    """The places that `text` wrote."""
    return tuple(map(int, kept.split(",")))
