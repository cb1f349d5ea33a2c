"""The made-up sample company: `generate` gives its rows, `fill` writes them into a workspace.

`stories` says what is planted in them; data/README.md says where it shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi.sample.generate import SEED, digest, generate

if TYPE_CHECKING:
    from kpi.workspace import Workspace

__all__ = ["SEED", "digest", "fill", "generate"]


def fill(workspace: Workspace, seed: int = SEED) -> dict[str, int]:
    """Fills an empty workspace; see `kpi.sample.loading.fill`. Generating needs no database, so this loads it late."""
    from kpi.sample import loading

    return loading.fill(workspace, seed)
