"""The door: the one place where access to a workspace is checked."""

from __future__ import annotations

from typing import Protocol

from kpi.errors import Refused

ROLES = ("rater", "viewer", "editor", "owner")  # each may do what those before it may


class Named(Protocol):
    """What the door needs to know of a workspace."""

    name: str


def role_of(workspace: Named) -> str:
    """The role of whoever runs this process or session. Today everyone who can read the folder owns it."""
    return ROLES[-1]


def door_check(workspace: Named, role: str) -> None:
    """Refused("not_allowed") unless the one who asks has at least `role` in this workspace."""
    have = role_of(workspace)
    if ROLES.index(have) < ROLES.index(role):
        raise Refused("not_allowed", needed=role, role=have)
