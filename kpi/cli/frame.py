"""Runs one command line: parses it, opens its workspace or hands it to the process that has it open, prints."""

from __future__ import annotations

import argparse
import sys
import tempfile
import traceback
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TextIO

from kpi.cli import FAMILIES
from kpi.cli.answer import Answer, as_json, as_text
from kpi.cli.call import Call
from kpi.cli.parser import Common, Help, build, common, parse
from kpi.core import LANGUAGES
from kpi.errors import KpiError
from kpi.text import Texts

LOG = "errors.log"


def run(
    argv: Sequence[str] | None = None,
    *,
    out: TextIO | None = None,
    err: TextIO | None = None,
    cwd: Path | None = None,
) -> int:
    """Runs `argv` (default: the process's) and returns the exit status.

    out, err: where to print (default: the process's); cwd: the folder that file names are seen from.
    Never raises for a bad command line or a mistake in a command: those are one line on err.
    """
    argv = list(sys.argv[1:] if argv is None else argv)
    told: TextIO = out or sys.stdout
    warned: TextIO = err or sys.stderr
    asked = Common(None, LANGUAGES[0], "--json" in argv, ())
    guard = Guard(argv)
    with guard:
        try:
            asked = common(argv)
            return _run(asked, told, warned, (cwd or Path.cwd()).absolute())
        except Help as wanted:
            told.write(str(wanted))
            return 0 if argv else 2
        except KeyboardInterrupt as stopped:
            raise KpiError("interrupted") from stopped
    message = Texts(asked.lang).error(guard.error)
    warned.write(" ".join(message.split()) + "\n")
    if asked.json:
        told.write(as_json(Answer({"error": {"code": guard.error.code, "message": message}}), ()) + "\n")
    return guard.error.exit_status


class Guard:
    """Keeps an error to be told in one line; an exception nobody expected goes to a log file with its traceback."""

    def __init__(self, argv: Sequence[str]) -> None:
        self.argv = argv
        self.error = KpiError("unexpected", type="-", log="-")

    def __enter__(self) -> Guard:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, Exception) or isinstance(error, BrokenPipeError):
            return False
        if isinstance(error, KpiError):
            self.error = error
        else:
            log = self._write("".join(traceback.format_exception(kind, error, trace)))
            self.error = KpiError("unexpected", type=type(error).__name__, log=str(log))
        return True

    def _write(self, text: str) -> Path:
        from kpi.workspace import home

        entry = f"{datetime.now().isoformat(timespec='seconds')} {list(self.argv)}\n{text}\n"
        for folder in (home(), Path(tempfile.gettempdir())):
            try:
                with (folder / LOG).open("a", encoding="utf-8") as file:
                    file.write(entry)
                return folder / LOG
            except OSError:
                continue
        return Path("-")


def _run(asked: Common, out: TextIO, err: TextIO, cwd: Path) -> int:
    texts = Texts(asked.lang)
    command = next((word for word in asked.rest if not word.startswith("-")), "-")
    args = parse(*build(FAMILIES, texts, command), asked.rest)
    from kpi.workspace import Request, check_name, delete, hand_over_or_open, home, names  # not for --help: it is slow

    root = home(cwd / asked.home if asked.home else None)
    call = Call(args, asked.rest, root, cwd, texts, err)
    name = getattr(args, "workspace", None)
    if name is None:
        return _answer(call, args, asked, out)
    request = Request(
        argv=("--home", str(root), "--lang", asked.lang, *(["--json"] if asked.json else []), *asked.rest),
        cwd=str(cwd),
    )
    fresh = check_name(name) not in names(root)
    opened = hand_over_or_open(root, name, request, out, err, create=getattr(args, "creates", False))
    if isinstance(opened, int):
        return opened
    call.opened, revision, status = opened, opened.revision, 1
    try:
        status = _answer(call, args, asked, out)
        if opened.revision != revision:
            from kpi.quality.trend import measure  # for what has written only

            measure(opened)
    finally:
        if fresh and status and opened.revision == revision:
            delete(root, name)  # made for a command that then did nothing
    return status


def _answer(call: Call, args: argparse.Namespace, asked: Common, out: TextIO) -> int:
    answer: Answer = args.run(call)
    text = as_json(answer, call.warnings) if asked.json else as_text(answer, call.texts)
    out.write(text + "\n" if text else "")
    out.flush()
    return answer.status
