"""Made-up exports of systems that the recogniser was not built on: typical headers, plausible values, and what they mean.

A column is (header, kind of value, answer): the answer as in tests/answers/mapping ("a | b", "" for nothing).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.intake_files import write_csv

N = 80
Cell = Callable[[int], object]
NAMES = ("Ann Lee", "Bo Ray", "Cy Fox", "Di Poe", "Ed Orr")
UKRAINIAN = ("Олена Коваль", "Петро Бондар", "Ганна Біла", "Іван Мельник")
RUSSIAN = ("Анна Белова", "Пётр Чернов", "Ольга Седова", "Иван Орлов")
PERSIAN = ("سارا احمدی", "رضا کریمی", "مریم رضایی", "علی مرادی")


def pick(*values: object) -> Cell:
    return lambda i: values[(i * 7 + i // 3) % len(values)]


def form(text: str) -> Cell:
    return lambda i: text.format(i=i, d=1 + i % 28, m=1 + i % 12, s=i % 9, h=i % 24, n=i * 37 % 1000, p=i * 13 % 89)


KINDS: dict[str, Cell] = {
    "id": form("{i}"),
    "long": form("8{i:09d}"),
    "code": form("INV-{i:05d}"),
    "uuid": form("a1b2c3d4-0000-4000-8000-{i:012d}"),
    "few": form("77{s}"),
    "third": lambda i: f"O{i // 3:04d}",
    "sku": form("SKU-{s}"),
    "product": form("Chair model {s}"),
    "company": form("Acme {s} Ltd"),
    "org": form("ТОВ Ромашка {s}"),
    "ooo": form("ООО Вектор {s}"),
    "شرکت": form("شرکت نمونه {s}"),
    "title": form("Deal about chairs {i}"),
    "sentence": form("Please call me back about order {i}, it is late"),
    "person": form("Ann{i} Smith{i}"),
    "first": form("Ann{s}"),
    "last": form("Smith{i}"),
    "rep": pick(*NAMES),
    "uk rep": pick(*UKRAINIAN),
    "ru rep": pick(*RUSSIAN),
    "fa rep": pick(*PERSIAN),
    "email": form("user{i}@example.com"),
    "few email": form("user{s}@example.com"),
    "phone": form("+38050{i:07d}"),
    "money": form("{n}.50"),
    "big": form("{n}000"),
    "comma": form("{n},50"),
    "small": form("{p}.25"),
    "count": lambda i: 1 + i % 5,
    "percent": pick(10, 25, 50, 75),
    "date": form("2024-{m:02d}-{d:02d}"),
    "time": form("2024-{m:02d}-{d:02d} {h:02d}:15:00"),
    "iso": form("2024-{m:02d}-{d:02d}T{h:02d}:15:00Z"),
    "later": form("2024-{m:02d}-{d:02d} 23:30:00"),
    "us": form("{m:02d}/{d:02d}/2024"),
    "dots": form("{d:02d}.{m:02d}.2024"),
    "dots time": form("{d:02d}.{m:02d}.2024 {h:02d}:15"),
    "jalali": form("1403/{m:02d}/{d:02d}"),
    "country": pick("Ukraine", "Poland", "Iran", "Germany"),
    "city": pick("Kyiv", "Lviv", "Odesa", "Dnipro"),
    "zip": form("{i:05d}"),
    "currency": pick("USD", "EUR"),
    "url": form("https://example.com/x/{i}"),
    "yes": pick("Yes", "No"),
    "flag": pick("true", "false"),
    "minutes": form("{n}"),
    "clock": form("00:{d:02d}:{p:02d}".replace("{p:02d}", "15")),
    "empty": lambda i: "",
    "note": form("see the note of line {i} for all that was said"),
}


@dataclass(frozen=True)
class Made:
    """One export. columns: (header, kind of value or words to pick from, answer)."""

    system: str
    file: str
    table: str
    columns: tuple[tuple[str, str | tuple[object, ...], str], ...]
    delimiter: str = ","

    def write(self, folder: Path) -> Path:
        """The file with its rows."""
        cells = [KINDS[kind] if isinstance(kind, str) else pick(*kind) for _, kind, _ in self.columns]
        rows = [[cell(i) for cell in cells] for i in range(N)]
        return write_csv(folder / self.file, [header for header, _, _ in self.columns], rows, self.delimiter)


def made(system: str, file: str, table: str, text: str, delimiter: str = ",") -> Made:
    """From lines `header | kind or words, separated by commas | answer`; the answer without its table means `table`."""
    columns = []
    for line in filter(None, (each.strip() for each in text.splitlines())):
        header, kind, *answers = (part.strip() for part in line.split("|"))
        places = [a if not a or "." in a else f"{table}.{a}" for a in answers or [""]]
        given = tuple(w.strip() for w in kind.split(",")) if kind not in KINDS else kind
        columns.append((header, given, " | ".join(places)))
    return Made(system, file, table, tuple(columns), delimiter)
