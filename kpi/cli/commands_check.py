"""check: the data-quality report."""

from __future__ import annotations

from kpi.cli import Answer, Call, Table
from kpi.quality import findings


def register(subparsers) -> None:
    """check W"""
    parser = subparsers.add_parser("check", help="cli.help_check")
    parser.add_argument("workspace", metavar="W", help="cli.help_w")
    parser.set_defaults(run=check)


def check(call: Call) -> Answer:
    """What contradicts itself or cannot be used by some numbers; a finding never drops a row."""
    found = findings(call.workspace)
    texts = call.texts
    data = [
        {
            "code": each.code,
            "table": each.table,
            "rows": each.n,
            "of": each.of,
            "message": each.message(texts),
            "examples": each.examples,
        }
        for each in found
    ]
    if not data:
        return Answer({"findings": []}, [texts.t("cli.nothing_found")])
    heads = [texts.t(f"cli.{key}") for key in ("table", "finding", "examples")]
    rows = [[each["table"], each["message"], ", ".join(each["examples"])] for each in data]
    return Answer({"findings": data}, [Table(heads, rows)])
