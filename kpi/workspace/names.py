"""Where workspaces live and what they may be called: a workspace is a folder under the home."""

from __future__ import annotations

import difflib
import os
import unicodedata
from pathlib import Path

from kpi.errors import Refused

DATABASE = "workspace.duckdb"
LONGEST = 64
SCRIPTS = ("LATIN ", "CYRILLIC ", "ARABIC ", "EXTENDED ARABIC-INDIC ", "ARABIC-INDIC ", "DIGIT ")
PUNCTUATION = " -_\u200c\u02bc"  # half-space (Persian) and modifier apostrophe (Ukrainian) are part of words
SAME = str.maketrans({"ي": "ی", "ك": "ک", "ى": "ی"})  # Arabic keyboards type other code points for the same letters


USUAL = Path(__file__).parents[2] / "data" / "workspaces"


def home(given: str | Path | None = None) -> Path:
    """The folder with the workspaces: `given`, else $KPI_HOME, else data/workspaces of this checkout."""
    chosen = given or os.environ.get("KPI_HOME") or USUAL
    return Path(chosen).expanduser().resolve()


def check_name(name: str) -> str:
    """`name` in its one stored form (trimmed, NFC, Persian letter forms); Refused where it cannot be a folder name."""
    clean = unicodedata.normalize("NFC", str(name)).translate(SAME).strip(" ")
    if not clean:
        raise Refused("workspace_name_empty")
    if len(clean) > LONGEST:
        raise Refused("workspace_name_long", longest=LONGEST, length=len(clean))
    bad = [c for c in clean if not _allowed(c)]
    if bad:
        raise Refused("workspace_name_letters", bad=" ".join(dict.fromkeys(map(_shown, bad))))
    if clean[0] in "-\u200c" or clean[-1] == "\u200c":
        raise Refused("workspace_name_letters", bad=_shown(clean[0]))
    return clean


def _allowed(character: str) -> bool:
    if character in PUNCTUATION:
        return True
    known = unicodedata.category(character) in ("Lu", "Ll", "Lo", "Lm", "Mn", "Nd")
    return known and (unicodedata.name(character, "").startswith(SCRIPTS) or unicodedata.category(character) == "Mn")


def _shown(character: str) -> str:
    return character if character.isprintable() else f"U+{ord(character):04X}"


def folder(root: Path, name: str) -> Path:
    """The folder of workspace `name` under `root`, whether it exists or not."""
    return root / check_name(name)


def names(root: Path) -> list[str]:
    """The workspaces that exist under `root`, sorted."""
    if not root.is_dir():
        return []
    return sorted(each.name for each in root.iterdir() if (each / DATABASE).is_file())


def missing(root: Path, name: str) -> Refused:
    """The error for a workspace that does not exist, naming the ones that look like it."""
    near = difflib.get_close_matches(name, names(root), n=3, cutoff=0.5)
    return Refused("workspace_missing_near" if near else "workspace_missing", name=name, near=", ".join(near))
