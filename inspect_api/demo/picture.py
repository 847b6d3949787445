"""A recorded terminal as an SVG picture that needs nothing from the network: fonts are those of the reader's machine."""

from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import TerminalTheme

FONTS = '"Sarasa Mono SC", "Noto Sans Mono CJK SC", "Microsoft YaHei Mono", Menlo, Consolas, "PingFang SC", monospace'
PAPER = TerminalTheme((255, 255, 255), (36, 41, 47), [
    (36, 41, 47), (207, 34, 46), (17, 99, 41), (138, 99, 0), (9, 105, 218), (130, 80, 223), (27, 124, 131), (110, 119, 129)])


def save(screen: Console, file: Path, title: str = "flask demo") -> None:
    """Write what a recording console has printed."""
    style = CONSOLE_SVG_FORMAT
    start, end = style.index("@font-face"), style.rindex("}}", 0, style.index(".{unique_id}-matrix")) + 2
    plain = (style[:start] + style[end:]).replace("Fira Code, monospace", FONTS.replace('"', "'"))
    screen.save_svg(str(file), title=title, theme=PAPER, code_format=plain)
