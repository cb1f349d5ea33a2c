"""Small drawings out of plain boxes: dots with intervals, diverging bars, progress, stacked bars, spreads."""

from __future__ import annotations

from dataclasses import dataclass

from pages.parts.markup import percent


@dataclass(frozen=True)
class Scale:
    """From numbers to places on a line."""

    low: float
    high: float

    @classmethod
    def over(cls, *values: float | None, pad: float = 0.06) -> Scale:
        """The scale that holds all the values that are defined, with a little room at both ends."""
        known = [value for value in values if value is not None]
        if not known:
            return cls(0.0, 1.0)
        low, high = min(known), max(known)
        room = (high - low) * pad or abs(high) * pad or 1.0
        return cls(low - room, high + room)

    def at(self, value: float) -> float:
        """The place of `value` as a share of the line, kept on it."""
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)


def _left(share: float) -> str:
    return f"left:{percent(share)}"


def span(scale: Scale, low: float, high: float, kind: str = "span") -> str:
    """A stretch from `low` to `high`."""
    start, end = sorted((scale.at(low), scale.at(high)))
    return f'<i class="{kind}" style="{_left(start)};width:{percent(end - start)}"></i>'


def dot(scale: Scale, value: float, kind: str = "") -> str:
    """A dot at `value`."""
    return f'<i class="k-dot {kind}" style="{_left(scale.at(value))}"></i>'


def rule(scale: Scale, value: float, kind: str = "") -> str:
    """An upright line at `value`."""
    return f'<i class="rule {kind}" style="{_left(scale.at(value))}"></i>'


def plot(*pieces: str) -> str:
    """A number line with its pieces; says nothing to a screen reader, the numbers stand beside it."""
    return f'<span class="k-plot" aria-hidden="true">{"".join(pieces)}</span>'
