"""Names made comparable: headers for recognition, and names that stand for ids."""

from __future__ import annotations

import re
import unicodedata

# One form for letters and digits that keyboards type differently.
LETTERS = {"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "ۀ": "ه", "أ": "ا", "إ": "ا", "آ": "آ", "ё": "е", "’": "'", "ʼ": "'"}
DIGITS = {**{c: str(i) for i, c in enumerate("۰۱۲۳۴۵۶۷۸۹")}, **{c: str(i) for i, c in enumerate("٠١٢٣٤٥٦٧٨٩")}}
SAME = str.maketrans({**LETTERS, **DIGITS})
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_MARKS = re.compile(r"['\u200c\u200b\u0640]")
_OTHER = re.compile(r"[^\w#%№]+|_+")


def plain(header: str) -> str:
    """A header as lower-case words with single blanks: "Deal - Creation_date*" and "dealCreationDate" are alike."""
    text = unicodedata.normalize("NFKC", header.replace("№", " no ").replace("#", " no ").replace("%", " percent "))
    text = _CAMEL.sub(" ", text).translate(SAME).casefold()
    return _OTHER.sub(" ", _MARKS.sub("", text)).strip()


def name_id(expression: str) -> str:
    """SQL: the id that a name stands for, its letters and digits in lower case ("GTX Pro" and "GTXPro" are one).

    Between two digits a mark of separation stays, so that "Plan 1-2" is not "Plan 12". A name without any letter or
    digit is its own id.
    """
    same = "".join(LETTERS) + "".join(DIGITS)
    to = "".join(LETTERS.values()) + "".join(DIGITS.values())
    text = f"translate(lower(nfc_normalize({expression})), {quote(same)}, {quote(to)})"
    for _ in range(2):  # twice: matches of 1-2-3 overlap
        text = f"regexp_replace({text}, '([0-9])[^\\p{{L}}\\p{{N}}\\p{{M}}]+([0-9])', '\\1\u0001\\2', 'g')"
    text = f"regexp_replace({text}, '[^\\p{{L}}\\p{{N}}\\p{{M}}\u0001]', '', 'g')"
    return f"coalesce(nullif(replace({text}, '\u0001', '-'), ''), trim({expression}))"


def quote(text: str) -> str:
    """`text` as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """`name` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
