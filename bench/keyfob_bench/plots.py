"""Pictures of a run: bars and lines in SVG that read well on light and on dark pages."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10
from typing import Final

from keyfob_bench.tables import evenly

_STYLE: Final = """
svg { color-scheme: light dark; font: 13px system-ui, sans-serif; background: var(--page);
  --page: #ffffff; --text: #1d2521; --quiet: #5b6761; --line: #d5dcd8;
  --s0: #1f7a54; --s1: #2b62b5; --s2: #b3541e; --s3: #7d4aa8; --s4: #8a6d00; --s5: #a8325e; --s6: #3d7d8a;
  --s7: #6b6b6b }
@media (prefers-color-scheme: dark) { svg { --page: #0e1412; --text: #e4ebe7; --quiet: #9aa8a1; --line: #2b3632;
  --s0: #5cc79a; --s1: #7fb0f5; --s2: #f0986a; --s3: #c39be8; --s4: #d9bd55; --s5: #ee8bb0; --s6: #7cc4d1;
  --s7: #a5a5a5 } }
text { fill: var(--text) } .quiet { fill: var(--quiet); font-size: 12px } .title { font-weight: 600 }
.grid { stroke: var(--line) } .curve { fill: none; stroke-width: 2 }
.end { text-anchor: end } .middle { text-anchor: middle }
"""
_COLOURS: Final = 8
_TICKS: Final = 6
_WIDTH: Final = 820
_LABEL, _VALUE = 240, 90
_BAR, _GAP, _PANEL = 16, 4, 22
_LEFT, _RIGHT, _TOP, _HEIGHT, _UNDER = 70, 290, 62, 260, 44


def _document(height: float, title: str, body: Sequence[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height:.0f}" width="{_WIDTH}" role="img">'
    named = f"<title>{escape(title)}</title><style>{_STYLE}</style>"
    told = f'<text class="title" x="12" y="24">{escape(title)}</text>'
    return f"{head}{named}{told}{''.join(body)}</svg>\n"


def bars(title: str, panels: Mapping[str, Mapping[str, float]], form: str = ",.0f") -> str:
    """A panel for each name, with a bar for each of its members, the longest as wide as the picture allows.

    A member has the same colour in all panels; bars of one panel alone have one colour.
    """
    members = list(dict.fromkeys(name for panel in panels.values() for name in panel))
    body, y = [], 42.0
    for name, panel in panels.items():
        body.append(f'<text class="title" x="12" y="{y + 13:.0f}">{escape(name)}</text>')
        y += _PANEL
        longest = max(panel.values(), default=0.0) or 1.0
        for member, value in panel.items():
            width = max(value / longest * (_WIDTH - _LABEL - _VALUE), 1.0)
            base, colour = y + _BAR - 4, f"fill:var(--s{members.index(member) % _COLOURS if len(panels) > 1 else 0})"
            body += (
                f'<text class="quiet end" x="{_LABEL - 8}" y="{base:.0f}">{escape(member)}</text>',
                f'<rect x="{_LABEL}" y="{y:.0f}" width="{width:.1f}" height="{_BAR}" rx="2" style="{colour}"/>',
                f'<text x="{_LABEL + width + 6:.1f}" y="{base:.0f}">{value:{form}}</text>',
            )
            y += _BAR + _GAP
        y += 10
    return _document(y + 6, title, body)


@dataclass(frozen=True, slots=True)
class Axis:
    name: str
    logarithmic: bool = False


def lines(title: str, curves: Mapping[str, Sequence[tuple[float, float]]], across: Axis, up: Axis) -> str:
    """A curve through the points of each name; the axis upwards begins at zero."""
    points = [point for curve in curves.values() for point in curve]
    if not points:
        return _document(60, title, ())
    xs = [log10(x) if across.logarithmic else x for x, _ in points]
    left, right = min(xs), max(xs)
    step = _step(max(y for _, y in points))
    top = step * max(ceil(max(y for _, y in points) / step), 1)
    width = _WIDTH - _LEFT - _RIGHT

    def at(x: float, y: float) -> tuple[float, float]:
        along = ((log10(x) if across.logarithmic else x) - left) / ((right - left) or 1)
        return _LEFT + along * width, _TOP + _HEIGHT * (1 - y / top)

    body: list[str] = []
    for number in range(round(top / step) + 1):
        y = at(points[0][0], number * step)[1]
        body += (
            f'<line class="grid" x1="{_LEFT}" x2="{_LEFT + width}" y1="{y:.1f}" y2="{y:.1f}"/>',
            f'<text class="quiet end" x="{_LEFT - 8}" y="{y + 4:.1f}">{number * step:g}</text>',
        )
    body += (
        f'<text class="quiet middle" x="{at(x, 0)[0]:.1f}" y="{_TOP + _HEIGHT + 18}">{x:,.0f}</text>'
        for x in evenly(sorted({x for x, _ in points}), _TICKS)
    )
    body.append(
        f'<text class="quiet middle" x="{_LEFT + width / 2}" y="{_TOP + _HEIGHT + 38}">{escape(across.name)}</text>'
    )
    body.append(f'<text class="quiet" x="12" y="{_TOP - 18}">{escape(up.name)}</text>')
    body += _drawn(curves, at)
    return _document(_TOP + _HEIGHT + _UNDER + 6, title, body)


def _drawn(
    curves: Mapping[str, Sequence[tuple[float, float]]], at: Callable[[float, float], tuple[float, float]]
) -> Iterator[str]:
    for number, (name, curve) in enumerate(curves.items()):
        colour = f"var(--s{number % _COLOURS})"
        placed = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(*point) for point in sorted(curve)))
        y = _TOP + 12 + number * 20
        yield f'<polyline class="curve" points="{placed}" style="stroke:{colour}"/>'
        if len(curve) <= 12:  # noqa: PLR2004 - more dots would hide the curve
            yield from (
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" style="fill:{colour}"/>'
                for x, y in (at(*point) for point in curve)
            )
        yield f'<rect x="{_WIDTH - _RIGHT + 24}" y="{y - 10}" width="14" height="10" rx="2" style="fill:{colour}"/>'
        yield f'<text x="{_WIDTH - _RIGHT + 46}" y="{y}">{escape(name)}</text>'


def _step(highest: float) -> float:
    """A round number of which two to five reach the top."""
    if highest <= 0:
        return 1.0
    power = 10.0 ** floor(log10(highest))
    return next(power * share for share in (0.2, 0.5, 1.0, 2.0) if highest / (power * share) <= 5)  # noqa: PLR2004
