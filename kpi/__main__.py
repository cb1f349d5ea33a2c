"""`python -m kpi …`: the command line as a process."""

from __future__ import annotations

import json
import os
import signal
import sys

from kpi.errors import BadDefinition


def start() -> int:
    """Runs the process's command line, closing every workspace it opened."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]  # cron has LANG=C
    try:
        from kpi.cli import main  # what the parts need of the definitions they read as they are loaded
        from kpi.workspace import close_all
    except BadDefinition as error:
        return _broken(error)
    try:
        return main()
    except BadDefinition as error:
        return _broken(error)
    except BrokenPipeError:  # the reader of a pipe has gone: `… | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    finally:
        close_all()


def _broken(error: BadDefinition) -> int:
    """A definition without which nothing works: named as `catalogue check` names it."""
    said = {"file": error.params["file"], "key": error.params["key"], "mistake": error.params["why"]}
    if "--json" in sys.argv:
        sys.stdout.write(json.dumps({"warnings": [], "mistakes": [said]}, ensure_ascii=False, indent=2) + "\n")
    sys.stderr.write(f"{said['file']} · {said['key']}: {said['mistake']}\n")
    return 1


if __name__ == "__main__":
    sys.exit(start())
