"""A mistake in an expression or a formula: what is wrong, where it stands, and what may be meant."""

from __future__ import annotations

from kpi.errors import BadDefinition
from kpi.text import Texts


class BadExpression(BadDefinition):
    """A definition says what it may not. mistake: the code of its text (`mistake.<code>` of the locales).

    text: the expression; at: the place of the mistake in it (0: the first character); length: how much of it is
    meant; near: what may be meant instead ("": nothing looks like it). `why` in its params is English.
    Without a text it is a mistake of the key itself.
    """

    def __init__(
        self, where: tuple[str, str], text: str, mistake: str, at: int, length: int, near: str, params: dict
    ) -> None:
        self.mistake, self.text, self.at, self.length, self.near = mistake, text, at, length, near
        self.details = {**params, "near": near}
        super().__init__(*where, "")
        self.code = "bad_expression" if text else "bad_key"
        self.params |= {"why": self.said(Texts("en")), "at": at + 1, "mistake": self}

    def said(self, texts: Texts) -> str:
        """What is wrong, with what may be meant, in the words of `texts`."""
        words = texts.t(f"mistake.{self.mistake}", **self.details)
        return f"{words}. {texts.t('mistake.near', near=self.near)}" if self.near else f"{words}."

    def at_file(self, file: str) -> BadExpression:
        """The same mistake, of another file."""
        where = (file, str(self.params["key"]))
        return BadExpression(where, self.text, self.mistake, self.at, self.length, self.near, self.details)
