"""How well files are read: `python -m tests.bench.corpora [--short] [--write]`.

Runs our reader, pandas, DuckDB's sniffer and clevercsv over the Pollock files (Vitagliano et al., "Pollock: a data loading
benchmark", 2023), whose clean versions are known, and our reader over every other corpus of broken files. The files lie in
../shared/data/messy beside the checkout. --write puts the tables into docs/import.md.
"""

from __future__ import annotations

import argparse
import re
import tarfile
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from kpi.errors import KpiError
from kpi.intake import readers
from kpi.intake.options import Options
from tests.bench import compared, watchdog
from tests.support import SHARED

MESSY = SHARED / "data" / "messy"
DOCS = Path(__file__).parents[2] / "docs" / "import.md"
BEGIN, END = "<!-- corpora: begin -->", "<!-- corpora: end -->"
KNOWN = {"pollock_polluted": "pollock_polluted_files", "pollock_survey_sample": "pollock_survey_sample"}
OTHERS = ("csv_corpora", "xlsx_corpora")
SHORT = 40  # of how many files one is taken in a short run
Job = tuple[str, str, str]  # reader, folder, name


@dataclass
class Score:
    """What one reader made of one corpus. families: right and all, by kind of defect; wrong: (file, notes)."""

    right: int = 0
    all: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter)
    families: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    wrong: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    but_totals: int = 0


def main() -> None:
    """Reads the corpora, prints the tables, writes them where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="a sample, for a quick look")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/import.md")
    given = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kpi-corpora-") as folder:
        lines = [*known_tables(Path(folder), given.short), "", *other_tables(Path(folder), given.short)]
    text = "\n".join(lines)
    print(text, f"\n{time.monotonic() - started:.0f} s")
    if given.write:
        page = DOCS.read_text(encoding="utf-8")
        before, _, rest = page.partition(BEGIN)
        _, _, after = rest.partition(END)
        DOCS.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


def unpack(archive: str, folder: Path) -> Path:
    """One archive of the corpora in a folder of its own."""
    target = folder / archive
    if not target.exists():
        with tarfile.open(MESSY / f"{archive}.tar.xz") as tar:
            tar.extractall(target, filter="data")
    return target


def compare(folder: Path, corpus: str, short: bool = False, who: tuple[str, ...] = ()) -> dict[str, Score]:
    """The score of each reader on a Pollock corpus."""
    base = unpack(corpus, folder) / KNOWN[corpus]
    names = sorted(path.name for path in (base / "csv").iterdir())
    if short:
        every = SHORT if len(names) > 500 else SHORT // 5
        names = [name for i, name in enumerate(names) if i % every == 0 or name.startswith("file_")]
    return {reader: _score(reader, base, names) for reader in who or tuple(compared.READERS)}


def load_all(folder: Path, archive: str, short: bool = False) -> Iterator[tuple[str, str, str, float]]:
    """(corpus, outcome, what, seconds) of every file: loaded, refused with its code, error, hang, crash."""
    base = unpack(archive, folder)
    paths = sorted(path for path in base.rglob("*") if path.is_file())
    for path, outcome, value in watchdog.each(_load, map(str, paths[:: SHORT // 4 if short else 1])):
        corpus = Path(path).relative_to(base).parts[0]
        if outcome == "done":
            kind, what, seconds = value
            yield corpus, kind, what, seconds
        else:
            yield corpus, outcome, str(Path(path).relative_to(base)), 0.0


def known_tables(folder: Path, short: bool) -> list[str]:
    """The tables of the corpora with known answers."""
    lines = []
    for corpus in KNOWN:
        scores = compare(folder, corpus, short)
        n = next(iter(scores.values())).all
        lines += [
            f"**{corpus}**, {n:,} files, read exactly right (every name and every cell):",
            "",
            f"| | {' | '.join(scores)} |",
            f"|---|{'---:|' * len(scores)}",
        ]
        if corpus == "pollock_polluted":
            for family, (_, every) in scores["ours"].families.items():
                right = [f"{score.families[family][0]:,}" for score in scores.values()]
                lines.append(f"| {family} ({every:,}) | {' | '.join(right)} |")
        shares = [f"**{score.right:,}** ({100 * score.right / score.all:.1f} %)" for score in scores.values()]
        stopped = [f"{s.outcomes['error']} / {s.outcomes['hang']} / {s.outcomes['crash']}" for s in scores.values()]
        lines += [
            f"| all | {' | '.join(shares)} |",
            f"| errors / hangs over {watchdog.SECONDS:.0f} s / crashes | {' | '.join(stopped)} |",
            f"| seconds a file, slowest | {' | '.join(f'{s.slowest:.1f}' for s in scores.values())} |",
            "",
            *_wrong(scores["ours"]),
            "",
        ]
    return lines[:-1]


def other_tables(folder: Path, short: bool) -> list[str]:
    """The table of the corpora without known answers: every file loads or gets a clear error."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    codes: Counter[str] = Counter()
    failed, slowest = [], defaultdict(float)
    for archive in OTHERS:
        for corpus, outcome, what, seconds in load_all(folder, archive, short):
            counts[corpus][outcome] += 1
            slowest[corpus] = max(slowest[corpus], seconds)
            if outcome == "refused":
                codes[what] += 1
            elif outcome != "loaded":
                failed.append(f"`{what}` ({outcome})")
    lines = [
        "**Other corpora**, every file loads or gets a clear error:",
        "",
        "| | files | loaded | refused | tracebacks | hangs | crashes | slowest, s |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for corpus, each in sorted(counts.items()):
        row = [each.total(), *(each[kind] for kind in ("loaded", "refused", "error", "hang", "crash"))]
        lines.append(f"| {corpus} | {' | '.join(f'{n:,}' for n in row)} | {slowest[corpus]:.1f} |")
    listed = ", ".join(f"`{code}` {n}" for code, n in codes.most_common())
    lines += ["", f"Refused with: {listed}."]
    return [*lines, "", f"Not read: {', '.join(failed)}."] if failed else lines


def _score(reader: str, base: Path, names: list[str]) -> Score:
    score = Score(all=len(names))
    for (_, _, name), outcome, value in watchdog.each(_read, [(reader, str(base), name) for name in names]):
        family = score.families[_family(name)]
        family[1] += 1
        right, told, but_totals, seconds = value if outcome == "done" else (False, (), False, 0.0)
        score.outcomes[outcome] += 1
        score.right += right
        family[0] += right
        score.seconds += seconds
        score.slowest = max(score.slowest, seconds)
        score.but_totals += but_totals
        if not right:
            score.wrong.append((name, told))
    return score


def _wrong(score: Score) -> list[str]:
    if not score.wrong:
        return []
    silent = [f"`{name}`" for name, told in score.wrong if not told]
    warned = len(score.wrong) - len(silent)
    text = (
        f"Ours read wrongly: {len(score.wrong)}; {warned} of them ({100 * warned / len(score.wrong):.0f} %) with a note"
    )
    if score.but_totals:
        text += f", {score.but_totals} only for a line of totals that is kept in the clean version and set aside here"
    text += f". Without a note: {', '.join(silent)}." if silent else "."
    noted = ", ".join(f"`{name}` ({', '.join(dict.fromkeys(told))})" for name, told in score.wrong if told)
    return [text, *(["", f"With a note: {noted}."] if noted else [])]


def _family(name: str) -> str:
    """The kind of defect a polluted file has."""
    if not name.startswith("row_"):
        return "whole file"
    return (
        re.sub(r"\d+.*", "", name.removeprefix("row_")).rstrip("_").removesuffix("_row").replace("_", " ") + ", one row"
    )


def _read(job: Job) -> tuple[bool, tuple[str, ...], bool, float]:
    reader, base, name = job
    started = time.monotonic()
    found = compared.READERS[reader](Path(base) / "csv" / name)
    seconds = time.monotonic() - started
    true = compared.truth(Path(base), name)
    right = compared.same(found, true)
    whole = replace(found, rows=[*found.rows, *found.totals])
    return right, found.told, not right and compared.same(whole, true), seconds


def _load(path: str) -> tuple[str, str, float]:
    started = time.monotonic()
    try:
        raws, _ = readers.read_each(Path(path), Options())
    except KpiError as refused:
        return "refused", refused.code, time.monotonic() - started
    for raw in raws:
        raw.close()
    return "loaded", str(len(raws)), time.monotonic() - started


if __name__ == "__main__":
    main()
