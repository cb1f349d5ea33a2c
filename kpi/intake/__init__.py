"""Files → plans → checked rows: readers, recognition of tables and columns, values, the load into a workspace.

plans = inspect(workspace, ["deals.csv"], options(table="opportunities"))   # nothing is written
preview(workspace, plans[0])                                                # the first rows as they would be
report = load(workspace, plans[0])                                          # one transaction
"""

from kpi.intake.inspecting import Failure, inspect, inspect_each
from kpi.intake.loading import load, try_out
from kpi.intake.messages import Message
from kpi.intake.options import Options, options
from kpi.intake.order import in_order
from kpi.intake.plan import Fill, Header, Plan, Question, Target
from kpi.intake.preview import Preview, preview
from kpi.intake.raw import Format
from kpi.intake.readers import SUFFIXES
from kpi.intake.refresh import Changes, FieldChange, changes, earlier, refresh
from kpi.intake.rejected import harmless, rejected_csv
from kpi.intake.remap import hold_original, plan_again, plan_shown, remap, undo
from kpi.intake.report import ImportReport, entry, mapping, why
from kpi.intake.template import template_bytes, write_template, write_templates
from kpi.intake.typed import Rejected
from kpi.intake.upload import drop, hold

__all__ = [
    "SUFFIXES",
    "Changes",
    "Failure",
    "FieldChange",
    "Fill",
    "Format",
    "Header",
    "ImportReport",
    "Message",
    "Options",
    "Plan",
    "Preview",
    "Question",
    "Rejected",
    "Target",
    "changes",
    "drop",
    "earlier",
    "entry",
    "harmless",
    "hold",
    "in_order",
    "hold_original",
    "inspect",
    "inspect_each",
    "load",
    "mapping",
    "options",
    "plan_again",
    "plan_shown",
    "preview",
    "refresh",
    "rejected_csv",
    "remap",
    "template_bytes",
    "try_out",
    "undo",
    "why",
    "write_template",
    "write_templates",
]
