"""Running a query: choose how each KPI is computed, ask once, give rows with interval, n and comparison."""

from __future__ import annotations

from datetime import date

from kpi.analysis.context import Context
from kpi.analysis.entered import fill, sources, span
from kpi.catalogue import choose as choose_computation
from kpi.catalogue.additive import adds_up as additive
from kpi.catalogue.needs import ENTERED
from kpi.compile import facts
from kpi.compile.filters import only_converted
from kpi.compile.scope import SEGMENT
from kpi.core import Computation, Kpi, KpiResult, Period, Query, Result
from kpi.errors import BadDefinition, Refused, Unknown
from kpi.measure.aimed import with_targets
from kpi.measure.beside import available as available_beside
from kpi.measure.beside import with_beside
from kpi.measure.currencies import clash
from kpi.measure.evaluate import Evaluation
from kpi.measure.frame import Frame, frame_of, periods_of
from kpi.measure.functions import by_function, context_of, dates_of
from kpi.measure.rows import asked as asked_rows
from kpi.measure.rules import rules_of
from kpi.model import tables
from kpi.text import Texts
from kpi.workspace.own_kpis import kpi_of

COMPARISONS = ("previous", "year", "target")


def run(workspace, query: Query) -> Result:
    """The answer to `query`, remembered until the workspace's next revision.

    Unknown: a KPI or dimension that does not exist. Refused: words of the query that mean nothing.
    """
    return workspace.memo(("query", query), lambda: _run(workspace, query))


def chosen(workspace, kpi: Kpi) -> tuple[Computation | None, tuple[str, ...]]:
    """The computation in force for what is loaded, else None and what is missing."""
    return choose_computation(kpi, workspace.columns())


def adds_up(workspace, kpi: Kpi) -> bool:
    """Whether groups and periods of the KPI add up: one sum or count of something that happened."""
    computation, _ = chosen(workspace, kpi)
    if computation is ENTERED:
        computation = kpi.computations[0] if kpi.computations else None
    return additive(kpi, computation)


def check_dimension(name: str) -> None:
    """Unknown with a suggestion where no table has such a column; whether a KPI has it is said with the KPI."""
    owner, _, column = name.rpartition(".")
    known = {f"{t.name}.{c}" for t in tables().values() for c in t.fields}
    bare = {SEGMENT, *(c for t in tables().values() for c in t.fields)} | {
        c for f in facts().values() for c in f.columns
    }
    if owner != "extra" and name not in known and (owner or column not in bare):
        raise Unknown("dimension", name, sorted(known | bare))


def available(workspace, kpi: Kpi) -> bool:
    """Whether the KPI can be computed from what is loaded."""
    return chosen(workspace, kpi)[0] is not None


def question(workspace, query: Query) -> Context:
    """What the function of the query's one KPI is given: for the tables behind it, such as `kpi.analysis.agents`.

    The query names its dates. Unknown: a KPI or dimension that does not exist.
    """
    kpi, frame = kpi_of(workspace, query.kpis[0]), frame_of(workspace, query)
    periods = periods_of(workspace, query, frame, dates_of(kpi))
    ask = Evaluation(
        workspace, frame, periods, query.split, query.filters, lambda id_: chosen(workspace, kpi_of(workspace, id_))[0]
    )
    return context_of(kpi, ask, asked_rows)


def _run(workspace, query: Query) -> Result:
    if query.compare and query.compare not in COMPARISONS:
        raise Unknown("comparison", query.compare, COMPARISONS)
    wanted = [kpi_of(workspace, id_) for id_ in query.kpis]
    for name in (query.split, *(name for name, _ in query.filters)):
        if name:
            check_dimension(name)
    frame = frame_of(workspace, query)
    choices = {k.id: chosen(workspace, k) for k in wanted}

    def choose(id_: str) -> Computation | None:
        if id_ not in choices:
            choices[id_] = chosen(workspace, kpi_of(workspace, id_))
        return choices[id_][0]

    probe = Evaluation(workspace, frame, (Period(date(2000, 1, 1), date(2000, 1, 2)),), None, (), choose)
    dated = [leaf.measure for k in wanted if (c := choose(k.id)) and not c.function for leaf in probe.leaves(c)]
    dated += [m for k in wanted if (c := choose(k.id)) and c.function for m in dates_of(k, c)]
    spans = [found for k in wanted if choose(k.id) is ENTERED and (found := span(workspace, k.id))]
    periods = periods_of(workspace, query, frame, dated, spans)
    evaluation = Evaluation(workspace, frame, periods, query.split, query.filters, choose)
    asked = [c for k in wanted if (c := choose(k.id)) and not c.function]
    _ask_together(
        evaluation, [*asked, *(b.computation for k in wanted if choose(k.id) for b in available_beside(workspace, k))]
    )
    earlier = _earlier(workspace, query, frame, periods, choose, wanted)
    results = [_result(workspace, k, choices[k.id], evaluation, earlier, query) for k in wanted]
    return Result(query, tuple(results), workspace.as_of(), workspace.revision, {r.kpi.id: r for r in results})


def _ask_together(evaluation: Evaluation, computations: list[Computation]) -> None:
    """Ask for the whole board at once; a KPI that cannot be split or filtered that way must not spoil the others."""
    try:
        evaluation.ask([leaf for c in computations for leaf in evaluation.leaves(c)])
    except (Unknown, BadDefinition, Refused):
        for computation in computations:
            try:
                evaluation.ask(evaluation.leaves(computation))
            except (Unknown, BadDefinition, Refused):
                continue  # told with the KPI's own result


def _earlier(workspace, query: Query, frame: Frame, periods, choose, wanted) -> Evaluation | None:
    if query.compare not in ("previous", "year"):
        return None
    shift = frame.previous if query.compare == "previous" else frame.year_before
    found = Evaluation(workspace, frame, tuple(shift(p) for p in periods), query.split, query.filters, choose)
    _ask_together(found, [c for k in wanted if (c := choose(k.id)) and not c.function])
    return found


def _result(workspace, kpi: Kpi, choice, evaluation: Evaluation, earlier: Evaluation | None, query: Query) -> KpiResult:
    computation, missing = choice
    if computation is None:
        notes = () if missing else (("note.not_built", ()),)
        warnings = () if missing else (f"{kpi.id}: this version holds its definition but cannot compute it yet",)
        return KpiResult(kpi, missing=missing, notes=notes, warnings=warnings)
    warnings, notes = _labels(workspace, kpi, computation)
    mixed = clash(workspace, kpi, computation, query)
    if mixed:
        params = (("currencies", ", ".join(mixed[1])), ("table", mixed[0]))
        reason = f"{kpi.id}: {Texts('en').t('note.two_currencies', **dict(params))}"
        return KpiResult(kpi, warnings=(*warnings, reason), notes=(*notes, ("note.two_currencies", params)))
    try:
        if computation.function:
            rows, sql, said = by_function(kpi, computation, evaluation, earlier, asked_rows)
            notes += said
            warnings += [f"{kpi.id}: {Texts('en').t(code, **dict(params))}" for code, params in said]
        else:
            leaves = evaluation.leaves(computation)
            if only_converted(
                {leaf.measure.table for leaf in leaves}, (query.split or "", *(n for n, _ in query.filters))
            ):
                notes.append(("note.leads_of_customers", ()))
                warnings.append(f"{kpi.id}: {Texts('en').t('note.leads_of_customers')}")
            rows = with_beside(kpi, asked_rows(kpi, computation, evaluation, earlier), evaluation)
            sql = ";\n\n".join(dict.fromkeys(evaluation.sql[leaf] for leaf in leaves if leaf in evaluation.sql))
    except (Unknown, Refused) as error:
        if isinstance(error, Unknown) and error.params.get("kind") not in ("column", "dimension"):
            raise
        if error.code in ("query_too_long", "query_too_big", "query_failed"):  # of a definition that a user wrote
            params = tuple(sorted(error.params.items()))
            reason = f"{kpi.id}: {Texts('en').t(f'note.{error.code}', **error.params)}"
            return KpiResult(kpi, warnings=(*warnings, reason), notes=(*notes, (f"note.{error.code}", params)))
        word = query.split or ", ".join(name for name, _ in query.filters)
        reason = f"{kpi.id} cannot be split or filtered by {word}: {error}"
        return KpiResult(
            kpi, warnings=(*warnings, reason), notes=(*notes, ("note.no_dimension", (("dimension", word),)))
        )
    if computation is not ENTERED:
        rows = fill(workspace, kpi, rows, query.split, query.filters)
    if not computation.function and (n := evaluation.unvalued(computation, rows)):
        params = (("n", n), ("of", len(rows)))
        notes.append(("note.unvalued", params))
        warnings.append(f"{kpi.id}: {Texts('en').t('note.unvalued', **dict(params))}")
    if any(row.entered for row in rows):
        n = sum(bool(row.entered) for row in rows)
        params = (("n", n), ("of", len(rows)), ("sources", ", ".join(sources(rows))))
        notes.append(("note.entered", params))
        warnings.append(f"{kpi.id}: {Texts('en').t('note.entered', **dict(params))}")
    if query.compare == "target":
        rows = with_targets(workspace, kpi, rows, adds_up(workspace, kpi), query.split, query.filters)
    return KpiResult(kpi, tuple(rows), (), sql, tuple(warnings), tuple(notes))


def _labels(workspace, kpi: Kpi, computation: Computation):
    warnings: list[str] = []
    notes: list[tuple[str, tuple]] = []
    if computation.label:
        warnings.append(f"{kpi.id}: {computation.label.en}")
        notes.append(("label", (("text", computation.label),)))
    for code, params in rules_of(workspace, kpi, computation):
        notes.append((code, params))
        warnings.append(f"{kpi.id}: {Texts('en').t(code, **dict(params))}")
    return warnings, notes
