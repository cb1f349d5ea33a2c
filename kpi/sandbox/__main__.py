"""The child: sets its limits, reads one file, writes what it found. Exit status 0, REFUSED, MEMORY, or a crash."""

from __future__ import annotations

import errno
import gc
import importlib
import json
import resource
import sys
from pathlib import Path

from kpi.sandbox.process import MEMORY, REFUSED, Answer, Stopped

KINDS = {
    "workbook": "kpi.sandbox.workbook",
    "sqlite": "kpi.sandbox.database",
    "json": "kpi.sandbox.records",
    "parquet": "kpi.sandbox.columns",
    "zip": "kpi.sandbox.archive",
}
FULL = (errno.EFBIG, errno.ENOSPC, errno.ENOMEM)


def main(kind: str, path: Path, folder: Path, settings: dict) -> int:
    """Reads `path`; the list of what it holds, or why it is refused, stands in `folder` afterwards."""
    limits = settings.pop("limits")
    _limit(resource.RLIMIT_AS, limits["memory_mb"] << 20)
    _limit(resource.RLIMIT_FSIZE, limits["written_mb"] << 20)
    _limit(resource.RLIMIT_CPU, 2 * limits["seconds"])
    _limit(resource.RLIMIT_CORE, 0)
    gc.disable()  # a process that ends soon makes millions of cells and no circles
    try:
        parts = importlib.import_module(KINDS[kind]).read(path, folder, **settings)
    except Stopped as stopped:
        Answer(error=(stopped.code, stopped.params)).write(folder)
        return REFUSED
    except MemoryError:
        return MEMORY
    except OSError as error:
        if error.errno in FULL:
            return MEMORY
        raise
    Answer(tuple(parts)).write(folder)
    return 0


def _limit(what: int, most: int) -> None:
    _, hard = resource.getrlimit(what)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), json.loads(sys.argv[4])))
