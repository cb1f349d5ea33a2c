"""duplicates, merge: who is in twice, and making two customers one."""

from __future__ import annotations

from kpi.cli import Answer, Call, Table
from kpi.errors import Refused
from kpi.quality.masking import masked
from kpi.quality.rules import PEOPLE
from kpi.text import Texts


def register(subparsers) -> None:
    """duplicates W [--table T] [--least C] · merge W KEEP DROP… [--sure C] [--dry-run]"""
    parser = subparsers.add_parser("duplicates", help="cli.help_duplicates")
    parser.add_argument("workspace", metavar="W", help="cli.help_w")
    parser.add_argument("--table", choices=PEOPLE, default=PEOPLE[0], help="cli.help_people")
    parser.add_argument("--least", type=float, default=0.0, metavar="CONFIDENCE", help="cli.help_least")
    parser.add_argument("--unmasked", action="store_true", help="cli.help_unmasked")
    parser.set_defaults(run=listed)
    parser = subparsers.add_parser("merge", help="cli.help_merge")
    parser.add_argument("workspace", metavar="W", help="cli.help_w")
    parser.add_argument("customers", nargs="*", metavar="ID", help="cli.help_merge_ids")
    parser.add_argument("--sure", type=float, metavar="CONFIDENCE", help="cli.help_sure")
    parser.add_argument("--dry-run", action="store_true", help="cli.help_merge_dry")
    parser.set_defaults(run=merged)


def listed(call: Call) -> Answer:
    """The candidate pairs, the surest first, with their reasons; personal data are masked unless asked for."""
    from kpi.quality.duplicates import Record, duplicates  # numpy is slow to load

    texts, table = call.texts, call.args.table
    found = [each for each in duplicates(call.workspace, table) if each.confidence >= call.args.least]

    def shown(record: Record) -> dict[str, object]:
        cells = {"name": record.name, "email": record.email, "phone": record.phone}
        if not call.args.unmasked:
            cells = {column: masked(table, column, value) for column, value in cells.items()}
        return {"id": record.id, **cells}

    data = [
        {
            "table": each.table,
            "keep": shown(each.keep),
            "drop": shown(each.drop),
            "confidence": each.confidence,
            "reasons": each.reasons,
            "why": [reason(code, texts) for code in each.reasons],
            "likeness": each.likeness,
            "sources": each.sources,
            "across": each.across,
        }
        for each in found
    ]
    if not data:
        return Answer({"duplicates": []}, [texts.t("cli.no_duplicates")])
    heads = [texts.t(f"cli.{key}") for key in ("keep", "drop", "confidence", "why")]
    rows = [
        [each.keep.id, each.drop.id, texts.percent(each.confidence), ", ".join(reason(c, texts) for c in each.reasons)]
        for each in found
    ]
    return Answer({"duplicates": data}, [Table(heads, rows)])


def reason(code: str, texts: Texts) -> str:
    """Why two records are a pair, or what speaks against it, in words."""
    return texts.t(f"quality.reason_{code}")


def merged(call: Call) -> Answer:
    """Merges the second and every further customer into the first, or all pairs of at least a confidence. `undo` takes
    it back."""
    from kpi.quality.duplicates import duplicates
    from kpi.quality.merge import merge, preview

    given, sure, texts = call.args.customers, call.args.sure, call.texts
    if bool(given) == (sure is not None) or len(given) == 1:
        raise Refused("merge_what")
    pairs = [(given[0], other) for other in given[1:]]
    if sure is not None:
        pairs = [(d.keep.id, d.drop.id) for d in duplicates(call.workspace) if d.confidence >= sure]
    if call.args.dry_run:
        plans = [preview(call.workspace, keep, drop) for keep, drop in pairs]
        data = [
            {
                "keep": p.keep,
                "drop": p.drop,
                "moves": [{"table": m.table, "column": m.column, "rows": m.n} for m in p.moves],
            }
            for p in plans
        ]
        rows = [[p.keep, p.drop, ", ".join(f"{m.n} {m.table}.{m.column}" for m in p.moves)] for p in plans]
        return Answer({"merges": data}, [Table([texts.t(f"cli.{key}") for key in ("keep", "drop", "moves")], rows)])
    done = merge(call.workspace, pairs)
    data = [{"keep": keep, "drop": drop} for keep, drop in pairs]
    said = texts.t("cli.merged", n=done.rows_loaded, id=str(done.id), name=call.workspace.name)
    return Answer({"merges": data, "import": str(done.id), "revision": call.workspace.revision}, [said])
