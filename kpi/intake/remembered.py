"""What this workspace confirmed before: the mappings of the imports that are loaded, by source and by column.

A source is known by its set of headers: next month's export of the same report has the same ones. What was loaded
from it goes first, before presets and names. A column of another file is remembered by its name and its table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from kpi import model
from kpi.intake.messages import Message, say
from kpi.intake.names import plain
from kpi.intake.options import Options
from kpi.workspace import Import, imports

MARK = " ▸ "  # in the names of columns that are computed beside those of the file
OLDEST = 200  # imports looked back


@dataclass(frozen=True)
class Place:
    """Where a column went: table, field, and for ids whether names stand for them ("name", "email", else "")."""

    table: str
    field: str
    form: str = ""

    @property
    def path(self) -> str:
        return f"{self.table}.{self.field}"


@dataclass(frozen=True)
class Memory:
    """What is remembered for one file.

    earlier: the latest import of the same source, None where there is none. places: plain header → where it went in
    that import. columns: table → plain header → where it went in imports of other sources, the latest first.
    disputed: plain header → paths between which imports of this source disagree. stages: (pipeline or "", stage, kind)
    in the order of that import.
    """

    earlier: Import | None = None
    places: Mapping[str, tuple[Place, ...]] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, tuple[tuple[tuple[Place, ...], Import], ...]]] = field(default_factory=dict)
    disputed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    stages: tuple[tuple[str, str, str], ...] = ()

    @property
    def why(self) -> Message:
        """The reason in words."""
        return as_in(self.earlier)


def as_in(earlier: Import | None) -> Message:
    """As in the import of a day."""
    at = earlier.imported_at if earlier else None
    return say("why_remembered", day=at.date().isoformat() if at else "", file=earlier.file if earlier else "")


def signature(headers: Iterable[str]) -> frozenset[str]:
    """What a source is known by: the set of its headers, however they are written."""
    return frozenset(plain(header) for header in headers if MARK not in header)


def known_headers(workspace: Any) -> frozenset[frozenset[str]]:
    """The sets of headers that were loaded."""
    return frozenset(signature(headers_of(each)) for each in _loaded(workspace))


def headers_of(made: Import) -> tuple[str, ...]:
    """The columns that the file of an import had."""
    mapped = [str(each["column"]) for each in made.mapping or ()]
    return tuple(dict.fromkeys([*mapped, *(made.unmapped or ())]))


def source(workspace: Any, headers: Iterable[str]) -> Import | None:
    """The latest import, not taken back, of a file with the same headers. None where nothing like it was loaded.

    headers: as in `Plan.headers`, in any order.
    """
    wanted = signature(headers)
    found = [each for each in _loaded(workspace) if signature(headers_of(each)) == wanted]
    return found[0] if found and wanted else None


def recall(workspace: Any, headers: Iterable[str]) -> Memory:
    """Everything that is remembered for a file with these headers. workspace None: nothing."""
    wanted = signature(headers)
    same, others = [], []
    for each in _loaded(workspace):
        (same if signature(headers_of(each)) == wanted else others).append(each)
    earlier = same[0] if same and wanted else None
    columns: dict[str, dict[str, list[tuple[tuple[Place, ...], Import]]]] = {}
    for each in others:
        for header, places in placed(each).items():
            if header in wanted:
                columns.setdefault(each.table, {}).setdefault(header, []).append((places, each))
    kept = {table: {header: tuple(found) for header, found in each.items()} for table, each in columns.items()}
    if earlier is None:
        return Memory(columns=kept)
    return Memory(earlier, placed(earlier), kept, _disputed(same), _stages(workspace, earlier))


def _stages(workspace: Any, earlier: Import) -> tuple[tuple[str, str, str], ...]:
    sql = (
        "SELECT coalesce(pipeline, ''), stage, kind FROM rows.stages WHERE _import = ? AND entity = 'opportunity' "
        "AND kind IS NOT NULL ORDER BY 1, position, _line"
    )
    return tuple(workspace.rows(sql, [earlier.id]))


def _loaded(workspace: Any) -> list[Import]:
    """Imports of files that count, the latest first."""
    if workspace is None:
        return []
    found = [each for each in imports(workspace) if each.undone_at is None and each.mapping]
    return found[::-1][:OLDEST]


def placed(made: Import) -> dict[str, tuple[Place, ...]]:
    """Plain header → where it went, without what follows by itself (the stub of a customer that an order names)."""
    by_column: dict[str, list[str]] = {}
    for each in made.mapping:
        by_column.setdefault(str(each["column"]), []).append(str(each["field"]))
    found = {}
    for header, paths in by_column.items():
        places = tuple(_place(path, paths) for path in paths if not _follows(path, paths, made.table))
        if places:
            found[plain(header)] = places
    return found


def _place(path: str, paths: list[str]) -> Place:
    table, _, name = path.partition(".")
    target = _refers(path)
    return Place(table, name, "name" if target and f"{target}.name" in paths else "")


def _follows(path: str, paths: list[str], main: str) -> bool:
    """Whether a mapping follows from another of the same column, or stands outside today's model."""
    table, _, name = path.partition(".")
    if table not in model.tables() or name not in model.table(table).fields:
        return True
    if table == "surveys" and main != "surveys":
        return name != "score"  # answers beside a record share what it says
    if (name,) == model.table(table).key:
        named = any(f"{table}.{each}" in paths for each in ("name", "email"))
        return named if table == main else len(paths) > 1
    target = _refers(path)
    if target and f"{target}.email" in paths:
        return True
    return table != main and name == "name" and any(_refers(other) == table for other in paths)


def _refers(path: str) -> str | None:
    table, _, name = path.partition(".")
    known = model.tables().get(table)
    return known.fields[name].refers if known and name in known.fields else None


def _disputed(same: list[Import]) -> dict[str, tuple[str, ...]]:
    """Columns that imports of one source took differently, where the latest did not follow a word of the user."""
    if len(same) < 2:
        return {}
    told = {plain(str(each["column"])) for each in same[0].mapping if each.get("confidence") == 1.0}
    told |= {plain(str(header)) for header in (same[0].options or {}).get("ignore", ())}
    found = {}
    latest = placed(same[0])
    for header, places in latest.items():
        answers = [tuple(each.path for each in places)]
        for other in same[1:]:
            before = placed(other).get(header)
            if before and (paths := tuple(each.path for each in before)) not in answers:
                answers.append(paths)
        if len(answers) > 1 and header not in told:
            found[header] = tuple(dict.fromkeys(path for paths in answers for path in paths))
    return found


def answers(earlier: Import) -> Options:
    """What was decided for an import, by the user or by its values: what a file of the same source falls back to."""
    given = earlier.options or {}
    styles = [fill.get("style") or {} for target in (earlier.plan or {}).get("targets", ()) for fill in target["fills"]]
    orders = {each["order"] for each in styles if each.get("kind") == "strptime" and not each.get("months")}
    if any(each.get("kind") == "jalali" for each in styles):
        orders.add("jalali")
    decimals = {each["decimal"] for each in styles if "decimal" in each}
    return Options(
        maps=tuple((t, f, c) for t, f, c in map(tuple, given.get("maps", ())) if not c),
        sets=tuple(map(tuple, given.get("sets", ()))),  # type: ignore[arg-type]
        words=tuple(map(tuple, given.get("words", ()))),  # type: ignore[arg-type]
        missing=tuple(map(tuple, given.get("missing", ()))),  # type: ignore[arg-type]
        ignore=tuple(given.get("ignore", ())),
        shape=given.get("shape"),
        dates=given.get("dates") or (orders.pop() if len(orders) == 1 else None),
        decimal=given.get("decimal") or (decimals.pop() if len(decimals) == 1 else None),
    )


def with_words(workspace: Any, options: Options, path: str) -> Options:
    """The options with the words of `table.field` that were given for any earlier import, the latest first."""
    said = options.meanings(path).keys()
    earlier = {
        plain(each[1]): tuple(each)
        for made in reversed(_loaded(workspace))
        for each in (made.options or {}).get("words", ())
        if each[0] in (path, path.partition(".")[2])
    }
    return replace(options, words=(*options.words, *(each for word, each in earlier.items() if word not in said)))


def settled(options: Options, memory: Memory) -> Options:
    """The options with what was given for an earlier import of the source, where they do not say otherwise."""
    if memory.earlier is None:
        return options
    before = answers(memory.earlier)
    named = {each[:2] for each in options.maps}
    fields = {each[:2] for each in options.sets}
    words = {each[:2] for each in options.words}
    missing = {each[:2] for each in options.missing}
    mapped = {plain(column) for _, _, column in options.maps}
    return replace(
        options,
        maps=(*options.maps, *(each for each in before.maps if each[:2] not in named)),
        sets=(*options.sets, *(each for each in before.sets if each[:2] not in fields)),
        words=(*options.words, *(each for each in before.words if each[:2] not in words)),
        missing=(*options.missing, *(each for each in before.missing if each[:2] not in missing)),
        stages=options.stages or memory.stages,
        shape=options.shape or before.shape,
        ignore=(*options.ignore, *(h for h in before.ignore if plain(h) not in mapped and h not in options.ignore)),
    )
