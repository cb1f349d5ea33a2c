"""From files to plans: read, profile, recognise, decide; nothing is written."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kpi import catalogue, model
from kpi.errors import KpiError, Refused
from kpi.intake import (
    digest,
    histories,
    job,
    kpi_names,
    kpi_sheet,
    profile,
    questions,
    readers,
    remembered,
    reshape,
    staging,
)
from kpi.intake.evidence import Known
from kpi.intake.guesses import Guess
from kpi.intake.messages import Message, say
from kpi.intake.options import Options
from kpi.intake.plan import Fill, Header, Plan, Question, Target
from kpi.intake.profile import Column
from kpi.intake.raw import Raw
from kpi.intake.readers.title import title
from kpi.intake.scales import with_scales
from kpi.intake.styles import Styles, currency_in_cells, currency_of, rial_or_toman
from kpi.intake.tables import Choice, Reading, choose, read_as
from kpi.intake.targets import build, whose_amount
from kpi.intake.told import Told
from kpi.intake.unsure import of_answers, repeated, unsure, without
from kpi.workspace.own_kpis import kpis_of

MOST_KNOWN = 200_000
PERSIAN_MONEY = ("IRR", "IRT")
OF_ALL = ("dates", "decimal", "map")  # questions that a look at all lines of a large file may settle


@dataclass(frozen=True)
class Failure:
    """A file that cannot be read as a table, and why. sheet: the part of it, where others can be read."""

    path: Path
    error: KpiError
    sheet: str | None = None


def inspect(workspace: Any, paths: Sequence[Path | str], options: Options | None = None) -> list[Plan]:
    """One plan per file or sheet, in order. workspace None: nothing is known yet.

    Ids found in one file help to recognise the others. Raises Refused for the first file that cannot be read.
    """
    plans, failures = inspect_each(workspace, paths, options)
    if failures:
        raise failures[0].error
    return plans


def inspect_each(
    workspace: Any,
    paths: Sequence[Path | str],
    options: Options | None = None,
    progress: job.Progress | None = None,
    stop: threading.Event | None = None,
) -> tuple[list[Plan], list[Failure]]:
    """The plans of the files that can be read, and what is wrong with the others.

    progress: called with "read" and the share done. stop: set by another thread to give up: Refused("import_stopped").
    """
    with job.running(", ".join(Path(each).name for each in paths), progress, stop):
        return _inspect_each(workspace, paths, options)


def _inspect_each(
    workspace: Any, paths: Sequence[Path | str], options: Options | None
) -> tuple[list[Plan], list[Failure]]:
    options = options or Options()
    files: list[_File] = []
    failures: list[Failure] = []
    listed = list(readers.files(map(Path, paths)))
    for place, path in enumerate(listed):
        job.tell("read", place / len(listed))
        digest.begin(path)
        try:
            raws, unread = readers.read_each(path, options)
            files += [_File(raw, path, options, workspace) for raw in raws]
            failures += [Failure(path, each.error, each.name) for each in unread]
        except KpiError as error:
            job.check()
            failures.append(Failure(path, error))
    _share(files, options)
    known = _known(workspace)
    currency = workspace.settings.currency if workspace is not None else None
    first = [each.choose(known) for each in files]
    plans = []
    for file, choice in zip(files, first, strict=True):
        beside = dict(known)
        for other, chosen in zip(files, first, strict=True):
            beside = beside if other is file else _with_keys(beside, other, chosen)
        plan = file.plan(file.choose(beside) if beside != known else choice, currency)
        if file.raw.sampled and any(each.about.startswith(OF_ALL) for each in plan.questions):
            files[files.index(file)] = file = _File(file.raw.settle(), file.path, file.options, workspace)
            plan = file.plan(file.choose(beside), currency)
        plans.append(plan)
    for file, plan in zip(files, plans, strict=True):
        staging.keep(plan, file.raw)
    return [_lone(plan, plans) if plan.sheet else plan for plan in plans], failures


def _share(files: list[_File], options: Options) -> None:
    """Of several files each takes the mappings whose columns it has and the values whose fields it can hold."""
    if len(files) < 2:
        return
    for file in files:
        file.told.options = file.options = replace(
            file.options,
            maps=tuple(each for each in file.options.maps if not each[2] or file.told.has(each[2])),
            ignore=tuple(header for header in file.options.ignore if file.told.has(header)),
        )
        file.alone = False
    for header in [*(column for _, _, column in options.maps if column), *options.ignore]:
        if not any(file.told.has(header) for file in files):
            files[0].told.column(header)  # raises, naming the columns


def _lone(plan: Plan, plans: list[Plan]) -> Plan:
    """A sheet that is no table of ours is left out where another sheet of its workbook is one."""
    others = [each for each in plans if each.path == plan.path and each.table]
    if plan.table or not others or plan.options.sheet:
        return plan
    return replace(plan, questions=(), warnings=(*plan.warnings, say("sheet_left_out", sheet=plan.sheet or "")))


def _known(workspace: Any) -> dict[str, frozenset[str]]:
    """The ids that the workspace has, of tables that others point to."""
    found: dict[str, frozenset[str]] = {}
    if workspace is None:
        return found
    for table in model.tables().values():
        if len(table.key) == 1 and table.stub and table.fields[table.key[0]].type == "id":
            rows = workspace.rows(f'SELECT "{table.key[0]}" FROM main."{table.name}" LIMIT {MOST_KNOWN}')
            if rows:
                found[table.name] = frozenset(value for (value,) in rows if value)
    return found


def _with_keys(known: dict[str, frozenset[str]], file: _File, choice: Choice) -> dict[str, frozenset[str]]:
    """What is known together with the ids that `file` brings."""
    if choice.reading is None:
        return known
    table = choice.reading.table
    key = model.table(table).key
    for guess in choice.reading.taken:
        if guess.table == table and not guess.via and len(key) == 1 and guess.field == key[0]:
            ids = frozenset(file.columns[guess.column].values)
            return {**known, table: known.get(table, frozenset()) | ids}
    return known


class _File:
    """One table of one file on its way to a plan."""

    def __init__(self, raw: Raw, path: Path, options: Options, workspace: Any = None) -> None:
        columns, self.title = profile.columns(raw), title(raw.format, path)
        kpis = kpis_of(workspace) if workspace is not None else catalogue.kpis()
        told = remembered.with_words(workspace, options, kpi_names.PATH)
        shaped = reshape.settle(raw, columns, told, self.title, remembered.known_headers(workspace), kpis)
        if shaped.changed:
            raw, columns = shaped.raw, profile.columns(shaped.raw)
        self.memory = remembered.recall(workspace, raw.headers)
        options = remembered.settled(options, self.memory)
        self.log = histories.find(raw, columns, options, self.title)
        self.shape_questions = shaped.questions
        if self.log:
            self.shape_questions = (*shaped.questions, *histories.asks(self.log, columns, options))
            raw = histories.add(raw, columns, self.log, options)
            columns = profile.columns(raw)
        self.raw, self.path, self.options = raw, path, options
        self.columns: tuple[Column, ...] = columns
        self.questions = questions.blocks(raw, columns)
        self.told = Told(self.columns, options, path.name, self.memory, self.title)
        self.currencies_told: tuple[Message, ...] = ()
        self.alone = True  # of several files, not each holds what is set

    def choose(self, known: Known) -> Choice:
        """The table that one line stands for."""
        told, kept = self.told, self.told.kept()
        told.known = known
        table = told.table()
        if table:
            return Choice(read_as(self.columns, table, known, self.title, self._known_as(table), kept), 1.0)
        table = told.preset.table if told.preset else reshape.table_of(self.raw.format.reshape)
        if table:
            forced = self._known_as(table)
            return Choice(read_as(self.columns, table, known, self.title, forced, kept), 0.98)
        tables = [table for table in model.tables() if told.fits(table)]
        return choose([read_as(self.columns, t, known, self.title, self._known_as(t), kept) for t in tables])

    def _known_as(self, table: str) -> tuple[Guess, ...]:
        """What is known of the columns before any recognition, for lines that are rows of `table`."""
        log = histories.forced(self.log, self.columns, table) if self.log else ()
        sheet = kpi_sheet.known_as(self.columns) if reshape.table_of(self.raw.format.reshape) == table else ()
        return (*sheet, *self.told.guesses(table), *log, *questions.known_as(self.questions, self.columns, table))

    def plan(self, choice: Choice, currency: str | None) -> Plan:
        """The plan for that choice, with what must be asked."""
        if self.log and (choice.reading is None or not histories.fits(self.log, choice.reading.table)):
            self.raw, self.columns, self.log = *histories.dropped(self.raw, self.columns), None
        headers = tuple(Header(c.header, c.samples, round(c.share_filled, 4)) for c in self.columns)
        plan = Plan(
            str(self.path.absolute()),
            self.path.name,
            self.raw.format.sheet,
            digest.of(self.path),
            self.raw.format,
            self.raw.rows + len(self.raw.broken),
            headers,
            self.options,
            confidence=choice.confidence,
            others=choice.others,
            warnings=self.raw.notes,
        )
        if choice.reading is None:
            near = ", ".join(name for name, _ in choice.others) or ", ".join(list(model.tables())[:8])
            asked = Question(say("ask_table", file=self.title, near=near), "--table TABLE", "table")
            return replace(plan, questions=(*self.shape_questions, asked))
        plan = self._mapped(plan, choice.reading, currency)
        again = self._as_before(plan)
        return self._mapped(again, choice.reading, currency) if again else plan

    def _as_before(self, plan: Plan) -> Plan | None:
        """The bare plan with its questions answered as for an earlier import of the source; None where it asks none
        that was answered then."""
        earlier = self.told.before()
        if earlier is None:
            return None
        before = remembered.answers(earlier)
        taken = {
            about: answer
            for about, answer in (("dates", before.dates), ("decimal", before.decimal))
            if answer and any(each.about == about for each in plan.questions)
        }
        if not taken:
            return None
        self.options = replace(self.options, **taken)
        said = ", ".join(f"--{about} {answer}" for about, answer in taken.items())
        day = earlier.imported_at.date().isoformat() if earlier.imported_at else ""
        note = say("answers_remembered", day=day, options=said)
        return replace(plan, options=self.options, questions=(), warnings=(*self.raw.notes, note))

    def _mapped(self, plan: Plan, reading: Reading, currency: str | None) -> Plan:
        styles = Styles(self.raw, self.columns, self.options)
        built = whose_amount(self.raw, build(reading, self.columns))
        if self.log:
            built = histories.extend(self.log, self.columns, built)
        targets = styles.settle(self._with_sets(built))
        targets, questions, warnings = with_scales(targets, self.columns, self.title)
        targets, asked = self._with_currency(targets, currency)
        main = targets[0]
        disputed = [*self.told.disputed(reading.table), *unsure(reading, self.columns)]
        questions = [
            *self.shape_questions,
            *questions,
            *styles.questions,
            *asked,
            *repeated(self.raw, targets, self.columns),
            *disputed,
        ]
        if not any(fill.column is not None for each in targets for fill in each.fills):
            names = ", ".join(column.header for column in self.columns[:8])
            asked_for = say("ask_columns", table=reading.table, columns=names)
            questions = [Question(asked_for, f"--map {reading.table}.FIELD=COLUMN", "table"), *questions]
        warnings += [*styles.warnings, *self.currencies_told, *without(main)]
        if self.log:
            warnings += histories.told(self.raw, self.log, self.columns)
        return replace(
            plan,
            table=reading.table,
            targets=tuple(targets),
            questions=tuple(questions),
            warnings=(*plan.warnings, *warnings),
            sales=reading.table in ("order_lines", "orders"),
        )

    def _with_sets(self, targets: list[Target]) -> list[Target]:
        """Values given for the whole file; for a table that the file does not fill yet they make no rows."""
        for owner, field, value in self.options.sets:
            places = [
                i
                for i, t in enumerate(targets)
                if (t.table == owner if owner else field in model.table(t.table).fields)
            ]
            if not places and not self.alone:
                continue
            if not places:
                raise Refused("set_unreachable", field=f"{owner}.{field}" if owner else field, table=targets[0].table)
            for i in of_answers(targets, places, field) if owner else places[:1]:
                targets[i] = targets[i].with_fill(Fill(field, value=value, why=(say("why_set"),)))
        return targets

    def _with_currency(self, targets: list[Target], currency: str | None) -> tuple[list[Target], list[Question]]:
        """The currency that a header names; rial or toman is asked where nothing tells."""
        asked: list[Question] = []
        given = next((code for each in targets if (code := currency_of(each, self.columns))), None)
        holder = next((i for i, t in enumerate(targets) if "currency" in model.table(t.table).fields), None)
        if holder is None:
            told = [said for each in targets if (said := currency_in_cells(self.raw, each)[1])]
            self.currencies_told = tuple(told)
        if holder is None or targets[holder].fill("currency"):
            return targets, asked
        in_cells, told = (None, None) if given else currency_in_cells(self.raw, targets[holder])
        self.currencies_told = (told,) if told else ()
        if in_cells:
            targets[holder] = targets[holder].with_fill(in_cells)
        elif given:
            fill = Fill("currency", value=given, confidence=0.95, why=(say("why_currency"),))
            targets[holder] = targets[holder].with_fill(fill)
        elif currency not in PERSIAN_MONEY:
            header = next((name for each in targets if (name := rial_or_toman(each, self.columns))), None)
            if header:
                option = "--set currency=IRR|IRT"
                asked.append(Question(say("ask_rial", column=header), option, "set currency", PERSIAN_MONEY))
        return targets, asked
