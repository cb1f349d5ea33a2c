"""The command line: every capability, headless. `python -m kpi [--home DIR] [--lang L] COMMAND … [--json]`.

How to add a command
--------------------
Write `kpi/cli/commands_<family>.py` and name the family with its commands in FAMILIES below. The module has

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
- Help texts are keys of the locales (or plain English); that of a command is `cli.help_<command>`. `--home`, `--lang`
  and `--json` are the frame's, anywhere.
- Errors: raise Refused (exit status 1) or Unknown (2). `Answer(..., status=1)` where there is an answer all the same.
- A family is loaded only for its own commands. Import what is slow to load (pandas, sklearn) inside the function all
  the same: another process may only hand the command over.
"""

from kpi.cli.answer import Answer, Table
from kpi.cli.call import Call

FAMILIES = {
    "workspaces": ("workspaces", "create", "rename", "delete"),
    "settings": ("settings",),
    "import": ("import", "remap", "template"),
    "imports": ("imports", "undo", "tables"),
    "sample": ("sample",),
    "check": ("check",),
    "duplicates": ("duplicates", "merge"),
    "plan": ("goals", "kpis"),
    "catalogue": ("catalogue",),
    "goals": ("lint", "chain", "review", "audit"),
    "own": ("own",),
    "measure": ("compute", "explain"),
    "analysis": ("funnel", "rfm", "clusters", "nps"),
    "scorecard": ("scorecard", "rate"),
    "target": ("target",),
    "alerts": ("alerts",),
    "relations": ("relations",),
}

__all__ = ["FAMILIES", "Answer", "Call", "Table", "main"]


def main(argv=None, **streams) -> int:
    """Runs one command line and returns its exit status; see `kpi.cli.frame.run`."""
    from kpi.cli.frame import run  # the frame names this package's families

    return run(argv, **streams)
