"""scorecard, rate and target: the balanced scorecard, one rating, one target."""

from __future__ import annotations

from kpi.cli import Answer, Call, Table
from kpi.cli.given import day, number, whole_span
from kpi.errors import Refused, Unknown


def register(subparsers) -> None:
    """scorecard W · rate W INSTRUMENT SCORE · target W KPI …"""
    parser = subparsers.add_parser("scorecard", help="cli.help_scorecard")
    parser.add_argument("workspace", metavar="W", help="cli.help_w")
    parser.add_argument("--as-of", metavar="DATE", help="cli.help_as_of")
    parser.set_defaults(run=scorecard_of)
    parser = subparsers.add_parser("rate", help="cli.help_rate")
    parser.add_argument("workspace", metavar="W", help="cli.help_w")
    parser.add_argument("instrument", metavar="INSTRUMENT", help="cli.help_instrument")
    parser.add_argument("score", type=float, metavar="SCORE", help="cli.help_score")
    parser.add_argument("--role", metavar="R", help="cli.help_role")
    parser.add_argument("--rater", metavar="ID", help="cli.help_rater")
    parser.add_argument("--round", metavar="N", help="cli.help_round")
    parser.set_defaults(run=rate)
    parser = subparsers.add_parser("target", help="cli.help_target")
    parser.add_argument("workspace", metavar="W", help="cli.help_w")
    parser.add_argument("kpi", metavar="KPI", help="cli.help_kpi")
    parser.add_argument("--baseline", type=number, metavar="X", help="cli.help_baseline")
    for name in ("target", "low", "high"):
        parser.add_argument(f"--{name}", type=number, metavar="Y", help=f"cli.help_{name}_value")
    parser.add_argument("--from", dest="since", metavar="DATE", required=True, help="cli.help_from")
    parser.add_argument("--until", metavar="DATE", required=True, help="cli.help_to")
    parser.add_argument("--goal", metavar="G", help="cli.help_goal")
    parser.add_argument("--scope", default="all", metavar="SCOPE", help="cli.help_scope")
    parser.add_argument("--source", metavar="TEXT", help="cli.help_source")
    parser.set_defaults(run=target)


def scorecard_of(call: Call) -> Answer:
    """Factors with both sides, weight and coverage; the whole beside."""
    from dataclasses import asdict

    from kpi.analysis.card import read_card
    from kpi.measure.scorecard import card_of

    found = card_of(call.workspace, day(call.args.as_of))
    card = read_card()
    keys = ("perspective", "factor", "objective", "subjective", "score", "weight", "coverage")
    factors = [
        {**{key: getattr(f, key) for key in keys}, "instruments": [asdict(i) for i in f.instruments]}
        for f in found.factors
    ]
    data = {
        "factors": factors,
        "perspectives": [asdict(p) for p in found.perspectives],
        "score": found.score,
        "coverage": found.coverage,
    }
    lang = call.texts.lang
    rows = [
        [card.factors[f.factor].name.get(lang), f.objective, f.subjective, f.score, f.weight, f.coverage]
        for f in found.factors
    ]
    t = call.texts.t
    heads = [
        t("parts.factor"),
        t("parts.data"),
        t("parts.people"),
        t("cli.value"),
        t("parts.weight"),
        t("cli.coverage"),
    ]
    return Answer(
        data, [Table(heads, rows), t("cli.scorecard", score=found.score, coverage=call.texts.percent(found.coverage))]
    )


def rate(call: Call) -> Answer:
    """Stores one subjective rating, 1 to 5."""
    from kpi.analysis.card import read_card
    from kpi.analysis.ratings import check_rating
    from kpi.workspace.choices import add_rating

    known = sorted({i for f in read_card().factors.values() for i in f.subjective})
    if call.args.instrument not in known:
        raise Unknown("instrument", call.args.instrument, known)
    check_rating(call.args.score)
    add_rating(call.workspace, call.args.instrument, call.args.score, call.args.role, call.args.rater, call.args.round)
    data = {"instrument": call.args.instrument, "score": call.args.score, "revision": call.workspace.revision}
    return Answer(data, [call.texts.t("cli.rated", instrument=call.args.instrument, score=call.args.score)])


def target(call: Call) -> Answer:
    """Sets a target with its baseline, value or band, and horizon."""
    from kpi.analysis.progress import Target
    from kpi.workspace.own_goals import goal_of
    from kpi.workspace.own_kpis import kpi_of
    from kpi.workspace.targets import set_target

    args = call.args
    kpi_of(call.workspace, args.kpi)
    if args.goal:
        goal_of(call.workspace, args.goal)
    since, until = whole_span(args.since, args.until)
    ends = [each for each in (args.low, args.high) if each is not None]
    if (args.target is None) != (len(ends) == 2) or (args.target is not None and ends):
        raise Refused("target_or_band")
    if len(ends) == 2 and args.low > args.high:
        raise Refused("target_band_order")
    scope, _, scope_id = args.scope.partition(":")
    new = Target(
        args.kpi, args.goal, since, until, args.baseline, args.target, args.low, args.high, scope, scope_id or None, args.source or ""
    )  # fmt: skip
    set_target(call.workspace, new)
    return Answer(
        {"kpi": args.kpi, "revision": call.workspace.revision}, [call.texts.t("cli.target_set", kpi=args.kpi)]
    )
