"""Sheets of KPI values: a column per KPI, a line per KPI with months as columns, or a line per KPI and period.

All three become lines of `kpi_values` with the ids of the KPIs, before anything is mapped. The step is recorded in
Format.reshape like the others of reshape.py: {"kpis": {"kind", "period", "columns" or "kpi" and "value", "names",
"unknown", "percent"}}. What names no KPI is asked where a name is near, else set aside with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from kpi.core import Kpi
from kpi.intake import lexicon, numbers, periods
from kpi.intake import raw as raws
from kpi.intake.guesses import Guess
from kpi.intake.kpi_names import PATH, names_of, near
from kpi.intake.messages import say
from kpi.intake.names import plain
from kpi.intake.options import Options
from kpi.intake.profile import ASCII, Column
from kpi.intake.raw import Broken, Raw, cell

TABLE = "kpi_values"
KPI, START, END, VALUE, SOURCE = "kpi_id", "period_start", "period_end", "value", "source"
DAY = timedelta(days=1)
Step = dict[str, Any]
Months = Sequence[
    tuple[int, tuple[str, str]]
]  # (column, (first day, day after the last)) of columns named after months


def find(
    columns: tuple[Column, ...], months: Months, kpis: Mapping[str, Kpi], title: str, options: Options
) -> Step | None:
    """The step that makes `columns` lines of KPI values; None where they are something else.

    title: of the file or sheet, which stands as the source of values that name none. options: with what the user said
    of names that are no KPI's.
    """
    told = {word: id_ for word, id_ in options.meanings(PATH).items() if id_ in kpis}
    limits, names = lexicon.limits("kpis"), names_of(kpis) | told
    if options.table == TABLE:  # said by the user: then few known names are enough
        limits = {**limits, "named": 0.0, "wide": 0.0}
    found = _months(columns, months, names, limits) or _lines(columns, names, limits) or _wide(columns, names, limits)
    if found is None:
        return None
    used = set(found["names"].values())
    return {"kpis": found | {"percent": sorted(id_ for id_ in used if kpis[id_].unit == "percent"), "source": title}}


def apply(raw: Raw, step: Step) -> Raw:
    """`raw` as lines of KPI values; lines that name no known KPI are set aside with the reason."""
    block = step["kpis"]
    listed = ", ".join(cell(i) for i in range(len(raw.headers)))
    rows = raw.query(f"SELECT {raw.line}, {listed} FROM raw ORDER BY rowid")
    headers, lines, broken = _SHAPES[block["kind"]](raw, block, rows)
    lines = list(_in_percent(lines, set(block["percent"])))
    if SOURCE not in {plain(header) for header in headers}:
        headers, lines = (*headers, SOURCE), [(line, [*cells, block["source"]]) for line, cells in lines]
    done = raws.from_rows(headers, raw.format, iter(lines))
    done.broken = tuple(sorted((*raw.broken, *broken), key=lambda each: each.line))
    note = say("kpi_sheet", n=len({cells[0] for _, cells in lines}), lines=len(lines))
    unknown = (say("kpi_sheet_unknown", names=", ".join(block["unknown"])),) if block.get("unknown") else ()
    done.notes = (*raw.notes, note, *unknown)
    raw.close()
    return done


def known_as(columns: tuple[Column, ...]) -> tuple[Guess, ...]:
    """The columns that `apply` made, as the fields they are."""
    why = (say("why_kpi_sheet"),)
    forms = {KPI: "id", START: "", END: "", VALUE: "", SOURCE: ""}
    return tuple(Guess(c.index, TABLE, c.header, 0.99, why, forms[c.header]) for c in columns if c.header in forms)


def _months(columns: tuple[Column, ...], months: Months, names: Mapping[str, str], limits: Mapping) -> Step | None:
    """A line per KPI, a column per month."""
    if not months:
        return None
    taken = {i for i, _ in months}
    for column in columns:
        if column.index not in taken and (known := _known(column, names, limits)):
            return {
                "kind": "months",
                "kpi": column.index,
                "columns": [[i, *span] for i, span in months],
                "names": known,
                "unknown": _unknown(column.values, known),
            }
    return None


def _lines(columns: tuple[Column, ...], names: Mapping[str, str], limits: Mapping) -> Step | None:
    """A line per KPI and period."""
    phrases = lexicon.names()[TABLE].phrases
    called = {c.index: phrases[c.plain][0] for c in columns if c.plain in phrases}
    for column in columns:
        told = called.get(column.index) == KPI
        known = _known(column, names, {**limits, "named": 0.0} if told else limits)
        if not known or not (told or {START, VALUE} <= set(called.values())):  # survey types are names of KPIs, too
            continue
        rest = [c for c in columns if c.index != column.index]
        period = _period(rest, called, limits)
        numeric = [c for c in rest if c is not period and c.filled and c.number >= limits["numbers"]]
        value = next((c for c in numeric if called.get(c.index) == VALUE), numeric[0] if len(numeric) == 1 else None)
        if period and value:
            end = next((c.index for c in rest if called.get(c.index) == END), None)
            return {
                "kind": "lines", "kpi": column.index, "period": period.index, "end": end, "value": value.index,
                "names": known, "unknown": _unknown(column.values, known),
            }  # fmt: skip
    return None


def _wide(columns: tuple[Column, ...], names: Mapping[str, str], limits: Mapping) -> Step | None:
    """A line per period, a column per KPI: nearly all other columns are called like KPIs, no period stands twice.

    Days that come as they please are those of answers or orders, not periods.
    """
    period = _period(list(columns), {}, limits)
    if period is None or period.uniqueness < 1.0 or not _regular(period, limits):
        return None
    rest = [c for c in columns if c is not period and c.filled]
    held = [c for c in rest if c.plain in names and c.number >= limits["numbers"]]
    figures = lexicon.names()["finance_periods"].phrases
    finance = [c for c in rest if c.plain in figures]
    if not held or len(finance) >= len(held) or len({names[c.plain] for c in held}) < len(held):
        return None
    missing = limits["wide"] * len(rest) - len(held)
    if missing > 0 and missing > sum(bool(near(c.header, names)) for c in rest if c not in held):
        return None
    found = {c.plain: names[c.plain] for c in held}
    kept = [c for c in rest if c in held or c.number >= limits["numbers"]]
    return {
        "kind": "wide", "period": period.index, "columns": [[c.index, c.header] for c in kept],
        "names": found, "unknown": _unknown([c.header for c in rest], found),
    }  # fmt: skip


def _unknown(said: Iterable[str], known: Mapping[str, str]) -> list[str]:
    """The names, as they are written, that are no KPI's."""
    return list(dict.fromkeys(name for name in said if plain(name) not in known))


def _known(column: Column, names: Mapping[str, str], limits: Mapping) -> dict[str, str]:
    """The names of KPIs in a column: {plain name: id}; {} where most of its values are something else."""
    values = {plain(value) for value in column.values}
    known = {value: names[value] for value in values if value in names}
    return known if known and len(known) >= limits["named"] * len(values) else {}


def _period(columns: Sequence[Column], called: Mapping[int, str], limits: Mapping) -> Column | None:
    """The column that says which period a line is of."""
    fitting = [c for c in columns if c.values and called.get(c.index) != END and _dated(c) >= limits["dated"]]
    return next((c for c in fitting if called.get(c.index) == START), fitting[0] if fitting else None)


def _dated(column: Column) -> float:
    return max(_named_periods(column), column.date)


def _named_periods(column: Column) -> float:
    return sum(periods.of(value) is not None for value in column.values) / max(1, len(column.values))


def _regular(column: Column, limits: Mapping) -> bool:
    """Whether the cells are periods, or days at the pace of days or weeks, or first or last days of months."""
    if _named_periods(column) >= limits["dated"] or _pace(column.values):
        return True
    days = [day for text in column.values if (day := _day(text))]
    return len(days) == len(column.values) and all(day.day == 1 or (day + DAY).day == 1 for day in days)


def _wide_rows(raw: Raw, block: Step, rows: list[tuple]) -> tuple[tuple[str, ...], Iterator, list[Broken]]:
    at, step = block["period"], _pace([row[1 + block["period"]] for row in rows])
    ids = [(i, name, block["names"].get(plain(name))) for i, name in block["columns"]]
    broken = [
        Broken(line, f"{cells[at]},{cells[i]}", say("unknown_kpi", name=name))
        for line, *cells in rows
        for i, name, id_ in ids
        if not id_ and cells[i]
    ]

    def lines() -> Iterator[tuple[int, list[str | None]]]:
        for line, *cells in rows:
            start, end = _span(cells[at], step)
            for i, _, id_ in ids:
                if id_ and cells[i]:
                    yield line, [id_, start, end, cells[i]]

    return (KPI, START, END, VALUE), lines(), broken


def _month_rows(raw: Raw, block: Step, rows: list[tuple]) -> tuple[tuple[str, ...], Iterator, list[Broken]]:
    good, broken = _named(raw, block, rows)

    def lines() -> Iterator[tuple[int, list[str | None]]]:
        for line, id_, cells in good:
            for i, start, end in block["columns"]:
                if cells[i]:
                    yield line, [id_, start, end, cells[i]]

    return (KPI, START, END, VALUE), lines(), broken


def _line_rows(raw: Raw, block: Step, rows: list[tuple]) -> tuple[tuple[str, ...], Iterator, list[Broken]]:
    good, broken = _named(raw, block, rows)
    roles = [block["kpi"], block["period"], block["value"]]
    others = [i for i in range(len(raw.headers)) if i not in (*roles, block["end"])]
    step = _pace([cells[block["period"]] for _, _, cells in good])

    def lines() -> Iterator[tuple[int, list[str | None]]]:
        for line, id_, cells in good:
            start, end = _span(cells[block["period"]], step)
            end = cells[block["end"]] if block["end"] is not None else end
            yield line, [id_, start, end, cells[block["value"]], *(cells[i] for i in others)]

    return (KPI, START, END, VALUE, *(raw.headers[i] for i in others)), lines(), broken


_SHAPES = {"wide": _wide_rows, "months": _month_rows, "lines": _line_rows}


def _named(raw: Raw, block: Step, rows: list[tuple]) -> tuple[list[tuple[int, str, list]], list[Broken]]:
    """The lines with the ids of their KPIs, and those that name none we know."""
    good, broken = [], []
    for line, *cells in rows:
        name = cells[block["kpi"]]
        id_ = block["names"].get(plain(name or ""))
        if id_:
            good.append((line, id_, cells))
        elif any(cells):
            broken.append(Broken(line, ",".join(c or "" for c in cells), say("unknown_kpi", name=name or "–")))
    return good, broken


def _span(text: str | None, step: int | None) -> tuple[str | None, str | None]:
    """First day and day after the last of the period that a cell names; step: days between neighbouring lines."""
    period = periods.of(text) if text else None
    if period and period.year:
        return period.start(), period.end()
    day = _day(text)
    return text, date.fromordinal(day.toordinal() + step).isoformat() if day and step else None


def _pace(cells: Sequence[str | None]) -> int | None:
    """1 or 7 where the days of a column come every day or every week, else None."""
    days = sorted({day.toordinal() for text in cells if (day := _day(text))})
    gaps = {b - a for a, b in zip(days, days[1:], strict=False)}
    return gaps.pop() if len(gaps) == 1 and gaps <= {1, 7} else None


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "").translate(ASCII)[:10])
    except ValueError:
        return None


def _in_percent(lines: Iterator[tuple[int, list[str | None]]], percent: set[str]) -> Iterator[tuple[int, list]]:
    """Percent KPIs written as 4.5 for 4.5 %: where no cell of the KPI has the sign and one is above 1.5, all get it."""
    held = list(lines)
    bare = set()
    for id_ in percent:
        cells = [cells[3] or "" for _, cells in held if cells[0] == id_]
        sizes = [abs(x) for text in cells if (x := numbers.rough(text)) is not None]
        if (
            not any("%" in text or "٪" in text for text in cells)
            and max(sizes, default=0.0) > lexicon.limits("kpis")["percent"]
        ):
            bare.add(id_)
    for line, cells in held:
        yield line, [*cells[:3], f"{cells[3]}%" if cells[0] in bare and cells[3] else cells[3], *cells[4:]]
