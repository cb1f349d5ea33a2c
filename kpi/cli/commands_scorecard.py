"""scorecard and rate: the balanced scorecard, one rating."""

from __future__ import annotations

from kpi.cli import Answer, Call, Table
from kpi.cli.given import day
from kpi.errors import Unknown


def register(subparsers) -> None:
    """scorecard W · rate W INSTRUMENT SCORE"""
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
