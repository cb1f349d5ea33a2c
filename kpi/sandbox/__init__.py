"""Foreign bytes are parsed in a process of its own with limits: `python -m kpi.sandbox KIND FILE FOLDER SETTINGS`.

A hostile file can abort a parser, ask for all memory or never end; then that process ends, not the one of the app.
The child writes tables as Arrow files into FOLDER and says in a list what they are; it imports nothing of the
product but this part, so that it starts in a tenth of a second.
"""

from kpi.sandbox.process import Limits, Part, Stopped, TooBig, run

__all__ = ["Limits", "Part", "Stopped", "TooBig", "run"]
