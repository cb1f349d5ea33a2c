"""The proof card: where a number comes from, down to the rows and the command that repeats it."""

from __future__ import annotations

from kpi.text import Texts
from pages.parts.markup import esc
from pages.parts.views import Proof

LONG = 34  # letters: more do not fit beside the name


def proof_card(texts: Texts, proof: Proof) -> str:
    """Formula, value as a division, rows read = used + left out by reason, definition; SQL and command folded."""
    lines = [_line(texts, "formula", proof.formula), _line(texts, "value", proof.value, ' dir="ltr"'), "<hr>"]
    lines += [_line(texts, "rows_read", proof.read), _line(texts, "rows_used", proof.used)]
    lines.append(_line(texts, "rows_left_out", proof.left_out))
    lines += [f'<dt class="reason">{esc(why)}</dt><dd class="reason">{esc(n)}</dd>' for why, n in proof.reasons]
    if proof.definition:
        lines += ["<hr>", _line(texts, "definition", proof.definition)]
    return f'<div class="k-proof"><dl>{"".join(lines)}</dl></div>{_folded(texts, proof)}'


def _line(texts: Texts, key: str, shown: str, way: str = "") -> str:
    """One line, a long text below its name; a division reads from the left in every language."""
    wide = ' class="wide"' if len(shown) > LONG else ""
    return f"<dt>{esc(texts.t(f'parts.{key}'))}</dt><dd{wide}><bdi{way}>{esc(shown)}</bdi></dd>"


def _folded(texts: Texts, proof: Proof) -> str:
    blocks = "".join(f'<pre tabindex="0">{esc(code)}</pre>' for code in (proof.sql, proof.command) if code)
    if not blocks:
        return ""
    title = esc(texts.t("parts.sql_and_command"))
    return f'<details class="k-more"><summary>{title}</summary>{blocks}</details>'
