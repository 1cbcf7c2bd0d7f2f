"""Charts as small SVG files."""

import math
from dataclasses import dataclass
from xml.sax.saxutils import escape

COLOURS = ["#000000", "#d55e00", "#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f4fc9"]
PANEL, HEIGHT, LEFT, TOP, GAP = 300, 220, 46, 22, 52


@dataclass
class Panel:
    """Points over a logarithmic axis, and the range of the other axis, from the bottom up."""

    title: str
    lines: dict[str, list[tuple[float, float]]]
    bottom: float
    top: float
    unit: str


def ticks(least: float, most: float) -> list[float]:
    """Round numbers between two limits for a logarithmic axis: 1, 2, 5 times powers of ten."""
    powers = range(math.floor(math.log10(least)), math.ceil(math.log10(most)) + 1)
    return [m * 10**p for p in powers for m in (1, 2, 5) if least <= m * 10**p <= most]


def short(number: float) -> str:
    for factor, unit in ((1e6, "M"), (1e3, "k")):
        if number >= factor:
            return f"{number / factor:g}{unit}"
    return f"{number:g}"


def text(x: float, y: float, content: str, anchor: str = "middle") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{escape(content)}</text>'


def draw_panel(panel: Panel, left: float, colours: dict[str, str]) -> list[str]:
    numbers = [x for line in panel.lines.values() for x, _ in line]
    least, most = min(numbers) / 1.1, max(numbers) * 1.1
    right, bottom = left + PANEL, TOP + HEIGHT
    x_of = lambda x: left + PANEL * math.log(x / least) / math.log(most / least)  # noqa: E731
    y_of = lambda y: bottom - HEIGHT * min(1.0, max(0.0, (y - panel.bottom) / (panel.top - panel.bottom)))  # noqa: E731
    parts = [text(left + PANEL / 2, TOP - 8, panel.title), f'<path d="M{left} {TOP}V{bottom}H{right}" fill="none" stroke="#888"/>']
    parts += [text(x_of(tick), bottom + 14, short(tick)) for tick in ticks(least, most)]
    for i in range(5):
        y = panel.bottom + (panel.top - panel.bottom) * i / 4
        parts += [text(left - 4, y_of(y) + 4, f"{y:.3g}{panel.unit}", "end"), f'<path d="M{left} {y_of(y):.1f}H{right}" stroke="#ddd"/>']
    for name, line in panel.lines.items():
        places = [(x_of(x), y_of(y)) for x, y in line]
        if len(places) > 1:
            parts.append(f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in places)}" fill="none" stroke="{colours[name]}" stroke-opacity="0.6"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colours[name]}"/>' for x, y in places]
    return parts


def draw(panels: list[Panel]) -> str:
    """Panels side by side with one legend below; a line has the same colour in all. What lies below a panel's bottom is drawn on it."""
    names = list(panels[0].lines)
    colours = dict(zip(names, COLOURS))
    width, height = LEFT + len(panels) * (PANEL + GAP), TOP + HEIGHT + 44
    parts = [part for i, panel in enumerate(panels) for part in draw_panel(panel, LEFT + i * (PANEL + GAP), colours)]
    step = (width - LEFT) / len(names)
    for i, name in enumerate(names):
        x = LEFT + i * step
        parts += [f'<circle cx="{x:.0f}" cy="{height - 12}" r="4" fill="{colours[name]}"/>', text(x + 8, height - 8, name, "start")]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" font-family="sans-serif" font-size="11">'
    return "\n".join([head, f'<rect width="{width}" height="{height}" fill="#fff"/>', *parts, "</svg>"]) + "\n"
