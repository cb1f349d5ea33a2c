"""How well columns are recognised: the recogniser untouched against the answer keys of tests/answers/mapping.

    python -m tests.bench.mapping [--write] [--wrong]

Needs the real files beside the checkout. --write puts the table into docs/import.md, --wrong lists what is not right.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kpi import model
from kpi.intake import Plan, inspect_each
from kpi.intake.remembered import MARK
from tests.support import SHARED

KEYS = Path(__file__).parents[1] / "answers" / "mapping"
DATA = SHARED / "data"
DOCS = Path(__file__).parents[2] / "docs" / "import.md"
BEGIN, END = "<!-- mapping: begin -->", "<!-- mapping: end -->"
ASKING = ("map ", "column ", "table", "shape")  # questions after which a column may go elsewhere
STATES = ("right", "asked", "wrong", "missed", "left", "misled")


@dataclass
class Score:
    """Counts of one file. right, asked, wrong, missed: of the columns that mean something in the model (`mappable`);
    left, misled: of those that mean nothing. faults: (column, expected, found) of all that is not right."""

    name: str
    right: int = 0
    asked: int = 0
    wrong: int = 0
    missed: int = 0
    left: int = 0
    misled: int = 0
    faults: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def mappable(self) -> int:
        """Columns that mean something in the model."""
        return self.right + self.asked + self.wrong + self.missed

    @property
    def unmappable(self) -> int:
        """Columns that mean nothing in it."""
        return self.left + self.misled


def keys() -> Iterator[tuple[str, str, dict]]:
    """(folder, file or file#sheet, block) of every answer key."""
    for path in sorted(KEYS.glob("*.toml")):
        for name, block in tomllib.loads(path.read_text("utf-8")).items():
            yield path.stem, name, block


def answers(text: str) -> set[str]:
    """The answers that count as right; "" for none."""
    return {each.strip() for each in text.split("|")}


def scores(short: bool = False) -> list[Score]:
    """One score per file, sheet or table of a database.

    short: of files whose names differ in digits only, such as one survey of many years, just the first two.
    """
    found = []
    plans: dict[Path, list[Plan]] = {}
    alike: Counter[tuple[str, str]] = Counter()
    for folder, name, block in keys():
        file, _, sheet = name.partition("#")
        alike[folder, re.sub(r"\d+", "#", name)] += 1
        if short and alike[folder, re.sub(r"\d+", "#", name)] > 2:
            continue
        path = next((DATA / folder).rglob(file))
        if path not in plans:
            plans[path] = inspect_each(None, [path])[0]
        plan = next((each for each in plans[path] if (each.sheet or "") == sheet or not sheet), None)
        found.append(judge(f"{folder}/{name}", plan, block["columns"]))
    return found


def judge(name: str, plan: Plan | None, columns: dict[str, str]) -> Score:
    """The plan of a file against its key."""
    score = Score(name)
    headers = (
        [each.name for each in plan.headers if MARK not in each.name]
        if plan
        else [each for each in columns if each != "*"]
    )
    for header in headers:
        accepted = answers(columns.get(header, columns.get("*", "")))
        got = places(plan, header) if plan else set()
        state = _state(accepted, got, plan, header)
        if state is None:
            continue
        setattr(score, state, getattr(score, state) + 1)
        if state not in ("right", "left"):
            score.faults.append((header, f"{state}: {' | '.join(sorted(accepted))}", ", ".join(sorted(got)) or "–"))
    return score


def places(plan: Plan, header: str) -> set[str]:
    """Every place where a column goes, by itself or by what is computed from it."""
    return {path for column, path, _, _ in plan.mapping() if column == header or column.startswith(header + MARK)}


def _state(accepted: set[str], got: set[str], plan: Plan | None, header: str) -> str | None:
    fits = bool(got & accepted) and all(path in accepted or _follows(path, accepted & got) for path in got)
    asked = plan is not None and asks(plan, header)
    if accepted == {""}:
        return "misled" if got and not asked else "left"
    if "" in accepted:
        return "wrong" if got and not fits and not asked else None
    if asked:
        return "asked"
    if not got:
        return "missed"
    return "right" if fits else "wrong"


def asks(plan: Plan, header: str) -> bool:
    """Whether an open question decides where this column goes."""
    for question in plan.questions:
        kind = question.about.partition(" ")[0]
        if question.about in ("table", "shape"):
            return True
        if kind == "column" and question.about.partition(" ")[2] == header:
            return True
        if kind == "map" and (header in question.answers or question.about.partition(" ")[2] in places(plan, header)):
            return True
    return False


def _follows(path: str, right: set[str]) -> bool:
    """Whether a further place of a column follows from a right one: who is named in a line gets a row."""
    table, _, name = path.partition(".")
    for each in right:
        owner, _, field_name = each.partition(".")
        refers = model.table(owner).fields[field_name].refers
        if table == (refers or owner) and name in ("name", "email", *model.table(table).key):
            return True
        if name_refers(path) == owner and field_name in (
            "name",
            "email",
        ):  # who is only named is pointed to by the name
            return True
        if path == "field_changes.old_value" and each == "field_changes.new_value":
            return True
        if refers and (table, name) == ("orders", field_name):
            return True
    return table == "surveys" and name != "score"  # an answer shares what its line says


def name_refers(path: str) -> str | None:
    """The table that a reference points to."""
    owner, _, name = path.partition(".")
    return model.table(owner).fields[name].refers


def table(found: list[Score]) -> str:
    """The scores as a table of Markdown, by folder and in total."""
    folders: dict[str, Score] = {}
    total = Score("**total**")
    for each in found:
        into = folders.setdefault(each.name.partition("/")[0], Score(each.name.partition("/")[0]))
        for state in STATES:
            for sum_ in (into, total):
                setattr(sum_, state, getattr(sum_, state) + getattr(each, state))
    lines = [
        "| data | columns with a meaning | right | asked | wrong | missed | columns without | wrongly mapped |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for each in (*folders.values(), total):
        cells = (each.mappable, each.right, each.asked, each.wrong, each.missed, each.unmappable, each.misled)
        lines.append(f"| {each.name} | {' | '.join(map(str, cells))} |")
    share = total.right / max(1, total.mappable)
    lines += ["", f"Right untouched: {share:.1%} of the columns that mean something in the model; {len(found)} tables."]
    return "\n".join(lines)


def write(text: str) -> None:
    """The table between its marks in docs/import.md."""
    whole = DOCS.read_text("utf-8")
    before, _, rest = whole.partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCS.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", "utf-8")


def main(argv: list[str]) -> None:
    """Prints the table; see the module."""
    found = scores()
    if "--wrong" in argv:
        for each in found:
            for column, expected, got in each.faults:
                print(f"{each.name:60} {column:40} {expected:50} got {got}")
    print(table(found))
    if "--write" in argv:
        write(table(found))


if __name__ == "__main__":
    main(sys.argv[1:])
