"""funnel, rfm, clusters and nps: the analyses behind the pages, as rows."""

from __future__ import annotations

from datetime import timedelta

from kpi.calendars import BY, CALENDARS
from kpi.cli import Answer, Call, Table
from kpi.cli.given import day, span
from kpi.core import Query


def register(subparsers) -> None:
    """funnel W · rfm W · clusters W · nps W"""
    parser = subparsers.add_parser("funnel", help="cli.help_funnel")
    _common(parser, funnel_of)
    parser.add_argument("--kind", choices=("leads", "opportunities", "quotes"), default=None, help="cli.help_kind")
    parser.add_argument("--split", metavar="DIMENSION", help="cli.help_split")
    parser.add_argument("--from", dest="since", metavar="DATE", help="cli.help_from")
    parser.add_argument("--to", dest="until", metavar="DATE", help="cli.help_to")
    parser = subparsers.add_parser("rfm", help="cli.help_rfm")
    _common(parser, rfm_of)
    parser.add_argument("--as-of", metavar="DATE", help="cli.help_as_of")
    parser = subparsers.add_parser("clusters", help="cli.help_clusters")
    _common(parser, clusters_of)
    parser.add_argument("--as-of", metavar="DATE", help="cli.help_as_of")
    parser.add_argument("--k", type=int, metavar="N", help="cli.help_k")
    parser = subparsers.add_parser("nps", help="cli.help_nps")
    _common(parser, nps_of)
    parser.add_argument("--by", choices=BY, help="cli.help_by")
    parser.add_argument("--calendar", choices=CALENDARS, default="", help="cli.help_calendar")
    parser.add_argument("--split", metavar="DIMENSION", help="cli.help_split")
    parser.add_argument("--from", dest="since", metavar="DATE", help="cli.help_from")
    parser.add_argument("--to", dest="until", metavar="DATE", help="cli.help_to")


def _common(parser, run) -> None:
    parser.add_argument("workspace", metavar="W", help="cli.help_w")
    parser.set_defaults(run=run)


def _tell(call: Call, notes) -> None:
    for code, params in notes:
        call.warn(call.texts.t(code, **dict(params)))


def funnel_of(call: Call) -> Answer:
    """The steps of a funnel; without --kind the first kind that is loaded."""
    from kpi.analysis.funnel import funnel

    kind = call.args.kind or _loaded_kind(call)
    found = funnel(call.workspace, kind, call.args.split, *span(call.args.since, call.args.until))
    _tell(call, found.notes)
    keys = ("step", "group", "entered", "advanced", "lost", "moved_back", "open", "rate", "low", "high", "median_days")
    steps = [{key: getattr(step, key) for key in keys} for step in found.steps]
    table = Table(keys, [list(step.values()) for step in steps])
    return Answer({"kind": kind, "steps": steps}, [table])


def _loaded_kind(call: Call) -> str:
    present = call.workspace.columns()
    kinds = {"opportunities": "opportunities.opportunity_id", "leads": "leads.lead_id", "quotes": "quotes.quote_id"}
    if "leads.created_at" in present:
        return "leads"
    return next((kind for kind, column in kinds.items() if column in present), "leads")


def rfm_of(call: Call) -> Answer:
    """One row a customer."""
    from kpi.analysis.rfm import rfm

    found = rfm(call.workspace, day(call.args.as_of))
    _tell(call, found.notes)
    keys = ("customer_id", "recency_days", "frequency", "monetary", "r", "f", "m", "segment", "group")
    customers = _records(found.customers, keys)
    data = {"customers": customers, "cuts": found.cuts, "as_of": found.as_of, "left_out": dict(found.left_out)}
    return Answer(data, [Table(keys, [list(c.values()) for c in customers])])


def clusters_of(call: Call) -> Answer:
    """One row a customer, beside the profile of each cluster."""
    from dataclasses import asdict

    from kpi.analysis.clusters import clusters

    found = clusters(call.workspace, call.args.k, day(call.args.as_of))
    _tell(call, found.notes)
    keys = ("customer_id", "cluster")
    data = {
        "customers": _records(found.customers, keys),
        "profiles": [asdict(profile) for profile in found.profiles],
        "k": found.k,
        "as_of": found.as_of,
    }
    profiles = [list(asdict(p).values()) for p in found.profiles]
    heads = list(asdict(found.profiles[0])) if found.profiles else ["cluster"]
    return Answer(
        data, [Table(heads, [[str(v) if isinstance(v, tuple | list) else v for v in row] for row in profiles])]
    )


def _records(frame, keys) -> list[dict]:
    """Rows as plain values: null stays null, whole numbers stay whole."""
    plain = frame[list(keys)].astype(object).where(frame[list(keys)].notna(), None)
    return plain.to_dict("records")


def nps_of(call: Call) -> Answer:
    """Promoters, passives, detractors, n, score and interval per period and group."""
    from kpi.analysis.voice import nps
    from kpi.core import Measure
    from kpi.measure.frame import frame_of, periods_of

    args = call.args
    periods = None
    since, until = span(args.since, args.until, args.calendar)
    if args.by or since or until:
        query = Query((), since, until, args.by, args.calendar)
        answers = Measure("nps_answers", "count(*)", "responded_at")
        periods = periods_of(call.workspace, query, frame_of(call.workspace, query), [answers])
    found = nps(call.workspace, periods, args.split)
    _tell(call, found.notes)
    keys = ("group", "promoters", "passives", "detractors", "n", "score", "low", "high")
    now = call.workspace.as_of()
    rows = [
        {"since": row.period.since, "until": row.period.until, **{key: getattr(row, key) for key in keys}}
        | {"complete": now is None or row.period.until <= now + timedelta(days=1)}
        for row in found.rows
    ]
    left_out = {"outside": found.outside, "blank": found.blank, "undated": found.undated}
    return Answer(
        {"results": rows, "left_out": left_out},
        [Table(("since", "until", *keys), [list(r.values())[:-1] for r in rows])],
    )
