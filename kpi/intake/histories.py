"""Event logs: a file with several lines per ticket, deal or visit, each with a state and the time it was entered.

Found by an id that comes several times with times that rise and a state that changes. Columns are computed beside those
of the file (their names end with one of the MARKS): the first time of each record, the state before, the time of the
change that solved or closed it. From them come the record itself and the history of its states.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from kpi import model
from kpi.intake import date_style, dates, lexicon
from kpi.intake.date_style import DateStyle
from kpi.intake.guesses import Guess, match, strip
from kpi.intake.layers import CELL, Layers
from kpi.intake.messages import Message, say
from kpi.intake.names import plain, quote
from kpi.intake.options import Options
from kpi.intake.plan import Fill, Question, Target
from kpi.intake.profile import Column
from kpi.intake.raw import Raw, cell
from kpi.intake.remembered import MARK

FIRST, BEFORE, CHANGED, LAST, SOLVED, CLOSED = (
    f"{MARK}{word}" for word in ("first", "before", "changed", "last", "solved", "closed")
)
RECORDS = ("tickets", "opportunities", "web_visits")
ENDS = {"tickets": "tickets.status", "opportunities": "stages.kind"}  # whose words end a record
SURE_NAME = 0.8


@dataclass(frozen=True)
class Log:
    """Columns of an event log: id of the record, time, state. table: what the records are. rising: share of lines of
    one record whose time does not fall."""

    table: str
    key: int
    time: int
    state: int
    rising: float

    def step(self) -> str:
        """For Format.reshape."""
        return json.dumps({"log": [self.table, self.key, self.time, self.state]})


def find(raw: Raw, columns: tuple[Column, ...], options: Options, title: str) -> Log | None:
    """The event log that a file is, None where it is none."""
    if options.shape not in (None, "log"):
        return None
    states = [c for c in columns if _is_state(c)]
    times = [c for c in columns if c.date >= SURE_NAME]
    for key, table in _keys(columns, states, title):
        if options.table not in (None, table, _history(table)):
            continue
        for state in (c for c in states if c.index != key.index):
            for time in times:
                found = _test(raw, columns, table, key, time, state, options)
                if found:
                    return found
    return None


def _is_state(column: Column) -> bool:
    """Whether the name says state or activity and the values are few."""
    limits = lexicon.limits("log")
    words = column.plain.split()
    few = column.distinct <= limits["states"] and column.filled > column.distinct
    ids = lexicon.shared()["id_words"]
    return few and column.date < 0.5 and any(word in limits["state"] for word in words if word not in ids)


def _keys(columns: tuple[Column, ...], states: list[Column], title: str) -> list[tuple[Column, str]]:
    """(id that comes several times, what it is the id of), the surest first."""
    repeated = lexicon.limits("log")["repeated"]
    ids = (*lexicon.shared()["id_words"], *lexicon.shared()["id_alone"])
    found = []
    for column in columns:
        if (
            not column.distinct
            or column.filled < repeated * column.distinct
            or column.distinct < 2
            or column.date > 0.5
        ):
            continue
        for table in RECORDS if states else ():
            words = lexicon.names()[table].words
            rests = [rest for word in words if (rest := strip(column.plain, word)) is not None]
            if any(rest == "" or rest in ids for rest in rests):
                found.append((0, column, table))
            elif column.plain in ids and (_named(table, *(each.plain for each in states)) or _called(table, title)):
                found.append((1, column, table))
    return [(column, table) for _, column, table in sorted(found, key=lambda each: (each[0], each[1].index))]


def _named(table: str, *names: str) -> bool:
    words = lexicon.names()[table].words
    return any(f" {word} " in f" {name} " for word in words for name in names)


def _called(table: str, title: str) -> bool:
    name = f" {plain(title)} "
    return any(f" {word} " in name for word in (*lexicon.names()[table].files, *lexicon.names()[table].words))


def _test(
    raw: Raw, columns: tuple[Column, ...], table: str, key: Column, time: Column, state: Column, options: Options
) -> Log | None:
    """The log, where time and state differ within the records and the times rise."""
    limits = lexicon.limits("log")
    k, t, s = f"c{key.index}", f"c{time.index}", f"c{state.index}"
    several, times, states = raw.query(
        f"SELECT count(*), count(*) FILTER (t > 1), count(*) FILTER (s > 1) FROM (SELECT count(*) AS n, "
        f"count(DISTINCT {t}) AS t, count(DISTINCT {s}) AS s FROM raw WHERE {k} IS NOT NULL GROUP BY {k}) WHERE n > 1"
    )[0]
    if not several or times < limits["varies"] * several or states < limits["varies"] * several:
        return None
    _moments(raw, time, options)
    pairs, up = raw.query(
        f"SELECT count(*), count(*) FILTER (moment >= earlier) FROM (SELECT moment, lag(moment) OVER "
        f"(PARTITION BY {k} ORDER BY row) AS earlier FROM raw JOIN moments ON raw.rowid = moments.row "
        f"WHERE {k} IS NOT NULL) WHERE earlier IS NOT NULL AND moment IS NOT NULL"
    )[0]
    return Log(table, key.index, time.index, state.index, up / pairs if pairs else 0.0)


def _moments(raw: Raw, column: Column, options: Options) -> None:
    """Table `moments`: row, and the time of the column in it as a timestamp that can be compared."""
    style = dates.decide(raw, column, options.dates).style or DateStyle("iso")
    layers = Layers()
    text = layers.add(CELL, cell(column.index))
    value = date_style.read(style, text, "UTC", layers, date_style.shapes(raw, column.index, style))
    made = layers.sql("(SELECT *, rowid FROM raw)", "rowid AS row")
    raw.query(f"CREATE OR REPLACE TABLE moments AS SELECT row, {value} AS moment FROM ({made})")


def asks(log: Log, columns: tuple[Column, ...], options: Options) -> list[Question]:
    """The question whether the lines are events, where the times do not rise clearly."""
    if options.shape == "log" or log.rising >= lexicon.limits("log")["rising"]:
        return []
    text = say("ask_log", column=columns[log.key].header, time=columns[log.time].header)
    return [Question(text, "--shape log|as_is", "shape", ("log", "as_is"))]


def add(raw: Raw, columns: tuple[Column, ...], log: Log, options: Options) -> Raw:
    """`raw` with the computed columns at the end."""
    raw = raw.settle()
    _moments(raw, columns[log.time], options)
    k, t, s = f"c{log.key}", f"c{log.time}", f"c{log.state}"
    order = f"(PARTITION BY {k} ORDER BY moment, row)"
    width = len(raw.headers)
    time, state = columns[log.time].header, columns[log.state].header
    made = {
        time + FIRST: f"first_value({t}) OVER {order}",
        state + BEFORE: f"lag({s}) OVER {order}",
        state + CHANGED: f"CASE WHEN lag({s}) OVER {order} IS DISTINCT FROM {s} THEN {s} END",
        state + LAST: f"last_value({s}) OVER (PARTITION BY {k} ORDER BY moment, row ROWS BETWEEN UNBOUNDED PRECEDING "
        "AND UNBOUNDED FOLLOWING)",
    }
    for mark, words in _ends(raw, log, options).items():
        if words:
            listed = ", ".join(map(quote, words))
            done = f"coalesce({s} IN ({listed}), false)"
            over = f"(PARTITION BY {k} ORDER BY moment DESC, row DESC)"
            made[time + mark] = f"CASE WHEN min(CASE WHEN {done} THEN 1 ELSE 0 END) OVER {over} = 1 THEN {t} END"
    listed = ", ".join(f"{sql} AS c{width + i}" for i, sql in enumerate(made.values()))
    kept = ", ".join(f"c{i}" for i in range(width))
    raw.query(
        f"CREATE TABLE log AS SELECT line, row AS r, {kept}, {listed} FROM (SELECT *, {raw.line} AS line, rowid AS row "
        "FROM raw) JOIN moments USING (row)"
        if raw.line != "line"
        else f"CREATE TABLE log AS SELECT line, row AS r, {kept}, {listed} FROM (SELECT *, rowid AS row FROM raw) "
        "JOIN moments USING (row)"
    )
    ends = {f"c{width + i}" for i, name in enumerate(made) if name.endswith((SOLVED, CLOSED))}
    finals = ", ".join(
        f"first_value({c} IGNORE NULLS) OVER (PARTITION BY {k} ORDER BY r ROWS BETWEEN UNBOUNDED PRECEDING AND "
        f"UNBOUNDED FOLLOWING) AS {c}"
        if c in ends
        else c
        for c in (f"c{width + i}" for i in range(len(made)))
    )
    raw.query("DROP TABLE raw")
    raw.query(f"CREATE TABLE raw AS SELECT line, {kept}, {finals} FROM log ORDER BY r")
    raw.query("DROP TABLE log")
    raw.query("DROP TABLE moments")
    raw.headers, raw.line = (*raw.headers, *made), "line"
    raw.format = replace(raw.format, reshape=log.step())
    return raw


def _ends(raw: Raw, log: Log, options: Options) -> dict[str, list[str]]:
    """The words of the file that end a record: solved or closed."""
    path = ENDS.get(log.table)
    if path is None:
        return {}
    known = lexicon.words(path) | options.meanings(path)
    words = [word for (word,) in raw.query(f"SELECT DISTINCT c{log.state} FROM raw WHERE c{log.state} IS NOT NULL")]
    meaning = {word: known.get(plain(word)) for word in words}
    if log.table == "opportunities":
        return {CLOSED: sorted(word for word, value in meaning.items() if value in ("won", "lost"))}
    return {
        SOLVED: sorted(word for word, value in meaning.items() if value in ("resolved", "closed")),
        CLOSED: sorted(word for word, value in meaning.items() if value == "closed"),
    }


def forced(log: Log, columns: tuple[Column, ...], table: str) -> tuple[Guess, ...]:
    """What the columns of a log are for lines that are rows of `table`: with `add` the computed ones too."""
    history = _history(log.table)
    if table != (history or log.table):
        return ()
    why = (say("why_log", column=columns[log.key].header),)
    fields = model.table(table).fields
    key = next(iter(model.table(log.table).key))
    found = [Guess(log.key, table, key, 0.97, why, "id")]
    if history:
        date = lexicon.names()[table].date or ""
        return (*found, Guess(log.time, table, date, 0.96, why), Guess(log.state, table, "stage", 0.96, why))
    date = lexicon.names()[table].date or ""
    if not _has(columns, table, date, besides=log.time):
        found.append(Guess(_index(columns, FIRST), table, date, 0.96, (say("why_log_first"),)))
    if "status" in fields and _words_known(columns[log.state], f"{table}.status"):
        found.append(Guess(log.state, table, "status", 0.9, why))
    for mark, name in ((SOLVED, "resolved_at"), (CLOSED, "closed_at")):
        if name in fields and (index := _index(columns, mark)) >= 0 and not _has(columns, table, name, log.time):
            found.append(Guess(index, table, name, 0.9, (say("why_log_end"),)))
    return tuple(found)


def _words_known(column: Column, path: str) -> bool:
    """Whether half of the different words of a column mean something in a closed list."""
    known, words = lexicon.words(path), {plain(value) for value in column.values}
    return bool(words) and sum(word in known for word in words) >= 0.5 * len(words)


def _history(table: str) -> str:
    return "opportunity_stage_history" if table == "opportunities" else ""


def _has(columns: tuple[Column, ...], table: str, field: str, besides: int) -> bool:
    """Whether a column of the file itself says that it is this field."""
    return any(
        found == field and weight >= SURE_NAME
        for column in columns
        if column.index != besides and MARK not in column.header and column.date > 0.5
        for found, weight, _, _ in match(column.plain, table)
    )


def _index(columns: tuple[Column, ...], mark: str) -> int:
    return next((c.index for c in columns if c.header.endswith(mark)), -1)


def extend(log: Log, columns: tuple[Column, ...], targets: list[Target]) -> list[Target]:
    """The targets with the history of a ticket's states, or with the deal that the stages belong to."""
    main = targets[0]
    if log.table == "tickets" and main.table == "tickets":
        return [*targets, _changes(log, columns, main)]
    if log.table == "opportunities" and main.table == "opportunity_stage_history":
        return _deals(log, columns, targets)
    return targets


def _changes(log: Log, columns: tuple[Column, ...], main: Target) -> Target:
    why = (say("why_log", column=columns[log.key].header),)
    by = next((c for c in columns if c.plain in lexicon.limits("log")["by"] and not main_has(main, c.index)), None)
    fills = [
        Fill("entity", value="ticket", why=why),
        Fill("record_id", log.key, 0.95, why, "id"),
        Fill("field", value="status", why=why),
        Fill("old_value", _index(columns, BEFORE), 0.95, why),
        Fill("new_value", log.state, 0.95, why),
        Fill("changed_at", log.time, 0.95, why),
    ]
    present = Fill("new_value", _index(columns, CHANGED), 0.95, why)
    if by:
        form = "name" if by.spaced > 0.3 else "id"
        fills.append(Fill("employee_id", by.index, 0.8, (say("why_name", name=by.plain),), form))
    fills[4] = present
    return Target("field_changes", "each", tuple(fills), present="new_value", via="tickets")


def main_has(main: Target, index: int) -> bool:
    """Whether a column is used by the main target already."""
    return any(fill.column == index for fill in main.fills)


def _deals(log: Log, columns: tuple[Column, ...], targets: list[Target]) -> list[Target]:
    """The deals that the stages belong to, with their last stage; created and closed as the history says."""
    why = (say("why_log", column=columns[log.key].header),)
    place = next((i for i, t in enumerate(targets) if t.table == "opportunities"), None)
    key = targets[0].fill("opportunity_id")
    if key is None:
        return targets
    deal = targets[place] if place is not None else Target("opportunities", "distinct", (key,), via="opportunity_id")
    computed = {
        "stage": Fill("stage", _index(columns, LAST), 0.95, (say("why_log_last"),)),
        "created_at": Fill("created_at", _index(columns, FIRST), 0.8, (say("why_log_first"),)),
        "closed_at": Fill("closed_at", _index(columns, CLOSED), 0.9, (say("why_log_end"),)),
    }
    for name, fill in computed.items():
        if not deal.fill(name) and fill.column is not None and fill.column >= 0:
            deal = deal.with_fill(replace(fill, why=(*why, *fill.why)))
    rest = [t for i, t in enumerate(targets) if i not in (0, place)]
    return [targets[0], deal, *rest]


def fits(log: Log, table: str) -> bool:
    """Whether lines read as rows of `table` are the events of such a log."""
    return table == (_history(log.table) or log.table)


def dropped(raw: Raw, columns: tuple[Column, ...]) -> tuple[Raw, tuple[Column, ...]]:
    """The file without the computed columns: it turned out to be something else."""
    kept = tuple(c for c in columns if MARK not in c.header)
    raw.headers, raw.format = raw.headers[: len(kept)], replace(raw.format, reshape=None)
    return raw, kept


def told(raw: Raw, log: Log, columns: tuple[Column, ...]) -> list[Message]:
    """That the lines are events; and where no word of theirs ends a record."""
    key = columns[log.key]
    records = raw.query(f"SELECT count(DISTINCT c{log.key}) FROM raw")[0][0]
    found = [say("log_found", lines=raw.rows, records=records, column=key.header)]
    path = ENDS.get(log.table)
    if path and _index(columns, CLOSED) < 0 and _index(columns, SOLVED) < 0:
        found.append(say("log_without_end", column=columns[log.state].header, field=path))
    return found


def again(raw: Raw, columns: tuple[Column, ...], options: Options, step: str | None) -> Raw:
    """A file that was read again, with the computed columns its plan was made for."""
    block = json.loads(step) if step else {}
    if "log" not in block or raw.format.reshape == step:
        return raw
    table, key, time, state = block["log"]
    return add(raw, columns, Log(str(table), int(key), int(time), int(state), 1.0), options)
