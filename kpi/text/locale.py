"""One language file: its texts, the marks of the English they translate, and how it writes numbers and dates."""

from __future__ import annotations

import functools
import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LOCALES = Path(__file__).parents[1] / "locales"
SOURCE = "en"


@dataclass(frozen=True)
class Locale:
    """texts: by dotted key; marks: the `of` of each translation (none for English); meta: the forms of the language."""

    lang: str
    meta: dict
    texts: dict[str, str]
    marks: dict[str, str]


def mark(english: str) -> str:
    """What a translation carries to say which English text it translates: 6 hex digits of its SHA-1."""
    return hashlib.sha1(english.encode(), usedforsecurity=False).hexdigest()[:6]


def _leaves(block: dict, prefix: str = "") -> Iterator[tuple[str, str, str]]:
    for key, value in block.items():
        path = f"{prefix}{key}"
        if isinstance(value, str):
            yield path, value, ""
        elif "t" in value:
            yield path, value["t"], value.get("of", "")
        else:
            yield from _leaves(value, f"{path}.")


def read(lang: str, folder: Path = LOCALES) -> Locale:
    """The language file `<lang>.toml` of `folder`."""
    content = tomllib.loads((folder / f"{lang}.toml").read_text(encoding="utf-8"))
    meta = content.pop("meta")
    leaves = list(_leaves(content))
    return Locale(lang, meta, {key: text for key, text, _ in leaves}, {key: of for key, _, of in leaves})


@functools.cache
def locale(lang: str) -> Locale:
    """The shipped language `lang`, read once."""
    return read(lang)
