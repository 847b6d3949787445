"""What the demo's photos show: schematic scenes of the trade, drawn. The same dice draw the same scene.

Large shapes of any brightness come first, so that two photos of the same kind differ in what a perceptual hash looks at.
"""

from collections.abc import Callable
from random import Random

from PIL import ImageDraw

WIDTH, HEIGHT = 640, 480

Colour = tuple[int, int, int]
Draw = ImageDraw.ImageDraw
Write = Callable[[tuple[float, float], str, int, Colour], None]  # middle of the text, text, most pixels wide, colour

INK, PAPER, RED, STEEL, WOOD = (40, 38, 36), (247, 244, 234), (178, 38, 32), (176, 182, 188), (150, 108, 66)
GOODS: tuple[Colour, ...] = ((206, 60, 48), (236, 170, 40), (66, 132, 76), (52, 98, 164), (232, 226, 210), (126, 74, 128), (92, 60, 40))


def shade(colour: Colour, by: float) -> Colour:
    """Lighter (over 1) or darker."""
    red, green, blue = (max(0, min(255, int(part * by))) for part in colour)
    return red, green, blue


def _any(dice: Random, low: int = 40, high: int = 235) -> Colour:
    """A muted colour of any brightness."""
    grey = dice.randint(low, high)
    red, green, blue = (max(0, min(255, grey + dice.randint(-28, 28))) for _ in "rgb")
    return red, green, blue


def _room(draw: Draw, dice: Random) -> float:
    """Walls that meet in a corner, a floor, the light of a window and a shadow; returns how far down the floor begins."""
    wall, corner, floor = _any(dice, 70), dice.randint(60, WIDTH - 60), dice.randint(270, 420)
    draw.rectangle((0, 0, WIDTH, HEIGHT), fill=wall)
    draw.rectangle((corner, 0, WIDTH, HEIGHT), fill=shade(wall, dice.choice((0.6, 0.75, 1.25))))
    draw.polygon(((0, floor + dice.randint(-10, 50)), (corner, floor), (WIDTH, floor + dice.randint(-10, 50)), (WIDTH, HEIGHT), (0, HEIGHT)),
                 fill=_any(dice, 40, 200))
    for by in (1.5, 0.5):
        x, y, wide = dice.randint(-80, WIDTH - 80), dice.randint(-40, 300), dice.randint(90, 260)
        lean, high = dice.randint(-120, 120), dice.randint(80, 260)
        draw.polygon(((x, y), (x + wide, y), (x + wide + lean, y + high), (x + lean, y + high)), fill=shade(wall, by))
    return floor


def _kitchen(draw: Draw, dice: Random, write: Write, name: str) -> None:
    """Tiles, a hood, a range with pots, a board on the wall."""
    floor = _room(draw, dice)
    step, line = dice.randint(34, 60), _any(dice, 150)
    for x in range(0, WIDTH, step):
        draw.line((x, 0, x, floor), fill=line)
    for y in range(dice.randint(0, step), int(floor), step):
        draw.line((0, y, WIDTH, y), fill=line)
    left, wide, top = dice.randint(-60, 240), dice.randint(230, 420), floor - dice.randint(40, 110)
    metal = shade(STEEL, dice.uniform(0.5, 1.25))
    draw.polygon(((left + 30, 70), (left + wide - 30, 70), (left + wide, 150), (left, 150)), fill=shade(metal, 0.75))
    draw.rectangle((left, top, left + wide, floor + 60), fill=metal)
    draw.rectangle((left, top, left + wide, top + 12), fill=shade(metal, 1.3))
    for x in range(left + 16, left + wide - 80, dice.randint(90, 140)):
        size, pot = dice.randint(50, 84), _any(dice, 20, 220)
        high = dice.randint(24, 74)
        draw.rounded_rectangle((x, top - high, x + size, top), 8, fill=pot)
        draw.ellipse((x, top - high - 9, x + size, top - high + 9), fill=shade(pot, 1.35))
    _notice(draw, dice, write, "食品安全承诺", (left + wide + 90) % 520, dice.randint(90, 190))


def _notice(draw: Draw, dice: Random, write: Write, words: str, x: float, y: float, high: float = 120) -> None:
    """A printed sheet on the wall."""
    wide = high * 1.25
    paper = shade(PAPER, dice.uniform(0.75, 1))
    draw.rectangle((x, y, x + wide, y + high), fill=paper, outline=INK, width=2)
    write((x + wide / 2, y + high * 0.2), words, int(wide * 0.8), RED)
    for row in range(3, 8):
        draw.line((x + 12, y + high * row / 9, x + wide - dice.randint(12, 60), y + high * row / 9), fill=(120, 116, 108), width=2)


def _shelves(draw: Draw, dice: Random, write: Write, name: str) -> None:
    """Rows of goods with their prices."""
    _room(draw, dice)
    left, right = dice.randint(-40, 130), dice.randint(420, 680)
    top, rows = dice.randint(40, 110), dice.randint(3, 5)
    pitch, wood = (HEIGHT - top) / rows, _any(dice, 40, 220)
    draw.rectangle((left, top - 14, right, HEIGHT), fill=shade(wood, 0.45))
    for row in range(1, rows + 1):
        base, x = top + pitch * row - 16, left + 8
        while x < right - 30:
            wide, high = dice.randint(20, 64), dice.uniform(0.4, 0.85) * pitch
            if dice.random() < 0.88:
                goods = shade(dice.choice(GOODS), dice.uniform(0.5, 1.3))
                draw.rectangle((x, base - high, x + wide, base), fill=goods)
                draw.rectangle((x + 3, base - high * 0.65, x + wide - 3, base - high * 0.3), fill=shade(goods, 1.5))
            x += wide + dice.randint(2, 16)
        draw.rectangle((left, base, right, base + 12), fill=wood)
        for x in range(left + 20, right - 40, dice.randint(70, 130)):
            draw.rectangle((x, base + 1, x + 34, base + 11), fill=PAPER)


def _counter(draw: Draw, dice: Random, write: Write, name: str) -> None:
    """A counter with scales, the shop's sheets on the wall behind."""
    floor = _room(draw, dice)
    for x in range(dice.randint(20, 90), WIDTH - 120, dice.randint(150, 230)):
        _notice(draw, dice, write, dice.choice(("营业公示", "健康证明", "消费提示")), x, dice.randint(80, 130), dice.randint(80, 130))
    left, right, top = dice.randint(-80, 160), dice.randint(400, 720), floor - dice.randint(20, 90)
    front = _any(dice, 40, 220)
    draw.rectangle((left, top, right, HEIGHT), fill=front)
    draw.rectangle((left, top, right, top + 18), fill=shade(front, 1.45))
    for x in range(left + 20, right - 60, dice.randint(66, 110)):
        draw.rectangle((x, top + 40, x + 56, HEIGHT - 30), fill=shade(front, dice.uniform(0.5, 1.4)))
    x, metal = dice.randint(left + 30, right - 140), shade(STEEL, dice.uniform(0.6, 1.2))
    draw.rectangle((x, top - 46, x + 90, top), fill=metal)
    draw.ellipse((x - 10, top - 66, x + 100, top - 42), fill=shade(metal, 1.3))
    draw.rectangle((x + 20, top - 34, x + 70, top - 12), fill=(30, 54, 40))


def _cold(draw: Draw, dice: Random, write: Write, name: str) -> None:
    """A cold store: racks of boxes that run away to a door, and a thermometer."""
    frost = dice.randint(120, 235)
    far_x, far_y, size = dice.randint(190, 420), dice.randint(150, 280), dice.randint(50, 110)
    back = (far_x - size, far_y - size, far_x + size, far_y + size)
    draw.rectangle((0, 0, WIDTH, HEIGHT), fill=(frost - 40, frost - 10, frost))
    draw.polygon(((0, HEIGHT), (WIDTH, HEIGHT), back[2:], (back[0], back[3])), fill=shade((frost, frost, frost), dice.uniform(0.4, 0.8)))
    draw.rectangle(back, fill=shade((frost, frost, frost), dice.uniform(0.5, 1.2)), outline=(70, 90, 110), width=3)
    for edge, near in ((back[0], 0), (back[2], WIDTH)):
        bays = dice.randint(3, 5)
        for bay in range(bays):
            one, two = (near + (edge - near) * (1 - (1 - share) ** 2) for share in (bay / bays, (bay + 0.86) / bays))
            for low, high in ((0.0, 0.34), (0.36, 0.66), (0.68, 0.98)):
                if dice.random() < 0.2:
                    continue
                ends = [[(x, y0 + (y1 - y0) * level) for level in (low, high)] for x in (one, two)
                        for y0, y1 in [(_toward(x, near, edge, 0, back[1]), _toward(x, near, edge, HEIGHT, back[3]))]]
                draw.polygon((ends[0][0], ends[0][1], ends[1][1], ends[1][0]), fill=shade(dice.choice(((188, 150, 104), STEEL, (120, 150, 190))),
                             dice.uniform(0.45, 1.25)), outline=(60, 60, 60))
    x, y = dice.randint(40, WIDTH - 170), dice.randint(80, 150)
    draw.rounded_rectangle((x, y, x + 120, y + 48), 6, fill=(24, 28, 34), outline=STEEL, width=3)
    write((x + 60, y + 23), f"-{dice.randint(16, 24)}.{dice.randint(0, 9)} ℃", 180, (240, 70, 60))


def _toward(x: float, near: float, far: float, from_y: float, to_y: float) -> float:
    return from_y + (to_y - from_y) * (x - near) / ((far - near) or 1)


def _workshop(draw: Draw, dice: Random, write: Write, name: str) -> None:
    """Tanks, a pipe, sacks on a pallet."""
    floor = _room(draw, dice)
    y, pipe = dice.randint(60, 140), _any(dice, 90)
    draw.line((0, y, WIDTH, y + dice.randint(-30, 30)), fill=pipe, width=dice.randint(8, 20))
    x = dice.randint(-40, 120)
    while x < WIDTH - 60:
        wide, top = dice.randint(70, 170), floor - dice.randint(110, 240)
        metal = shade(STEEL, dice.uniform(0.4, 1.3))
        draw.rounded_rectangle((x, top, x + wide, floor + 20), 26, fill=metal)
        draw.rectangle((x + wide * 0.16, top + 30, x + wide * 0.28, floor - 10), fill=shade(metal, 1.35))
        draw.ellipse((x + wide * 0.55, top + 40, x + wide * 0.85, top + 40 + wide * 0.3), fill=PAPER, outline=INK, width=2)
        x += wide + dice.randint(20, 150)
    sack = shade((216, 200, 164), dice.uniform(0.5, 1.15))
    left = dice.randint(20, 400)
    for row in range(dice.randint(1, 3)):
        for column in range(dice.randint(2, 4)):
            at = (left + column * 74, HEIGHT - 60 - row * 40)
            draw.rounded_rectangle((*at, at[0] + 72, at[1] + 40), 14, fill=shade(sack, dice.uniform(0.85, 1.15)), outline=shade(sack, 0.6))


def _field(draw: Draw, dice: Random, write: Write, name: str) -> None:
    """Rows of a field, hills, a greenhouse or a shed."""
    line, sky = dice.randint(140, 280), dice.randint(120, 240)
    draw.rectangle((0, 0, WIDTH, HEIGHT), fill=(sky - 40, sky - 14, sky))
    for _ in range(3):
        x, high = dice.randint(-120, WIDTH - 80), dice.randint(50, 150)
        draw.polygon(((x, line), (x + dice.randint(120, 220), line - high), (x + dice.randint(300, 420), line)), fill=shade((96, 124, 110), dice.uniform(0.5, 1.4)))
    soil = shade((132, 104, 70), dice.uniform(0.5, 1.3))
    draw.rectangle((0, line, WIDTH, HEIGHT), fill=soil)
    vanish, green = dice.randint(60, 580), shade((76, 140, 58), dice.uniform(0.6, 1.5))
    for x in range(-700, WIDTH + 700, dice.randint(90, 150)):
        draw.polygon(((vanish, line), (x, HEIGHT), (x + 60, HEIGHT)), fill=green)
    left, wide, high = dice.randint(-20, 420), dice.randint(140, 280), dice.randint(60, 150)
    house = _any(dice, 40)
    draw.pieslice((left, line - high, left + wide, line + high), 180, 360, fill=house, outline=INK, width=2)
    for x in range(left + 20, left + wide - 10, 34):
        draw.line((x, line, x, line - high * 0.6), fill=shade(house, 0.7), width=2)


def _front(draw: Draw, dice: Random, write: Write, name: str) -> None:
    """A shop front: the signboard with the name, door and windows, the street."""
    sky = dice.randint(120, 245)
    draw.rectangle((0, 0, WIDTH, HEIGHT), fill=(sky - 30, sky - 12, sky))
    left, right, top, ground = dice.randint(-60, 110), dice.randint(530, 700), dice.randint(20, 90), dice.randint(380, 430)
    wall, board = _any(dice, 60), shade(dice.choice((RED, (24, 92, 62), (28, 60, 120), (200, 150, 30), (70, 44, 30))), dice.uniform(0.7, 1.3))
    draw.rectangle((left, top, right, ground), fill=wall)
    draw.rectangle((0, ground, WIDTH, HEIGHT), fill=_any(dice, 50, 190))
    high = top + dice.randint(90, 120)
    draw.rectangle((left, high, right, high + 74), fill=board, outline=shade(board, 0.6), width=4)
    write(((left + right) / 2, high + 36), name, int((min(right, WIDTH) - max(left, 0)) * 0.86), (250, 240, 206))
    x = left + dice.randint(10, 60)
    while x < right - 70:
        wide, glass = dice.randint(70, 170), _any(dice, 20, 220)
        draw.rectangle((x, high + dice.randint(90, 130), x + wide, ground - dice.choice((0, 0, 60))), fill=glass, outline=shade(wall, 0.5), width=5)
        draw.line((x + 14, ground - 80, x + wide * 0.4, high + 130), fill=shade(glass, 1.4), width=6)
        x += wide + dice.randint(16, 90)


def _paper(draw: Draw, dice: Random, write: Write, name: str) -> None:
    """A certificate or a document, framed on a wall or lying on a table."""
    _room(draw, dice)
    left, top = dice.randint(30, 200), dice.randint(66, 120)
    wide, high = dice.randint(300, 420), dice.randint(270, 350)
    frame = shade(dice.choice((WOOD, STEEL, (60, 50, 44), (190, 152, 66))), dice.uniform(0.5, 1.2))
    draw.rectangle((left - 14, top - 14, left + wide + 14, top + high + 14), fill=frame)
    draw.rectangle((left, top, left + wide, top + high), fill=shade(PAPER, dice.uniform(0.55, 1)))
    draw.rectangle((left + 10, top + 10, left + wide - 10, top + high - 10), outline=frame, width=3)
    write((left + wide / 2, top + 46), dice.choice(("示例证照", "示例单据", "示例记录表")), int(wide * 0.55), RED)
    write((left + wide / 2, top + 88), name, int(wide * 0.84), INK)
    for row in range(dice.randint(3, 5)):
        y = top + 132 + row * 30
        draw.line((left + 34, y, left + 90, y), fill=INK, width=7)
        draw.line((left + 108, y, left + wide - dice.randint(40, 150), y), fill=(110, 106, 100), width=5)
    x, y = left + wide - dice.randint(90, 140), top + high - dice.randint(90, 110)
    draw.ellipse((x, y, x + 74, y + 74), outline=RED, width=4)
    write((x + 37, y + 36), "示例", 52, RED)
    if dice.random() < 0.5:  # a thing that lies half upon it
        block, corner = _any(dice, 20, 230), (dice.choice((-40, WIDTH - 160)), dice.randint(200, 400))
        draw.rounded_rectangle((*corner, corner[0] + 200, corner[1] + 120), 16, fill=block)


def _screen(draw: Draw, dice: Random, write: Write, name: str) -> None:
    """A page on a screen: the shop's name over cards, or pictures of its cameras."""
    back, bar = _any(dice, 20, 240), shade(dice.choice(((240, 180, 30), (30, 110, 200), (40, 150, 90), RED)), dice.uniform(0.5, 1.2))
    draw.rectangle((0, 0, WIDTH, HEIGHT), fill=back)
    draw.rectangle((0, 60, WIDTH, 130), fill=bar)
    write((WIDTH / 2, 96), name, 560, (255, 255, 255))
    columns, rows = dice.choice(((1, 3), (2, 2), (3, 2), (2, 3)))
    wide, high = WIDTH / columns, (HEIGHT - 140) / rows
    for number in range(columns * rows):
        x, y, card = number % columns * wide + 10, 140 + number // columns * high, _any(dice, 20, 240)
        draw.rectangle((x, y, x + wide - 20, y + high - 12), fill=card)
        share = dice.uniform(0.25, 0.7)
        draw.rectangle((x + 8, y + 8, x + 8 + (wide - 36) * share, y + high - 20), fill=_any(dice, 20, 240))
        draw.ellipse((x + wide * 0.5, y + high * 0.2, x + wide * 0.5 + high * 0.4, y + high * 0.6), fill=dice.choice(GOODS))


def _signature(draw: Draw, dice: Random, write: Write, name: str) -> None:
    """A record on a clipboard that lies askew, signed by hand."""
    draw.rectangle((0, 0, WIDTH, HEIGHT), fill=_any(dice, 20, 220))
    x = dice.randint(-60, 500)
    draw.polygon(((x, 0), (x + dice.randint(60, 260), 0), (x + dice.randint(-100, 200), HEIGHT), (x - 120, HEIGHT)), fill=_any(dice, 20, 230))
    left, top, wide, high, lean = dice.randint(20, 190), dice.randint(64, 110), dice.randint(300, 440), dice.randint(300, 420), dice.randint(-40, 40)
    draw.polygon(((left + lean, top), (left + wide + lean, top), (left + wide, top + high), (left, top + high)), fill=shade(PAPER, dice.uniform(0.65, 1)))
    write((left + wide / 2 + lean, top + 34), "现场检查记录（示例）", int(wide * 0.7), INK)
    write((left + wide / 2 + lean, top + 72), name, int(wide * 0.8), INK)
    for y in range(top + 104, top + 190, 22):
        draw.line((left + 40, y, left + wide - dice.randint(30, 120), y), fill=(130, 126, 120), width=4)
    at, points = left + dice.randint(40, 110), []
    for _ in range(dice.randint(14, 26)):
        points.append((at, top + 240 + dice.randint(-36, 36)))
        at += dice.randint(-6, 22)
    draw.line(points, fill=(24, 30, 90), width=5, joint="curve")
    x, y = dice.randint(-40, 560), dice.randint(160, 420)
    draw.rounded_rectangle((x, y, x + dice.randint(80, 220), y + dice.randint(40, 160)), 20, fill=_any(dice, 20, 235))


SCENES: dict[str, Callable[[Draw, Random, Write, str], None]] = {
    "front": _front, "paper": _paper, "screen": _screen, "kitchen": _kitchen, "cold": _cold, "shelves": _shelves, "counter": _counter,
    "workshop": _workshop, "field": _field, "signature": _signature,
}
