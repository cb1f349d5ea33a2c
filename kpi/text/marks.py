"""Marks of translations: which English text each one translates, so that a changed text is found.

`python -m kpi.text.marks` stamps every empty mark; `--check` lists what is missing, stale, orphaned or has other
placeholders, and exits with 1. Files are edited line by line: the rest of each line stays as it is.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kpi.core import LANGUAGES
from kpi.text.locale import LOCALES, SOURCE, mark, read
from kpi.text.placeholders import names

DEFINITIONS = LOCALES.parent / "definitions"
OTHERS = tuple(lang for lang in LANGUAGES if lang != SOURCE)
_EMPTY = 'of = ""'
_SECTION = re.compile(r"^\[([\w.-]+)\]\s*$")
_ENTRY = re.compile(r"^([\w-]+)\s*=\s*\{\s*t\s*=")
_TABLE = re.compile(r"\{\s*en\s*=(?:[^\"{}]|\"(?:[^\"\\]|\\.)*\")*\}")


@dataclass(frozen=True)
class Finding:
    """One wrong entry: where it stands and what is wrong with it."""

    file: str
    key: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.what}"


# Language files


def stamp_locale(path: Path, english: dict[str, str]) -> int:
    """Stamp the empty marks of one language file; the number of entries stamped."""
    lines, section, count = path.read_text(encoding="utf-8").splitlines(keepends=True), "", 0
    for at, line in enumerate(lines):
        if head := _SECTION.match(line):
            section = head[1]
        elif (entry := _ENTRY.match(line)) and _EMPTY in line:
            source, text = english.get(f"{section}.{entry[1]}"), tomllib.loads(line)[entry[1]]
            if source and text["t"] and text.get("of") == "":
                start = line.rindex(_EMPTY)
                lines[at] = f'{line[:start]}of = "{mark(source)}"{line[start + len(_EMPTY) :]}'
                count += 1
    if count:
        path.write_text("".join(lines), encoding="utf-8")
    return count


def check_locale(lang: str, folder: Path) -> Iterator[Finding]:
    """What is wrong in one language file, beside English."""
    source, other, file = read(SOURCE, folder), read(lang, folder), f"{lang}.toml"
    for key in source.texts.keys() - other.texts.keys():
        yield Finding(file, key, "missing")
    for key in other.texts.keys() - source.texts.keys():
        yield Finding(file, key, "orphan: there is no such English text")
    for key in source.texts.keys() & other.texts.keys():
        yield from _compare(file, key, source.texts[key], other.texts[key], other.marks[key])


def _compare(file: str, key: str, english: str, text: str, of: str) -> Iterator[Finding]:
    if not text:
        yield Finding(file, key, "empty")
        return
    if not of:
        yield Finding(file, key, "no mark yet: run python -m kpi.text.marks")
    elif of != mark(english):
        yield Finding(file, key, f"stale: the English text is now {english!r}; translate it and set of to empty")
    if names(text) != names(english):
        yield Finding(file, key, f"placeholders {sorted(names(text))} are not {sorted(names(english))}")


# Definitions: { en = "…", fa = "…", uk = "…", of = "…" }, one line each


def stamp_definitions(path: Path) -> int:
    """Stamp the empty marks of the complete texts of one definition file; the number stamped."""
    count = 0

    def stamped(match: re.Match[str]) -> str:
        nonlocal count
        text = tomllib.loads(f"text = {match[0]}")["text"]
        if text.get("of") != "" or not all(text.get(lang) for lang in LANGUAGES):
            return match[0]
        count += 1
        start = match[0].rindex(_EMPTY)
        return f'{match[0][:start]}of = "{mark(text[SOURCE])}"{match[0][start + len(_EMPTY) :]}'

    before = path.read_text(encoding="utf-8")
    after = _TABLE.sub(stamped, before)
    if count:
        path.write_text(after, encoding="utf-8")
    return count


def _texts(block: object, path: str = "") -> Iterator[tuple[str, dict]]:
    if isinstance(block, dict):
        if SOURCE in block:
            yield path, block
            return
        for key, value in block.items():
            yield from _texts(value, f"{path}.{key}" if path else key)
    elif isinstance(block, list):
        for at, value in enumerate(block):
            name = value.get("kpi", at) if isinstance(value, dict) else at
            yield from _texts(value, f"{path}.{name}")


def check_definitions(path: Path) -> Iterator[Finding]:
    """What is wrong with the texts of one definition file."""
    for key, text in _texts(tomllib.loads(path.read_text(encoding="utf-8"))):
        missing = [lang for lang in OTHERS if not text.get(lang)]
        if missing:
            yield Finding(path.name, key, f"empty: {', '.join(missing)}")
            continue
        if not text.get("of"):
            yield Finding(path.name, key, "no mark yet: run python -m kpi.text.marks")
        elif text["of"] != mark(text[SOURCE]):
            yield Finding(path.name, key, f"stale: the English text is now {text[SOURCE]!r}")
        for lang in OTHERS:
            if names(text[lang]) != names(text[SOURCE]):
                yield Finding(path.name, key, f"placeholders of {lang} are not those of {SOURCE}")


def definition_files(folder: Path) -> list[Path]:
    """The definition files of a folder and its subfolders."""
    return sorted(folder.rglob("*.toml"))


def stamp(folder: Path = LOCALES, definitions: Path = DEFINITIONS) -> int:
    """Stamp every empty mark; the number of entries stamped."""
    english = read(SOURCE, folder).texts
    count = sum(stamp_locale(folder / f"{lang}.toml", english) for lang in OTHERS)
    return count + sum(stamp_definitions(path) for path in definition_files(definitions))


def check(folder: Path = LOCALES, definitions: Path = DEFINITIONS) -> list[Finding]:
    """All findings in the language files and the definitions, by file and key."""
    found = [finding for lang in OTHERS for finding in check_locale(lang, folder)]
    found += [finding for path in definition_files(definitions) for finding in check_definitions(path)]
    return sorted(found, key=lambda each: (each.file, each.key))


def main(arguments: list[str], folder: Path = LOCALES, definitions: Path = DEFINITIONS) -> int:
    """The command: 0 done or all in order, 1 findings, 2 unknown argument."""
    if arguments == ["--check"]:
        findings = check(folder, definitions)
        sys.stdout.writelines(f"{finding}\n" for finding in findings)
        return 1 if findings else 0
    if arguments:
        sys.stderr.write("usage: python -m kpi.text.marks [--check]\n")
        return 2
    sys.stdout.write(f"{stamp(folder, definitions)} marks stamped\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
