"""What a reader must be told beside a number: a text key with its values, translated where it is shown."""

from __future__ import annotations

Note = tuple[str, tuple[tuple[str, object], ...]]


def note(code: str, **params: object) -> Note:
    """The note `analysis.<code>` of the locales with the values of its placeholders."""
    return f"analysis.{code}", tuple(sorted(params.items()))
