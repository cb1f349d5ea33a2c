"""`python -m kpi …`: the command line as a process."""

from __future__ import annotations

import os
import signal
import sys

from kpi.cli import main


def start() -> int:
    """Runs the process's command line, closing every workspace it opened."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]  # cron has LANG=C
    try:
        return main()
    except BrokenPipeError:  # the reader of a pipe has gone: `… | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    finally:
        if opened := sys.modules.get("kpi.workspace"):  # what no command needed is not loaded to be closed
            opened.close_all()


if __name__ == "__main__":
    sys.exit(start())
