"""The words and signs of an expression, before it is read: limits, brackets and quotations that close, known signs."""

from __future__ import annotations

import re
import unicodedata
from itertools import takewhile

import sqlglot
from sqlglot.errors import SqlglotError
from sqlglot.tokens import Token, TokenType

from kpi.compile.source import Source

LONGEST, MOST_TOKENS, DEEPEST = 2000, 500, 24
# Signs that keyboards and word processors put in place of those of an expression; digits are known by themselves.
SIGNS = {
    "،": ",", "؛": ";", "٫": ".", "٬": "", "٪": "%", "–": "-", "—": "-", "−": "-", "×": "*", "÷": "/", "≤": "<=",
    "≥": ">=", "≠": "<>", "“": "'", "”": "'", "„": "'", "«": "'", "»": "'", "‘": "'", "’": "'", "‚": "'",
}  # fmt: skip


def tokens_of(source: Source) -> list[Token]:
    """The tokens of the text; BadExpression where they cannot make one expression."""
    text = source.text
    if not text.strip():
        raise source.mistake("empty")
    if len(text) > LONGEST:
        raise source.mistake("long", LONGEST, most=LONGEST)
    for at, letter in enumerate(text):
        if letter not in " \t\n\r" and unicodedata.category(letter) in ("Cc", "Cs", "Co", "Cn"):
            raise source.mistake("letter", at, sign=f"U+{ord(letter):04X}")
    _check_signs(source)
    try:
        tokens = sqlglot.tokenize(re.sub(r"\s", " ", text), read="duckdb")
    except SqlglotError:
        raise source.mistake("quote", _open_quote(text)) from None
    if not tokens:
        raise source.mistake("comment")
    if len(tokens) > MOST_TOKENS:
        raise source.mistake("many", tokens[MOST_TOKENS].start, most=MOST_TOKENS)
    opened: list[Token] = []
    ahead = 0  # words before an operand, such as "not not not" and "- - -", nest without brackets
    for token in tokens:
        if token.comments:
            raise source.mistake("comment", token.end + 1)
        if token.token_type == TokenType.SEMICOLON:
            raise source.mistake("one", token.start)
        ahead = ahead + 1 if token.token_type in (TokenType.NOT, TokenType.DASH, TokenType.PLUS) else 0
        if token.token_type in (TokenType.L_PAREN, TokenType.CASE):
            opened.append(token)
        elif token.token_type in (TokenType.R_PAREN, TokenType.END) and opened:
            opened.pop()
        elif token.token_type == TokenType.R_PAREN:
            raise source.mistake("closed", token.start)
        if len(opened) > DEEPEST or ahead > DEEPEST:
            raise source.mistake("deep", token.start, most=DEEPEST)
    unclosed = _unclosed(tokens)  # the reader lets `max(x` pass
    if unclosed:
        raise source.mistake("open", unclosed.start)
    return tokens


def _check_signs(source: Source) -> None:
    """BadExpression at a sign or a number of another script outside quotations, with what it is here."""
    text, quoted = source.text, ""
    for at, letter in enumerate(text):
        if quoted or letter in "'\"":
            quoted = ("" if letter == quoted else quoted) if quoted else letter
            continue
        if letter in SIGNS:
            raise source.mistake("sign", at, 1, SIGNS[letter], sign=letter)
        if letter.isdecimal() and not letter.isascii():
            number = "".join(takewhile(lambda each: each.isdecimal() or each in "٫٬.", text[at:]))
            said = "".join(SIGNS.get(each, each) if not each.isdecimal() else str(int(each)) for each in number)
            raise source.mistake("sign", at, len(number), said, sign=number)


def _unclosed(tokens: list[Token]) -> Token | None:
    """The innermost bracket that is never closed."""
    opened: list[Token] = []
    for token in tokens:
        if token.token_type == TokenType.L_PAREN:
            opened.append(token)
        elif token.token_type == TokenType.R_PAREN and opened:
            opened.pop()
    return opened[-1] if opened else None


def _open_quote(text: str) -> int:
    """Where the quotation or comment begins that never ends."""
    at, sign = 0, ""
    for i, letter in enumerate(text):
        if sign and letter == sign:
            sign = ""
        elif not sign and letter in "'\"$`":
            at, sign = i, letter
    return at if sign else max(text.find("/*"), 0)


def end_of_first(tokens: list[Token]) -> tuple[int, int]:
    """The token with which something else begins than one expression."""
    depth, words = 0, ("from", "where", "group", "order", "limit", "having", "union", "qualify", "window", "offset")
    for k, token in enumerate(tokens):
        depth += (token.token_type == TokenType.L_PAREN) - (token.token_type == TokenType.R_PAREN)
        if depth == 0 and (token.token_type == TokenType.COMMA or (k and token.text.lower() in words)):
            return token.start, token.end - token.start + 1
    return tokens[0].start, tokens[0].end - tokens[0].start + 1
