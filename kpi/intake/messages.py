"""What the import says to its user: a code and its values; the words stand in the locales under [intake]."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kpi.text import Texts


@dataclass(frozen=True)
class Message:
    """One sentence: `code` is the text key `intake.<code>`, params fill its placeholders."""

    code: str
    params: tuple[tuple[str, object], ...] = ()

    def text(self, texts: Texts) -> str:
        """The sentence in the language of `texts`; a `day`, kept as ISO text, as its reader writes days."""
        params = dict(self.params)
        if params.get("day"):
            params["day"] = date.fromisoformat(str(params["day"]))
        return texts.t(f"intake.{self.code}", **params)

    def plain(self) -> dict:
        """As a JSON object, the way the import log keeps it."""
        return {"code": self.code, "params": dict(self.params)}


def say(code: str, **params: object) -> Message:
    """A message of the import."""
    return Message(code, tuple(params.items()))
