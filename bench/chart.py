"""A plot without a library: lines over a logarithmic axis, as SVG."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT, MARGIN = 460, 340, 58
COLOURS = ("#1b6ca8", "#1b6ca8", "#c0392b", "#c0392b")
DASHES = ("", "6 4", "", "6 4")
_STYLE = "font-family='sans-serif' font-size='12' fill='#222'"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a panel: points by number of clients."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Panel:
    """One set of axes. Both are logarithmic if `log_y`, else only that of the clients."""

    title: str
    unit: str
    lines: Sequence[Line]
    log_y: bool = False


def svg(panels: Sequence[Panel]) -> str:
    """Return the panels side by side, with one legend below."""
    width = len(panels) * (WIDTH + MARGIN) + MARGIN
    legend = [line.name for line in panels[0].lines]
    body = [
        f"<g transform='translate({MARGIN + index * (WIDTH + MARGIN)},{MARGIN})'>"
        f"{_panel(panel)}</g>"
        for index, panel in enumerate(panels)
    ]
    body += [_legend(name, index) for index, name in enumerate(legend)]
    height = HEIGHT + 2 * MARGIN + 34 + 18 * len(legend)
    head = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' {_STYLE}>"
    return "\n".join([head, "<rect width='100%' height='100%' fill='white'/>", *body, "</svg>\n"])


class _Axis:
    """Maps values to places along an axis, and knows where to put ticks."""

    def __init__(self, values: Sequence[float], length: float, *, log: bool) -> None:
        self._log, self._length = log, length
        self._most = max(values) * (1 if log else 1.08)
        self._least = min(values) if log else 0.0

    def place(self, value: float) -> float:
        """Return how far along the axis a value is."""
        if not self._log:
            return self._length * value / self._most
        span = math.log(self._most / self._least) or 1
        return self._length * math.log(value / self._least) / span

    def ticks(self) -> list[float]:
        """Return round values: powers of ten, or about five even steps."""
        if self._log:
            powers = range(math.floor(math.log10(self._least)), math.ceil(math.log10(self._most)))
            ticks = [10.0**power for power in [*powers, math.ceil(math.log10(self._most))]]
            return [tick for tick in ticks if self._least <= tick <= self._most * 1.001]
        step = 10 ** math.floor(math.log10(self._most))
        step = next(size for size in (step / 5, step / 2, step) if self._most / size <= 8)
        return [step * count for count in range(int(self._most / step) + 1)]


def _panel(panel: Panel) -> str:
    across = _Axis([x for line in panel.lines for x, _ in line.points], WIDTH, log=True)
    up = _Axis([y for line in panel.lines for _, y in line.points], HEIGHT, log=panel.log_y)
    parts = [
        f"<text x='0' y='-24' font-size='14'>{escape(panel.title)}</text>",
        f"<text x='0' y='-8' fill='#777'>{escape(panel.unit)}</text>",
        *(_tick_across(across, tick) for tick in across.ticks()),
        *(_tick_up(up, tick) for tick in up.ticks()),
        f"<text x='{WIDTH / 2}' y='{HEIGHT + 36}' text-anchor='middle'>clients</text>",
        *(_polyline(line, across, up, index) for index, line in enumerate(panel.lines)),
    ]
    return "\n".join(parts)


def _tick_across(axis: _Axis, tick: float) -> str:
    x = axis.place(tick)
    return (
        f"<line x1='{x:.1f}' y1='0' x2='{x:.1f}' y2='{HEIGHT}' stroke='#eee'/>"
        f"<text x='{x:.1f}' y='{HEIGHT + 18}' text-anchor='middle'>{tick:,g}</text>"
    )


def _tick_up(axis: _Axis, tick: float) -> str:
    y = HEIGHT - axis.place(tick)
    return (
        f"<line x1='0' y1='{y:.1f}' x2='{WIDTH}' y2='{y:.1f}' stroke='#ddd'/>"
        f"<text x='-6' y='{y + 4:.1f}' text-anchor='end'>{tick:,g}</text>"
    )


def _polyline(line: Line, across: _Axis, up: _Axis, index: int) -> str:
    places = [(across.place(x), HEIGHT - up.place(y)) for x, y in line.points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    dots = "".join(
        f"<circle cx='{x:.1f}' cy='{y:.1f}' r='3' fill='{COLOURS[index]}'/>" for x, y in places
    )
    return f"<polyline points='{path}' fill='none' {_stroke(index)}/>{dots}"


def _legend(name: str, index: int) -> str:
    y = HEIGHT + 2 * MARGIN + 18 * index
    return (
        f"<line x1='{MARGIN}' y1='{y}' x2='{MARGIN + 40}' y2='{y}' {_stroke(index)}/>"
        f"<text x='{MARGIN + 50}' y='{y + 4}'>{escape(name)}</text>"
    )


def _stroke(index: int) -> str:
    return f"stroke='{COLOURS[index]}' stroke-width='2' stroke-dasharray='{DASHES[index]}'"
