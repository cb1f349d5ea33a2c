"""What is looked for in the rows of a table: the conditions of definitions/findings.toml."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass

from kpi import model
from kpi.core import Text
from kpi.errors import BadDefinition
from kpi.quality.rules import FILE as RULES
from kpi.quality.rules import rules

FILE = "findings.toml"
# Looked for in every table; their conditions follow from the model.
EVERYWHERE = ("dated_ahead", "same_lines", "known_by_id_only", "reference_missing")
SEVERITIES = ("high", "medium", "low")


@dataclass(frozen=True)
class Check:
    """One thing that may be wrong with a row.

    about: a text with {n} and {of}; table, where: the rows it finds; given: over what was uploaded, before derived
    columns; columns: what is wrong in them; part: of the grade, or "none"; effect: key of `effects` in quality.toml.
    """

    code: str
    about: Text
    part: str
    severity: str
    effect: str
    table: str = ""
    where: str = ""
    given: bool = False
    columns: tuple[str, ...] = ()


@functools.cache
def checks() -> dict[str, Check]:
    """The conditions on rows by code. BadDefinition where one does not fit the model."""
    blocks = tomllib.loads((model.DEFINITIONS / FILE).read_text(encoding="utf-8"))
    found = {code: read(FILE, code, block) for code, block in blocks.items()}
    for code, check in found.items():
        if (code in EVERYWHERE) == bool(check.table) or (check.table and check.table not in model.tables()):
            raise BadDefinition(FILE, code, f"table {check.table!r} does not fit")
        unknown = set(check.columns) - set(model.table(check.table).fields if check.table else ())
        if unknown:
            raise BadDefinition(FILE, f"{code}.columns", f"{min(unknown)!r} is no column of {check.table!r}")
    return found


@functools.cache
def judgements() -> dict[str, Check]:
    """The findings that are no condition on one row: outliers, gaps, duplicates, unused tables."""
    return {code: read(RULES, f"findings.{code}", block) for code, block in rules().findings.items()}


def check_of(code: str) -> Check:
    """The check or judgement `code`."""
    return checks().get(code) or judgements()[code]


def read(file: str, code: str, block: dict) -> Check:
    """A check from its block; BadDefinition where part, severity or effect do not exist."""
    known = {"part": (*rules().parts, "none"), "severity": SEVERITIES, "effect": rules().effects}
    for key, words in known.items():
        if block.get(key) not in words:
            raise BadDefinition(file, f"{code}.{key}", f"{block.get(key)!r} is not known")
    values = block | {"about": Text(**block["about"]), "columns": tuple(block.get("columns", ()))}
    return Check(code.rpartition(".")[2], **values)
