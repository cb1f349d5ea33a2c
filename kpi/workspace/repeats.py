"""Whether any key occurs twice: by hashes, which sort many times faster than texts group. Exact all the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

MANY = 100_000  # rows up to which grouping costs nothing
AT_ONCE = 16_000_000  # hashes sorted at once: 128 MB

Query = Callable[[str], list[tuple]]
Arrays = Callable[[str], dict[str, Any]]


def certainly_none(query: Query, arrays: Arrays, source: str, keys: list[str], where: str) -> bool:
    """True: no combination of `keys` occurs twice in `source` under the condition `where`. False: some may, and those
    who want to know must look closer. keys: SQL expressions without NULL under that condition, or compared as values.

    Equal keys have equal hashes, so that where all hashes differ all keys do.
    """
    n = query(f"SELECT count(*) FROM {source} WHERE {where}")[0][0]
    if n <= MANY:
        return False
    import numpy as np  # slow to load, and most files are small

    hashed, parts = f"hash({', '.join(keys)})", -(-n // AT_ONCE)
    for part in range(parts):
        share = f" AND {hashed} % {parts} = {part}" if parts > 1 else ""
        found = np.sort(np.asarray(arrays(f"SELECT {hashed} AS h FROM {source} WHERE {where}{share}")["h"]))
        if bool((found[1:] == found[:-1]).any()):
            return False
    return True
