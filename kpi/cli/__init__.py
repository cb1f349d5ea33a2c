"""The command line: every capability, headless. `python -m kpi [--home DIR] [--lang L] COMMAND … [--json]`.

How to add a command
--------------------
Write `kpi/cli/commands_<family>.py` and name the family in FAMILIES below. The module has

    def register(subparsers):                        # argparse's subparsers
        parser = subparsers.add_parser("compute", help="cli.help_compute")
        parser.add_argument("workspace")             # this very name: the frame opens it (nargs="?": may be left out)
        parser.add_argument("kpi", nargs="+")
        parser.set_defaults(run=compute)             # and creates=True where a missing workspace is to be made

    def compute(call: Call) -> Answer:
        …call.workspace, call.args, call.texts, call.path("file.csv"), call.warn("…")…
        return Answer({"results": […]}, [Table(["KPI", "Value"], rows)])

- A command never prints and never reads sys.argv or the current directory: it may run inside the app, handed over by
  another process. Files named by the user go through `call.path`, words for stderr through `call.warn` (also in the
  JSON under "warnings") or `call.progress`.
- Help texts are keys of the locales (or plain English). `--home`, `--lang` and `--json` are the frame's, anywhere.
- Errors: raise Refused (exit status 1) or Unknown (2). `Answer(..., status=1)` where there is an answer all the same.
- Import what is slow to load (pandas, sklearn) inside the function: every command line loads every family.
"""

from kpi.cli.answer import Answer, Table
from kpi.cli.call import Call

FAMILIES = (
    "workspaces",
    "settings",
    "import",
    "imports",
    "sample",
    "check",
    "duplicates",
    "plan",
    "catalogue",
    "goals",
    "own",
    "measure",
    "analysis",
    "scorecard",
    "target",
    "alerts",
    "relations",
)

__all__ = ["FAMILIES", "Answer", "Call", "Table", "main"]


def main(argv=None, **streams) -> int:
    """Runs one command line and returns its exit status; see `kpi.cli.frame.run`."""
    from kpi.cli.frame import run  # the frame loads all families, which import this package

    return run(argv, **streams)
