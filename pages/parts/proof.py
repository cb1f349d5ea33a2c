"""The proof card: where a number comes from, down to the rows."""

from __future__ import annotations

from kpi.text import Texts
from pages.parts.markup import esc
from pages.parts.views_kpi import Proof, ProofPart

LONG = 34  # letters: more do not fit beside the name


def proof_card(texts: Texts, proof: Proof) -> str:
    """Formula, value as a division, for each measure rows read = used + left out by reason, definition, what else
    holds."""
    lines = [_line(texts.t("parts.formula"), proof.formula), _line(texts.t("parts.value"), proof.value, ' dir="ltr"')]
    lines += [_line(name, text) for name, text in proof.facts]
    for part in proof.parts:
        lines += _rows(texts, part)
    if proof.definition:
        lines += ["<hr>", _line(texts.t("parts.definition"), proof.definition)]
    said = "".join(f"<p>{esc(text)}</p>" for text in proof.said)
    return f'<div class="k-proof"><dl>{"".join(lines)}</dl>{said}</div>'


def _rows(texts: Texts, part: ProofPart) -> list[str]:
    """The rows behind one measure."""
    lines = ["<hr>", f'<dt class="part"><bdi>{esc(part.name)}</bdi></dt><dd><bdi>{esc(part.value)}</bdi></dd>']
    if part.period:
        lines.append(_line(texts.t("parts.period"), part.period))
    counted = (("rows_read", part.read), ("rows_used", part.used), ("rows_left_out", part.left_out))
    lines += [_line(texts.t(f"parts.{key}"), shown) for key, shown in counted]
    return lines + [f'<dt class="reason">{esc(why)}</dt><dd class="reason">{esc(n)}</dd>' for why, n in part.reasons]


def _line(name: str, shown: str, way: str = "") -> str:
    """One line, a long text below its name; a division reads from the left in every language."""
    wide = ' class="wide"' if len(shown) > LONG else ""
    return f"<dt>{esc(name)}</dt><dd{wide}><bdi{way}>{esc(shown)}</bdi></dd>"
