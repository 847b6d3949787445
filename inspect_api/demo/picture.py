"""What the terminal shows, as an SVG picture that needs nothing from the network.

Rich draws SVG too, but counts a Chinese character as one cell and squeezes the text; here every run of characters is
as wide as its cells.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import TerminalTheme

CELL, LINE, SIZE, MARGIN = 9.0, 22.0, 15.0, 24.0  # pixels: width of a cell, height of a line, font, margin
WIDE = 17.0  # font size of characters two cells wide, so that they fill them
FONTS = "Menlo, Consolas, 'DejaVu Sans Mono', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', monospace"
PAPER = TerminalTheme((255, 255, 255), (36, 41, 47), [
    (36, 41, 47), (207, 34, 46), (17, 99, 41), (154, 103, 0), (9, 105, 218), (130, 80, 223), (27, 124, 131), (110, 119, 129)])
QUIET = "#6e7781"


def draw(shown: Iterable[RenderableType], file: Path, width: int) -> None:
    """Draw renderables one below the other, `width` cells wide."""
    screen = Console(width=width, force_terminal=True, color_system="truecolor", legacy_windows=False)
    lines = [line for one in shown for line in screen.render_lines(one, pad=False)]
    wide, high = width * CELL + 2 * MARGIN, len(lines) * LINE + 2 * MARGIN
    texts = [text for number, line in enumerate(lines) for text in _line(line, MARGIN + (number + 0.75) * LINE)]
    file.write_text("\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:g} {high:g}" width="{wide:g}" height="{high:g}" '
        f'font-family="{FONTS}" font-size="{SIZE:g}">',
        f'<rect width="{wide:g}" height="{high:g}" rx="8" fill="#fff" stroke="#d0d7de"/>', *texts, "</svg>", ""]), "utf-8")


def _line(line: list[Segment], y: float) -> Iterator[str]:
    at = 0
    for segment in line:
        for cells, run in groupby(segment.text.rstrip("\n"), key=cell_len):
            text, size = "".join(run), f' font-size="{WIDE:g}"' if cells == 2 else ""
            if text.strip() and cells:
                yield (f'<text x="{MARGIN + at * CELL:g}" y="{y:g}" textLength="{cells * len(text) * CELL:g}" '
                       f'xml:space="preserve"{_look(segment.style)}{size}>{escape(text)}</text>')
            at += cells * len(text)


def _look(style: Style | None) -> str:
    if style is None:
        return f' fill="{PAPER.foreground_color.hex}"'
    colour = style.color.get_truecolor(PAPER).hex if style.color and not style.color.is_default else PAPER.foreground_color.hex
    if style.dim:
        colour = QUIET
    return f" fill={quoteattr(colour)}" + (' font-weight="bold"' if style.bold else "")
