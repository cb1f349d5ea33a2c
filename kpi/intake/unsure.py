"""What a plan is not sure of, or lacks: columns to ask about, keys and dates that are not there."""

from __future__ import annotations

from kpi import model
from kpi.intake import lexicon
from kpi.intake.guesses import NAMED
from kpi.intake.messages import Message, say
from kpi.intake.plan import Question, Target
from kpi.intake.profile import Column
from kpi.intake.raw import Raw
from kpi.intake.tables import TOLD, Reading
from kpi.workspace.merge import key_parts


def unsure(reading: Reading, columns: tuple[Column, ...]) -> list[Question]:
    """Columns that are taken with too little confidence: asked about, not mapped silently."""
    found = []
    for guess in reading.taken:
        if guess.confidence < lexicon.limits("columns")["asked"] and not guess.question:
            header, path = columns[guess.column].header, f"{guess.table}.{guess.field}"
            asked = say("ask_column", column=header, places=path)
            found.append(Question(asked, f"--map {path}={header!r}", f"column {header}", (path, "")))
    return found


def repeated(raw: Raw, targets: list[Target], columns: tuple[Column, ...]) -> list[Question]:
    """Two columns of one name that differ: which of them is meant?"""
    asked = []
    headers = [column.header for column in columns]
    for target in targets:
        for fill in target.fills:
            if fill.column is None or f"{headers[fill.column]} (2)" not in headers or fill.confidence == TOLD:
                continue
            second = headers.index(f"{headers[fill.column]} (2)")
            differ = raw.whole().query(f"SELECT count(*) FROM raw WHERE c{fill.column} IS DISTINCT FROM c{second}")[0][
                0
            ]
            if differ:
                field = f"{target.table}.{fill.field}"
                text = say("ask_repeated", column=headers[fill.column], field=field, n=differ)
                names = (headers[fill.column], headers[second])
                asked.append(Question(text, f"--map {field}={headers[fill.column]!r}", f"map {field}", names))
    return asked[:1]


def of_answers(targets: list[Target], places: list[int], field: str) -> list[int]:
    """Of several kinds of answers those that a value for all is meant for: not those that say themselves to be NPS."""
    if field not in ("survey_type", "scale_min", "scale_max"):
        return places
    others = [i for i in places if not ((f := targets[i].fill("survey_type")) and f.value == "nps")]
    return others or places


def without(main: Target) -> list[Message]:
    """What the main table lacks that a reader should know."""
    table = model.table(main.table)
    found = []
    needed = key_parts(table)[0] or table.key
    if needed and not all(main.fill(field) for field in needed):
        found.append(say("no_key", table=main.table, field=", ".join(table.key)))
    date = lexicon.names()[main.table].date
    times = [f.name for f in table.fields.values() if f.type == "time"]
    if date and main.table not in NAMED and not any(main.fill(field) for field in times):
        found.append(say("no_date", table=main.table, field=f"{main.table}.{date}"))
    return found
