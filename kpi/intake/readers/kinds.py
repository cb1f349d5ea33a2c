"""What a zip container is: a workbook, another office file, or an archive of files."""

from __future__ import annotations

import zipfile
from pathlib import Path

from kpi.errors import Refused

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # xls, and any other old Office file
END = b"PK\x05\x06"  # the record at the end of a zip says how many files there are
END_LENGTH, LONGEST_COMMENT = 22, 1 << 16
MOST_NAMES = 20_000  # an app that lists more would be at the mercy of the file
OFFICE = ("[Content_Types].xml", "Index/Document.iwa", "META-INF/MANIFEST.MF", "META-INF/container.xml")


def of_zip(path: Path, called: str | None) -> str:
    """The kind of reader for a file that begins like a zip: "sheet" or "zip".

    called: the kind that its suffix says. Refused("file_binary") for text documents, programs and what only begins
    like a zip.
    """
    names = _names(path)
    if names is None:
        if called == "zip":
            return "zip"  # its reader says what is wrong with it
        raise Refused("file_binary", file=path.name)
    office = any(name in OFFICE for name in names)
    if any(name.startswith("xl/") or name == "content.xml" for name in names) or (office and called == "sheet"):
        return "sheet"
    if office and called != "zip":
        raise Refused("file_binary", file=path.name)
    return "zip"


def _names(path: Path) -> list[str] | None:
    """The names in a zip; None where it is none, or where there are too many to list them here."""
    if not zipfile.is_zipfile(path) or _count(path) > MOST_NAMES:
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, ValueError, UnicodeDecodeError, NotImplementedError):
        return None


def _count(path: Path) -> int:
    """How many files a zip says it holds; 65535 where there are more than its old form can say."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - END_LENGTH - LONGEST_COMMENT))
        tail = file.read()
    at = tail.rfind(END)
    return int.from_bytes(tail[at + 10 : at + 12], "little") if at >= 0 else 0
