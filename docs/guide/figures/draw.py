"""Draws the guide's figures beside itself: python3 docs/guide/figures/draw.py. Needs nothing but Python.

cost.svg is not drawn here: `duomo train --plot` wrote it, by the command of chapter 1.
"""

from html import escape
from pathlib import Path

INK, PALE, USER, ITEM, FILE = "#1f2937", "#6b7280", "#2563eb", "#0f766e", "#b45309"
FONT = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"


class Figure:
    """An SVG on a white card, so that it can be read on light and dark pages."""

    def __init__(self, width: int, height: int, title: str) -> None:
        self.parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}" '
            f'font-family="{escape(FONT)}" font-size="13">',
            f"<title>{escape(title)}</title>",
            '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
            f'orient="auto"><path d="M0 0L8 4L0 8z" fill="{PALE}"/></marker></defs>',
            f'<rect width="{width}" height="{height}" rx="10" fill="#fff"/>',
        ]

    def box(self, x: int, y: int, w: int, h: int, lines: str, colour: str = INK, full: bool = False) -> None:
        fill, ink = (colour, "#fff") if full else ("#fff", INK)
        self.parts.append(
            f'<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="6" fill="{fill}" stroke="{colour}" stroke-width="1.5"/>'
        )
        self.text(x + w / 2, y + h / 2, lines, ink, "middle")

    def text(self, x: float, y: float, lines: str, colour: str = INK, anchor: str = "start", size: int = 13) -> None:
        rows = lines.split("\n")
        for i, row in enumerate(rows):
            weight = ' font-weight="600"' if row.startswith("*") else ""
            at = y + 4.5 + (i - (len(rows) - 1) / 2) * (size + 4)
            self.parts.append(
                f'<text x="{x:g}" y="{at:g}" fill="{colour}" text-anchor="{anchor}" font-size="{size}"{weight}>'
                f"{escape(row.lstrip('*'))}</text>"
            )

    def arrow(self, *points: tuple[float, float]) -> None:
        path = "M" + "L".join(f"{x:g} {y:g}" for x, y in points)
        self.parts.append(f'<path d="{path}" fill="none" stroke="{PALE}" stroke-width="1.5" marker-end="url(#tip)"/>')

    def save(self, name: str) -> None:
        Path(__file__).with_name(name).write_text("\n".join([*self.parts, "</svg>\n"]), encoding="utf-8")


def hybrid() -> None:
    f = Figure(860, 470, "Preset hybrid: a user tower and a movie tower of 200 units each, joined by a cosine")
    users = [("user id", "embedding 32"), ("gender", "embedding 16"), ("age group", "embedding 16"), ("job", "embedding 16")]
    for i, (name, table) in enumerate(users):
        x, width = 20 + 103 * i, int(table.split()[1])
        f.text(x + 47, 448, "*" + name, USER, "middle")
        f.arrow((x + 47, 434), (x + 47, 412))
        f.box(x, 370, 94, 40, f"embedding\n{width}", USER)
        f.arrow((x + 47, 370), (x + 47, 350))
        f.box(x, 308, 94, 40, f"dense {width}\ntanh", USER)
        f.arrow((x + 47, 308), (x + 47, 276))
    items = [("movie id", ["embedding\n32", "dense 32\ntanh"]), ("genres", ["multi-hot\n18", "dense 32\ntanh"])]
    for i, (name, layers) in enumerate(items):
        x = 440 + 118 * i
        f.text(x + 54, 448, "*" + name, ITEM, "middle")
        f.arrow((x + 54, 434), (x + 54, 412))
        f.box(x, 370, 108, 40, layers[0], ITEM)
        f.arrow((x + 54, 370), (x + 54, 350))
        f.box(x, 308, 108, 40, layers[1], ITEM)
        f.arrow((x + 54, 308), (x + 54, 276))
    f.text(758, 448, "*title", ITEM, "middle")
    f.arrow((758, 434), (758, 412))
    f.box(676, 378, 164, 32, "words → embedding 32", ITEM)
    f.arrow((758, 378), (758, 360))
    f.box(676, 334, 164, 24, "windows of 3 → 32", ITEM)
    f.arrow((758, 334), (758, 322))
    f.box(676, 300, 164, 20, "maximum of each", ITEM)
    f.arrow((758, 300), (758, 276))
    f.box(20, 242, 403, 32, "concatenated, 80 wide", USER)
    f.box(440, 242, 400, 32, "concatenated, 96 wide", ITEM)
    f.arrow((221, 242), (221, 214))
    f.arrow((640, 242), (640, 214))
    f.box(121, 172, 200, 40, "dense 200 tanh", USER)
    f.box(540, 172, 200, 40, "dense 200 tanh", ITEM)
    f.text(221, 156, "*user vector", USER, "middle")
    f.text(640, 156, "*movie vector", ITEM, "middle")
    f.arrow((221, 144), (221, 100), (318, 100))
    f.arrow((640, 144), (640, 100), (542, 100))
    f.box(320, 78, 220, 44, "score = 5 · cos(user, movie)", INK)
    f.arrow((430, 78), (430, 52))
    f.box(320, 12, 220, 38, "stars = score / 2 + 2.5", INK, full=True)
    f.save("hybrid.svg")


def path() -> None:
    f = Figure(860, 250, "Tables are trained into one file; hosts map the file and answer")
    f.box(20, 40, 120, 36, "interactions", USER)
    f.box(20, 98, 120, 36, "users", USER)
    f.box(20, 156, 120, 36, "items", USER)
    for y in (58, 116, 174):
        f.arrow((140, y), (182, y), (200, 116 + (y - 116) * 0.25))
    f.box(202, 76, 140, 80, "*duomo train\nlearns parameters,\nruns the towers", ITEM)
    f.arrow((342, 116), (378, 116))
    f.box(380, 20, 190, 192, "", FILE)
    f.text(475, 40, "*shop.duomo", FILE, "middle")
    for i, row in enumerate(["description, parameters", "vocabularies, features", "keys, titles, attributes", "histories"]):
        f.text(475, 66 + 20 * i, row, INK, "middle", 12)
    f.box(394, 146, 162, 24, "vectors", FILE, full=True)
    f.box(394, 176, 162, 24, "search codes", FILE, full=True)
    f.text(475, 230, "written once, mapped by all", PALE, "middle", 12)
    f.arrow((570, 116), (640, 116))
    f.text(605, 104, "map", PALE, "middle", 12)
    f.box(642, 76, 90, 80, "*libduomo\npredict\ntop-k", INK, full=True)
    f.arrow((732, 116), (760, 116))
    f.text(766, 116, "*your app\nC, C++,\nRust, Go,\nJava, JS,\nPython", INK)
    f.save("path.svg")


def screening() -> None:
    f = Figure(860, 300, "Certified search: codes rule out most items, floats decide the few that are left")
    stages = [
        (780, "*first plane: one byte along each of m axes, read for every item", "bound below the tenth best score: skipped", ITEM),
        (520, "*second plane: half a byte for each dimension", "tighter bound below it: skipped", USER),
        (320, "*floats: some hundreds in a million", "", FILE),
    ]
    for i, (width, name, note, colour) in enumerate(stages):
        y = 16 + 76 * i
        f.box(430 - width // 2, y, width, 48, "", colour, full=True)
        f.text(430, y + 24, name, "#fff", "middle")
        f.text(430, y + 62, note, PALE, "middle", 12)
    f.arrow((430, 216), (430, 242))
    f.box(260, 244, 340, 40, "*the ten best, as a full scan finds them", INK, full=True)
    f.save("screening.svg")


def spark() -> None:
    f = Figure(860, 250, "The model file goes to every executor; each task maps it and writes its own part")
    f.box(20, 96, 130, 48, "*shop.duomo", FILE, full=True)
    f.text(85, 162, "sent once", PALE, "middle", 12)
    for i in range(3):
        y = 16 + 78 * i
        f.arrow((150, 120), (196, 120), (236, y + 28))
        f.box(240, y, 380, 58, "", ITEM)
        f.text(252, y + 14, f"*executor {i + 1}", ITEM, "start", 12)
        f.box(256, y + 26, 110, 24, f"users, part {i + 1}", USER)
        f.arrow((366, y + 38), (398, y + 38))
        f.box(400, y + 26, 100, 24, "one context", INK, full=True)
        f.arrow((500, y + 38), (532, y + 38))
        f.box(534, y + 26, 72, 24, "lists", USER)
        f.arrow((620, y + 28), (676, 120 + (y - 94) * 0.2))
    f.box(680, 92, 160, 56, "*recommendations\none file for each part", FILE)
    f.save("spark.svg")


for draw in (hybrid, path, screening, spark):
    draw()
