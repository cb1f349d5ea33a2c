"""tables: what is loaded."""

from __future__ import annotations

from kpi.cli import Answer, Call


def register(subparsers) -> None:
    """tables W"""
    parser = subparsers.add_parser("tables", help="cli.help_tables")
    parser.add_argument("workspace", metavar="W", help="cli.help_w")
    parser.set_defaults(run=tables)


def tables(call: Call) -> Answer:
    raise NotImplementedError
