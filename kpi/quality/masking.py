"""Personal data as they are shown where nobody asked for more: enough to recognise, too little to use."""

from __future__ import annotations

import re

from kpi import model

HIDDEN = "•••"


def masked(table: str, column: str, value: object) -> object:
    """The value, masked where the model says the column is personal, or where an id is an e-mail address."""
    field = model.table(table).fields.get(column)
    if value is None or field is None:
        return value
    text = str(value)
    if not field.personal:
        return _email(text) if field.type == "id" and "@" in text else value
    if "@" in text:
        return _email(text)
    if column == "phone":
        return f"{HIDDEN}{text.strip()[-2:]}"
    if column == "name":
        words = re.findall(r"[^\W_]+", text)[:3]
        return " ".join(f"{word[0]}{HIDDEN}" for word in words) or HIDDEN
    return HIDDEN


def _email(text: str) -> str:
    name, _, host = text.partition("@")
    end = host.rpartition(".")[2] if "." in host else ""
    return f"{name[:1]}{HIDDEN}@{host[:1]}{HIDDEN}" + (f".{end}" if end else "")
