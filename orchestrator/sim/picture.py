"""What a simulated camera sees: the vial before a bright wall, its culture as grey as it is dense.

Pure, and drawn row by row, so that a rehearsal of many pictures stays quick.
"""

from __future__ import annotations

import struct
import zlib
from typing import Final

WIDTH, HEIGHT = 120, 160
GLASS: Final = range(30, 90)
"""Columns inside the vial; its walls stand beside them."""
TOP, BOTTOM = 20, 150
"""Rows of the brim and of the floor."""
STIR_BAR: Final = range(48, 72)
WALL, EMPTY, EDGE, BAR = 232, 216, 96, 250
CLEAR, DENSE = 200, 28
"""Greys of a sterile medium, and of a culture that lets nothing through."""
ROOM_LIGHT: Final = 0.55
"""What is left of a picture without a lamp."""


def draw(od600: float, filled: float, lit: float) -> bytes:
    """A PNG of a vial that is `filled` to a share of its height, `lit` from 0 to 1."""
    shine = ROOM_LIGHT + (1.0 - ROOM_LIGHT) * min(max(lit, 0.0), 1.0)
    culture = grey_of(od600)
    surface = BOTTOM - round(min(max(filled, 0.0), 1.0) * (BOTTOM - TOP))
    wall = _row(WALL, WALL, WALL, shine)
    air = _row(WALL, EDGE, EMPTY, shine)
    liquid = _row(WALL, EDGE, culture, shine)
    bar = bytearray(liquid)
    bar[STIR_BAR.start : STIR_BAR.stop] = bytes([round(BAR * shine)]) * len(STIR_BAR)
    floor = _row(WALL, EDGE, EDGE, shine)
    rows = [wall] * TOP + [air] * (surface - TOP) + [liquid] * (BOTTOM - surface)
    if surface <= BOTTOM - 6:
        rows[BOTTOM - 5 : BOTTOM - 2] = [bytes(bar)] * 3
    rows += [floor] * 2 + [wall] * (HEIGHT - BOTTOM - 2)
    return png(rows)


def grey_of(od600: float) -> int:
    """Of the culture: the denser, the darker it stands before the wall."""
    passes: float = 10.0 ** (-0.35 * max(od600, 0.0))
    return round(DENSE + (CLEAR - DENSE) * passes)


def png(rows: list[bytes]) -> bytes:
    """Rows of greys as a PNG."""
    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 6)
    parts = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_part(kind, data) for kind, data in parts)


def _part(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)


def _row(outside: int, edge: int, inside: int, shine: float) -> bytes:
    left, right = GLASS.start, WIDTH - GLASS.stop
    greys = (outside, edge, inside, edge, outside)
    widths = (left - 2, 2, len(GLASS), 2, right - 2)
    return b"".join(
        bytes([round(grey * shine)]) * width for grey, width in zip(greys, widths, strict=True)
    )
