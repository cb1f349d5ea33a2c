"""One command as it runs: its arguments, its workspace, its language, where its words go."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from kpi.text import Texts

if TYPE_CHECKING:  # slow to load, and not every command opens one
    from kpi.workspace import Workspace


@dataclass
class Call:
    """What a command gets. home: the folder with the workspaces; argv: the command line without the frame's options."""

    args: argparse.Namespace
    argv: tuple[str, ...]
    home: Path
    cwd: Path
    texts: Texts
    err: TextIO
    opened: Workspace | None = None
    warnings: list[str] = field(default_factory=list)

    @property
    def workspace(self) -> Workspace:
        """The open workspace of a command that names one."""
        if self.opened is None:
            raise LookupError("this command line names no workspace")
        return self.opened

    def path(self, text: str) -> Path:
        """A file named by the user, seen from where the command was typed."""
        return self.cwd / Path(text).expanduser()

    def warn(self, text: str) -> None:
        """Something the user should know: on stderr at once, and under "warnings" in the JSON."""
        self.warnings.append(text)
        self.progress(text)

    def progress(self, text: str) -> None:
        """A line on stderr."""
        self.err.write(text + "\n")
        self.err.flush()
