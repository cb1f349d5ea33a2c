"""sample: fills a workspace with the made-up company."""

from __future__ import annotations

from kpi.cli import Answer, Call, Table


def register(subparsers) -> None:
    """sample W"""
    parser = subparsers.add_parser("sample", help="cli.help_sample")
    parser.add_argument("workspace", metavar="W", help="cli.help_w")
    parser.set_defaults(run=sample, creates=True)


def sample(call: Call) -> Answer:
    """Fills the workspace, made if it is not there; refused where it holds data."""
    from kpi.sample import fill  # the generator is only needed here

    t = call.texts.t
    call.progress(t("cli.sample_begins"))
    counts = fill(call.workspace)
    last = call.workspace.as_of()
    tables = [{"table": name, "rows": rows} for name, rows in counts.items()]
    said = t("cli.sample_done", rows=sum(counts.values()), name=call.workspace.name)
    shown = Table([t("cli.table"), t("cli.rows")], [[each["table"], each["rows"]] for each in tables])
    return Answer({"tables": tables, "as_of": last.isoformat() if last else None}, [shown, said])
