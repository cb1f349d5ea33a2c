"""Errors: few, typed, kind. Each carries a code whose text stands in the locales under `error.<code>`."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class KpiError(Exception):
    """The base of all errors a user may see.

    code: key of the message in the locales (`error.<code>`); params: values for its placeholders.
    `str(error)` is the English message, for logs and tests; pages translate code and params.
    """

    exit_status = 1

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params = params
        super().__init__(code)

    def __str__(self) -> str:
        from kpi.text import Texts  # the text floor lies above this one; only rendering needs it

        return Texts("en").error(self)


class Refused(KpiError):
    """The request is understood but cannot be met (exit status 1)."""


class Unknown(KpiError):
    """A name that does not exist: command, KPI, goal, table, dimension (exit status 2), with "did you mean"."""

    exit_status = 2

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        near = difflib.get_close_matches(name, list(known), n=3, cutoff=0.5)
        super().__init__("unknown_near" if near else "unknown", kind=kind, name=name, near=", ".join(near))
        self.near = near


class BadDefinition(KpiError):
    """A mistake in a definition file: names the file, the key and what is wrong."""

    def __init__(self, file: str, key: str, why: str) -> None:
        super().__init__("bad_definition", file=file, key=key, why=why)

    def at_file(self, file: str) -> BadDefinition:
        """The same mistake, of another file."""
        return BadDefinition(file, str(self.params["key"]), str(self.params["why"]))
