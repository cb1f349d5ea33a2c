"""What the reader library does not tell of an xlsx: the cells that hold an error such as #N/A."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*\bt="e"[^>]*>.{0,3000}?<(?:\w+:)?v>([^<]{1,20})<', re.S)
CHUNK = 1 << 20
LONGEST = 4096  # bytes of a cell


def errors(path: Path) -> dict[str, Counter[str]]:
    """Sheet → the error words of its cells and how often; empty for other workbooks and where nothing is found."""
    try:
        with zipfile.ZipFile(path) as archive:
            sheets = _sheets(archive)
            return {name: found for name, member in sheets.items() if (found := _count(archive, member))}
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, NotImplementedError, RuntimeError, EOFError):
        return {}


def _sheets(archive: zipfile.ZipFile) -> dict[str, str]:
    """The members that hold the sheets, by name of the sheet."""
    if "xl/workbook.xml" not in archive.namelist():
        return {}
    targets = {
        each.get("Id"): each.get("Target", "")
        for each in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    }
    found = {}
    for each in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():
        if each.tag.endswith("}sheet"):
            target = targets.get(each.get(RELATION), "")
            found[each.get("name", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return {name: member for name, member in found.items() if member in archive.namelist()}


def _count(archive: zipfile.ZipFile, member: str) -> Counter[str]:
    found: Counter[str] = Counter()
    rest = b""
    with archive.open(member) as file:
        while chunk := file.read(CHUNK):
            data = rest + chunk
            rest = data[-LONGEST:]
            if b't="e"' not in data:
                continue
            last = data.rfind(b"</c>")  # a cell that goes on in the next piece counts there
            end = last + 4 if last >= 0 else 0
            found.update(word.decode(errors="replace") for word in CELL.findall(data, 0, end))
            rest = data[end:][-LONGEST:]
    return found
