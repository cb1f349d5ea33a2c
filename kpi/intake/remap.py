"""An import loaded anew from its original: by another mapping, or, after it was taken back, by the same one.

It keeps its number, and with it its place: the merge takes the newest import's values, and newer ones stay newer.
"""

from __future__ import annotations

import contextlib
import shutil
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from kpi import model
from kpi import workspace as workspaces
from kpi.errors import Refused
from kpi.intake import identity, kept, originals, upload
from kpi.intake.inspecting import inspect
from kpi.intake.loading import Progress, load, try_out
from kpi.intake.options import Options
from kpi.intake.plan import Plan
from kpi.intake.report import ImportReport
from kpi.workspace import Import, imports, logged


@contextlib.contextmanager
def original(workspace: Any, made: Import) -> Iterator[Path]:
    """The file of an import under its own name, as long as the block lasts. Refused("original_missing")."""
    path = hold_original(workspace, made)
    try:
        yield path
    finally:
        upload.drop(path)


def hold_original(workspace: Any, made: Import) -> Path:
    """The file of an import under its own name in the spool; whoever asks for it drops it."""
    try:
        source = originals.open_original(workspace, made.stored_as or "")
    except OSError as error:
        raise Refused("original_missing", file=made.file, id=str(made.id)) from error
    path = upload.place(workspace, made.file)
    with source, path.open("wb") as target:
        shutil.copyfileobj(source, target, 1 << 20)
    return path


def given(made: Import) -> Options:
    """The options by which an import was made, as they can be given again."""
    plan = kept.plan_of(made.plan)
    return plan.options if plan else Options(sheet=made.sheet)


def plan_again(workspace: Any, made: Import, path: Path, options: Options | None = None) -> Plan:
    """The plan of an import over its original. options None, or those it was made by: the very plan of then."""
    before = kept.plan_of(made.plan)
    if before and (options is None or replace(options, again=before.options.again) == before.options):
        return replace(before, path=str(path.absolute()), file=made.file)
    asked = replace(options or given(made), sheet=made.sheet, again=True)
    plans = inspect(workspace, [path], asked)
    found = next((each for each in plans if each.sheet == made.sheet), None)
    if found is None:
        raise Refused("sheet_unknown", file=made.file, sheet=made.sheet or "", known="")
    return replace(found, file=made.file)


def plan_shown(workspace: Any, made: Import, path: Path, options: Options | None = None) -> Plan:
    """The same with the samples of the columns, which the log does not keep: to be looked at and corrected."""
    plan = plan_again(workspace, made, path, options)
    if any(header.samples for header in plan.headers):
        return plan
    read = inspect(workspace, [path], replace(plan.options, sheet=made.sheet, again=True))
    same = [each for each in read if [h.name for h in each.headers] == [h.name for h in plan.headers]]
    return replace(plan, headers=same[0].headers) if same else plan


def remap(
    workspace: Any,
    number: int,
    options: Options | None = None,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
    dry_run: bool = False,
) -> ImportReport:
    """Takes the rows of an import out and loads them anew from its original, in one transaction and in its old place.

    options: as for `inspect`; None: as it was loaded. An import that was taken back stands again afterwards. Refused:
    import_missing, import_replaced (another import stands in its place: undo that one), original_missing, plan_open …
    Whatever fails leaves the old rows as they were; so does a mapping by which no line could be loaded (id None).
    """
    made = logged(workspace, number)
    _refuse_replaced(workspace, made)
    with original(workspace, made) as path:
        plan = plan_again(workspace, made, path, options)
        if dry_run:
            return try_out(workspace, plan)
        report = load(workspace, plan, progress, stop, over=made)
    before = kept.plan_of(made.plan)
    same = before is not None and before.targets == report.plan.targets and made.undone_at is None
    if report.id is not None and not same:
        follow(workspace, made, [report.plan])
    return report


def undo(workspace: Any, number: int) -> tuple[Import, list[Import]]:
    """Takes an import back; what it had replaced is loaded again from its original.

    (the import with undone_at, the imports that stand again). Where an original is gone, that import stays out.
    """
    made = logged(workspace, number)
    if made.undone_at is not None:
        raise Refused("import_undone", id=str(number))
    taking_back, again = (number,), []
    for each in (logged(workspace, before) for before in made.replaces):
        with contextlib.suppress(Refused), original(workspace, each) as path:
            load(workspace, plan_again(workspace, each, path), over=each, taking_back=taking_back)
            taking_back = ()
            again.append(logged(workspace, each.id))
    if taking_back:
        workspaces.undo(workspace, number)
    follow(workspace, made, [kept.plan_of(each.plan) for each in again])
    return logged(workspace, number), again


def undo_alone(workspace: Any, number: int) -> Import:
    """Takes an import back without what it had replaced."""
    made = workspaces.undo(workspace, number)
    follow(workspace, made, [])
    return made


def follow(workspace: Any, made: Import, plans: Sequence[Plan | None], sparing: int | None = None) -> None:
    """Loads the imports after `made` anew whose names found their ids in what has changed (or now would).

    plans: what has come besides; sparing: an import that has seen it already.

    So the state is always the one that the imports that stand define, each as if loaded after those before it.
    """
    changed = {table for plan in (kept.plan_of(made.plan), *plans) if plan for table in _named(plan)}
    for each in imports(workspace):
        plan = kept.plan_of(each.plan)
        later = each.id > made.id and each.id != sparing and each.undone_at is None
        if later and plan and changed & _named(plan):
            with contextlib.suppress(Refused), original(workspace, each) as path:  # without its original it stays
                load(workspace, replace(plan, path=str(path.absolute())), over=each)


def _named(plan: Plan) -> set[str]:
    """The tables whose records the lines of a file name by name or e-mail address, or list with them."""
    found = set()
    for target in plan.targets:
        fields = model.table(target.table).fields
        found |= {fields[f.field].refers or target.table for f in target.fills if f.form in identity.STANDS}
        if any(target.fill(name) for name in identity.STANDS):
            found.add(target.table)
    return found


def _refuse_replaced(workspace: Any, made: Import) -> None:
    by = next((e for e in imports(workspace) if e.undone_at is None and made.id in e.replaces), None)
    if made.undone_at is not None and by is not None:
        raise Refused("import_replaced", id=str(made.id), by=str(by.id))
