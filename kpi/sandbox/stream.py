"""The values of a JSON file one after the other, so that a long list never has to fit into memory."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHUNK = 1 << 20
LONGEST_LINE = 64 << 20
BLANK = " \t\r\n\x1e\ufeff"
DECODER = json.JSONDecoder(parse_constant=str)


@dataclass(frozen=True)
class Broken:
    """A line of JSON lines that is no JSON."""

    line: int
    text: str
    why: str


def encoding(path: Path) -> str:
    """UTF-8, -16 or -32, as the first bytes say (RFC 8259; the standard library's own rule)."""
    with path.open("rb") as file:
        head = file.read(8)
    return "utf-8-sig" if head.startswith(codecs.BOM_UTF8) else json.detect_encoding(head)


def is_lines(path: Path, code: str) -> bool:
    """Whether the first filled line is an object or a list by itself, and not the last one."""
    complete = False
    with path.open(encoding=code) as file:
        while line := file.readline(LONGEST_LINE):
            if not line.strip(BLANK):
                continue
            if complete:
                return True
            try:
                complete = isinstance(DECODER.decode(line.strip(BLANK)), list | dict)
            except json.JSONDecodeError:
                return False
            if not complete:
                return False
    return False


def lines(path: Path, code: str, broken: list[Broken]) -> Iterator[tuple[int, Any]]:
    """(line, value) of JSON lines; lines that are no JSON go to `broken`."""
    with path.open(encoding=code, newline="\n") as file:
        for number, line in enumerate(file, 1):
            plain = line.strip(BLANK)
            if not plain:
                continue
            try:
                yield number, DECODER.decode(plain)
            except json.JSONDecodeError as error:
                broken.append(Broken(number, plain[:1000], error.msg))


def elements(path: Path, code: str) -> Iterator[tuple[Any, bool]]:
    """(value, whole) of every element of a list, or of every value that stands by itself (`whole`)."""
    with path.open(encoding=code) as file:
        text = file.read(CHUNK)
        at = _blank(text, 0)
        listed = text[at : at + 1] == "["
        at += listed
        ended, wanted = False, CHUNK
        while True:
            at = _blank(text, at, "," if listed else "")
            if at == len(text) and not ended:
                more = file.read(wanted)
                text, at, ended = more, 0, not more
                continue
            if at == len(text) or (listed and text[at] == "]"):
                if listed and at == len(text):
                    raise json.JSONDecodeError("the list does not end", text, max(0, at - 1))
                return
            try:
                value, end = DECODER.raw_decode(text, at)
            except json.JSONDecodeError:
                end = -1
                if ended:
                    raise
            if end < 0 or (end == len(text) and not ended):
                more = file.read(wanted)
                text, at, ended = text[at:] + more, 0, not more
                wanted *= 2
                continue
            wanted = CHUNK
            at = end
            yield value, not listed


def _blank(text: str, at: int, also: str = "") -> int:
    """The first place from `at` on that holds something."""
    while at < len(text) and (text[at] in BLANK or text[at] in also):
        at += 1
    return at
