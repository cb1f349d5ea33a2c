"""What the reader library does not tell of an xlsx: the cells that hold an error such as #N/A."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*\bt="e"[^>]*>.{0,2000}?<(?:\w+:)?v>([^<]{1,20})<', re.S)
CHUNK = 1 << 22


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
            end = data.rfind(b"</row>") + 6 if b"</row>" in data else 0
            if b't="e"' in data:
                found.update(word.decode(errors="replace") for word in CELL.findall(data, 0, end or len(data)))
            rest = data[end:] if end else data[-4096:]
    return found
