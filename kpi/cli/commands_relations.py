"""relations: which KPIs go together, and which moves first. A link is no proof of a cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi.cli import Answer, Call, Table
from kpi.cli.given import filters
from kpi.errors import Refused

if TYPE_CHECKING:
    from kpi.measure.relations import Related

BY = ("week", "month", "quarter")


def register(subparsers) -> None:
    """relations W [KPI…] [--by month] [--filter DIMENSION=VALUE]…"""
    parser = subparsers.add_parser("relations", help="cli.help_relations")
    parser.add_argument("workspace", metavar="W", help="cli.help_w")
    parser.add_argument("kpi", nargs="*", metavar="KPI", help="cli.help_relations_kpi")
    parser.add_argument("--by", choices=BY, default="month", help="cli.help_by")
    parser.add_argument("--filter", action="append", default=[], metavar="DIMENSION=VALUE", help="cli.help_filter")
    parser.set_defaults(run=relations)


def relations(call: Call) -> Answer:
    """Every pair of the KPIs (of the board, where none is named) that has values for 20 periods."""
    from kpi.measure.relations import MOST, proposed, related
    from kpi.workspace.own_kpis import kpi_of

    ids = list(dict.fromkeys(call.args.kpi))
    for id_ in ids:
        kpi_of(call.workspace, id_)
    if len(ids) == 1 or len(ids) > MOST:
        raise Refused("relations_how_many", n=len(ids), most=MOST)
    told = related(call.workspace, ids or proposed(call.workspace), call.args.by, "", filters(call.args.filter))
    caveat = call.texts.t("relations.caveat")
    return Answer(_as_data(told) | {"caveat": caveat}, [*_for_people(call, told), caveat])


def _as_data(told: Related) -> dict:
    ranked = {(each.first, each.second) for each in told.found.strongest()}
    pairs = [
        {
            "first": e.first,
            "second": e.second,
            "lag": e.lag,
            "r": e.r,
            "low": e.low,
            "high": e.high,
            "same": e.same,
            "n": e.n,
            "coverage": told.coverage(e.first, e.second),
            "p": e.p,
            "significant": e.significant,
            "exploratory": e.exploratory,
            "ranked": (e.first, e.second) in ranked,
            "across": e.across,
        }
        for e in sorted(told.found.told, key=lambda e: (not e.significant, e.p, -abs(e.r)))
    ]
    untold = [
        {"first": a, "second": b, "why": little.why, "n": little.n, "needs": little.needs}
        for a, b, little in told.found.untold
    ]
    return {"relations": pairs, "untold": untold, "tests": told.found.tests, "kpis": [k.id for k in told.kpis]}


def _for_people(call: Call, told: Related) -> list:
    t = call.texts.t
    rows = [
        [
            e["first"],
            e["second"],
            round(e["r"], 2),
            e["lag"],
            e["n"],
            round(e["p"], 3),
            t(f"relations.verdict_{_verdict(e)}"),
        ]
        for e in _as_data(told)["relations"]
    ]
    heads = [t(f"cli.relations_{name}") for name in ("first", "second", "r", "lag", "n", "p", "said")]
    lines: list = [Table(heads, rows)] if rows else []
    if told.found.untold:
        lines.append(t("cli.relations_untold", n=len(told.found.untold)))
    lines.append(t("cli.relations_tests", m=told.found.tests))
    return lines


def _verdict(pair: dict) -> str:
    if not pair["significant"]:
        return "chance"
    return "exploratory" if pair["exploratory"] else "linked"
