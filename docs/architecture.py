"""Draw which package imports which, from the imports themselves: `make architecture` writes docs/images/architecture.svg.

Rows are the layers that import-linter checks (pyproject.toml); tests/test_docs.py fails while the picture is another one.
"""

import tomllib
from pathlib import Path
from xml.sax.saxutils import escape

import grimp

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "images" / "architecture.svg"
SAYS = {  # what each room is for, in a few words
    "bot.cli": "commands, and how they print",
    "bot.doctor": "is everything set up?",
    "bot.playground": "a Slack, an Aionis, the page",
    "bot.app": "create_app(): routes, lifespan",
    "handlers": "Slack in: words, clicks, modals",
    "bot.jobs": "after the ack: request and job",
    "bot.live": "messages kept up to date",
    "bot.runtime": "services, server, logs",
    "bot.investigation": "what a diagnosis reads",
    "bot.access": "hands out admissions",
    "bot.aionis": "edge: httpx",
    "bot.forge": "edge: httpx, was it merged?",
    "bot.slack": "edge: Slack's Web API",
    "bot.store": "edge: redis",
    "bot.config": "settings, files they name",
    "bot.report": "pure: Markdown, HTML",
    "bot.pictures": "pure: PNG, SVG",
    "bot.blocks": "pure: Block Kit",
    "bot.domain": "pure: what is true of runs and incidents",
    "bot.errors": "every failure, with its fix",
}
EVERYBODYS = {"bot.domain", "bot.errors"}
BOX, HEIGHT, ROW, GAP, TOP, COLUMNS = 230, 46, 62, 40, 24, 4
WIDTH = TOP * 2 + COLUMNS * BOX + (COLUMNS - 1) * GAP


def package_of(module: str) -> str:
    """Return the room that a module is in."""
    parts = module.split(".")
    return parts[0] if parts[0] == "handlers" else ".".join(parts[:2])


def rows() -> list[list[str]]:
    """Return the rooms, a row for each layer, the highest first; a room that is in several layers stands in its lowest."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers: list[str] = next(one["layers"] for one in contracts if one["name"] == "Imports point down")
    found: dict[str, int] = {}
    for number, layer in enumerate(layers):
        for module in layer.split(" | "):
            if package_of(module) in SAYS and package_of(module) not in {"bot.runtime", "bot.config"}:
                found[package_of(module)] = number
    found["bot.runtime"] = layers.index("bot.runtime.services")
    found["bot.config"] = next(number for number, layer in enumerate(layers) if "bot.config" in layer)
    numbers = sorted(set(found.values()))
    return [[room for room, number in found.items() if number == wanted] for wanted in numbers]


def imports() -> set[tuple[str, str]]:
    """Return who imports whom, room by room, without what everybody imports."""
    graph = grimp.build_graph("bot", "handlers", cache_dir=None)
    pairs = {
        (package_of(module), package_of(imported))
        for module in graph.modules
        for imported in graph.find_modules_directly_imported_by(module)
    }
    drawn = SAYS.keys() - EVERYBODYS
    return {(one, other) for one, other in pairs if one != other and one in SAYS and other in drawn}


def picture() -> str:
    """Return the picture as SVG: a line for every import, drawn from the upper room to the lower."""
    places: dict[str, tuple[float, float]] = {}
    shown = rows()
    for number, row in enumerate(shown):
        for place, room in enumerate(row):
            column = (number + place * 2) % COLUMNS  # staggered, so that no line runs behind the boxes between its ends
            places[room] = (TOP + column * (BOX + GAP), TOP + number * ROW)
    lines = [_line(places[one], places[other]) for one, other in sorted(imports())]
    boxes = [_box(room, *place) for room, place in places.items()]
    height = TOP * 2 + (len(shown) - 1) * ROW + HEIGHT
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif">'
        "<title>Which package imports which: imports point down</title>"
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>'
    )
    return "\n".join([head, *lines, *boxes, "</svg>", ""])


def _line(start: tuple[float, float], end: tuple[float, float]) -> str:
    x1, y1, x2, y2 = start[0] + BOX / 2, start[1] + HEIGHT, end[0] + BOX / 2, end[1]
    bend = (y1 + y2) / 2
    return f'<path d="M{x1:g} {y1:g}C{x1:g} {bend:g} {x2:g} {bend:g} {x2:g} {y2:g}" fill="none" stroke="#7c1d2c" opacity="0.35"/>'


def _box(room: str, x: float, y: float) -> str:
    middle = x + BOX / 2
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{BOX}" height="{HEIGHT}" rx="6" fill="#f6f1ee" stroke="#7c1d2c"/>'
        f'<text x="{middle:g}" y="{y + 20:g}" text-anchor="middle" font-size="14" font-weight="bold">{escape(room)}</text>'
        f'<text x="{middle:g}" y="{y + 37:g}" text-anchor="middle" font-size="10.5">{escape(SAYS[room])}</text>'
    )


def main() -> None:
    """Write the picture."""
    PICTURE.write_text(picture(), encoding="utf-8")


if __name__ == "__main__":
    main()
