"""Which encoding a text file is in: byte order mark, then UTF-8, then the most likely code page."""

from __future__ import annotations

import codecs
import mmap
import re
from pathlib import Path

from kpi.errors import Refused
from kpi.intake.readers import code_page

SAMPLE = 1 << 18
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
MAGIC = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"%PDF",
    b"\x7fELF",
    b"MZ",
    b"SQLite format 3",
    b"Rar!",
    b"7z\xbc\xaf",
    b"BM",
)
MARKS = set("–—‘’“”„…•€№™\u200c\u200e\u200f\ufeff")
HIGH = re.compile(rb"[\x80-\xff]")
# What text does not hold; some programs part cells by the separators 1 and 28 to 31.
CONTROL = bytes(set(range(32)) - set(b"\x01\t\n\r\f\x1a\x1b\x1c\x1d\x1e\x1f")) + b"\x7f"


def detect(path: Path) -> str:
    """The encoding of a text file as Python names it. Refused("file_binary") for what is no text at all."""
    with path.open("rb") as file:
        head = file.read(SAMPLE)
        if head.startswith(MAGIC):
            raise Refused("file_binary", file=path.name)
        for mark, name in BOMS:
            if head.startswith(mark):
                return name
        if b"\0" in head:
            return _wide(head, path.name)
        if len(head) > 0 and len(head) - len(head.translate(None, CONTROL)) > len(head) * 0.01:
            raise Refused("file_binary", file=path.name)
        if _is_utf8(file.fileno()):
            return "utf-8"
        sample = head if HIGH.search(head) else _beyond(file.fileno())
    best = "utf-8" if _nearly_utf8(sample) else code_page.detect(sample)
    if best is None:
        raise Refused("encoding_unknown", file=path.name)
    return best


def check(name: str, file: str) -> str:
    """A given encoding in Python's spelling; Refused where Python does not know it."""
    try:
        return codecs.lookup(name).name
    except LookupError as unknown:
        raise Refused("bad_option", option="--encoding", value=name, known="utf-8, cp1251, cp1256, …") from unknown


def _wide(head: bytes, file: str) -> str:
    """UTF-16 or UTF-32 without a mark: read that way, nearly all of it is letters of the scripts we know."""
    for name in ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be"):
        text = head[: len(head) // 4 * 4].decode(name, errors="replace")
        known = sum(c in "\t\r\n" or " " <= c <= "\u024f" or "\u0400" <= c <= "\u06ff" or c in MARKS for c in text)
        if known > 0.97 * len(text) and "\n" in text:
            return name
    raise Refused("file_binary", file=file)


def _nearly_utf8(data: bytes) -> bool:
    """UTF-8 with a few bytes broken, as where a text was cut in the middle of a letter."""
    text = data.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    return sum(char > "\x7f" for char in text) - broken > 10 * broken


def _beyond(handle: int) -> bytes:
    """The lines with letters outside ASCII of a file that begins without them."""
    with mmap.mmap(handle, 0, access=mmap.ACCESS_READ) as data:
        found, size = [], 0
        for match in re.finditer(rb"[^\r\n]{0,200}[\x80-\xff][^\r\n]{0,200}", data):
            found.append(match[0])
            size += len(match[0])
            if size > SAMPLE:
                break
        return b"\n".join(found)


def _is_utf8(handle: int) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with mmap.mmap(handle, 0, access=mmap.ACCESS_READ) as data:
        try:
            for start in range(0, len(data), 1 << 22):
                block = data[start : start + (1 << 22)]
                if not block.isascii() or decoder.getstate()[0]:  # plain ASCII needs no decoding
                    decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True
