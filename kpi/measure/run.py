"""Running a query: choose how each KPI is computed, ask once, give rows with interval, n and comparison."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from statistics import median

from kpi.analysis.context import Context
from kpi.analysis.entered import fill, sources, span
from kpi.catalogue import choose as choose_computation
from kpi.catalogue import measures
from kpi.catalogue.additive import adds_up as additive
from kpi.catalogue.needs import ENTERED
from kpi.compile import facts, parse_formula
from kpi.compile.batch import is_count
from kpi.compile.filters import only_converted
from kpi.compile.scope import SEGMENT
from kpi.core import NOT_RECORDED, Computation, Kpi, KpiResult, Measure, Period, Query, Result, Row
from kpi.errors import BadDefinition, Refused, Unknown
from kpi.measure.aimed import with_targets
from kpi.measure.beside import available as available_beside
from kpi.measure.beside import with_beside
from kpi.measure.currencies import clash
from kpi.measure.evaluate import Evaluation, formula_of, replace_split
from kpi.measure.frame import Frame, frame_of, periods_of
from kpi.measure.functions import by_function, context_of, dates_of
from kpi.measure.maturity import maturity
from kpi.measure.rules import rules_of
from kpi.model import tables
from kpi.stats.nps import adjusted_wald
from kpi.stats.proportions import wilson
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
    return context_of(kpi, ask, _asked)


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
            rows, sql, said = by_function(kpi, computation, evaluation, earlier, _asked)
            notes += said
            warnings += [f"{kpi.id}: {Texts('en').t(code, **dict(params))}" for code, params in said]
        else:
            leaves = evaluation.leaves(computation)
            if only_converted(
                {leaf.measure.table for leaf in leaves}, (query.split or "", *(n for n, _ in query.filters))
            ):
                notes.append(("note.leads_of_customers", ()))
                warnings.append(f"{kpi.id}: {Texts('en').t('note.leads_of_customers')}")
            rows = with_beside(kpi, _asked(kpi, computation, evaluation, earlier), evaluation)
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


def _asked(kpi: Kpi, computation: Computation, evaluation: Evaluation, earlier: Evaluation | None) -> list[Row]:
    """The rows of an expression; of a breakdown without a split, the group that `pick` names."""
    if not computation.over or evaluation.split:
        evaluation.ask(evaluation.leaves(computation))
        return _rows(kpi, computation, evaluation, earlier)
    rows = _headline(kpi, computation, evaluation)
    if earlier:
        before = _headline(kpi, computation, earlier)
        rows = [_compared(row, past.value) for row, past in zip(rows, before, strict=True)]
    return rows


def _headline(kpi: Kpi, computation: Computation, evaluation: Evaluation) -> list[Row]:
    """One row per period: the value picked among the groups of the breakdown."""
    over = replace_split(evaluation, computation.over)
    over.ask(over.leaves(computation))
    evaluation.sql.update(over.sql)
    return _picked(_rows(kpi, computation, over, None), computation, over)


def _picked(rows: list[Row], computation: Computation, evaluation: Evaluation) -> list[Row]:
    least = float(str(evaluation.settings.get(computation.min_n) or 1)) if computation.min_n else 1.0
    found = []
    for period in evaluation.periods:
        known = [r for r in rows if r.period == period and r.value is not None and r.group != NOT_RECORDED]
        fitting = [r for r in known if (r.n or 0) >= least]
        fitting.sort(key=lambda r: (r.value, r.group))
        if not fitting:
            found.append(Row(period, None, 0))
        elif computation.pick == "median":
            middle = median(r.value for r in fitting if r.value is not None)
            found.append(Row(period, middle, sum(r.n or 0 for r in fitting)))
        else:
            best = fitting[0] if computation.pick == "min" else fitting[-1]
            found.append(replace(best, group=None))
    return found


def _rows(kpi: Kpi, computation: Computation, evaluation: Evaluation, earlier: Evaluation | None) -> list[Row]:
    ratio = formula_of(computation).ratio
    proportion = kpi.proportion and bool(ratio) and all(_counts(computation, name) for name in ratio or ())
    ripe = evaluation.frame.now - timedelta(days=maturity(kpi, computation, evaluation))
    counted = ratio[1] if ratio else _counted(computation, evaluation)
    groups = evaluation.groups(computation)
    rows = []
    for i, period in enumerate(evaluation.periods):
        for group in groups:
            value, n, above, below = _cell(kpi, computation, evaluation, i, group, counted)
            low, high = _interval(kpi, computation, evaluation, i, group, value, above, below, proportion)
            compared = _cell(kpi, computation, earlier, i, group, counted)[0] if earlier else None
            rows.append(Row(period, value, n, low, high, group, above, below, compared, period.until <= ripe))
    return rows


def _cell(kpi: Kpi, computation: Computation, evaluation: Evaluation, i: int, group: str | None, counted: str):
    """Value, n, numerator and denominator of one period and group. counted: the name that n speaks of."""
    value = evaluation.value(computation, i, group)
    above = below = None
    ratio = formula_of(computation).ratio
    if ratio:
        above, _ = evaluation.named(computation, ratio[0], i, group)
        below, n = evaluation.named(computation, counted, i, group)
    else:
        n = evaluation.named(computation, counted, i, group)[1] if counted else 0
    if kpi.empty == "null" and not n:
        value = None
    if kpi.empty.startswith("settings.") and evaluation.settings.get(kpi.empty.removeprefix("settings.")) is None:
        value = None
    return value, n, above, below


def _counts(computation: Computation, name: str) -> bool:
    part = dict(computation.parts).get(name) or measures().get(name)
    if isinstance(part, str):
        inner = parse_formula(part, ("measures.toml", name)).shifted
        return inner is not None and _counts(computation, inner)
    return isinstance(part, Measure) and is_count(part)


def _counted(computation: Computation, evaluation: Evaluation) -> str:
    """The name whose rows stand behind a value: the denominator of the last division, else the first; "" without one."""
    names = [name for name, shifts in formula_of(computation).leaves(evaluation.settings) if not shifts]
    if not names:
        return ""
    return names[-1] if "/" in computation.formula else names[0]


def _interval(
    kpi, computation, evaluation, i, group, value, above, below, proportion
) -> tuple[float | None, float | None]:
    if value is None:
        return None, None
    if kpi.interval == "nps":
        parts = [evaluation.named(computation, p, i, group)[0] for p in ("promoters", "detractors", "answers")]
        bounds = adjusted_wald(*(int(p or 0) for p in parts))
        return (100 * bounds[0], 100 * bounds[1]) if bounds else (None, None)
    if proportion and below and above is not None and 0 <= above <= below:
        return wilson(int(above), int(below)) or (None, None)
    return None, None


def _compared(row: Row, value: float | None) -> Row:
    return replace(row, compared=value)
