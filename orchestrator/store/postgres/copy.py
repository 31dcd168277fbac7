"""Readings as PostgreSQL takes them fastest: COPY in its binary form."""

from __future__ import annotations

import struct
from collections.abc import Iterable

from orchestrator.store.connection import ReadingRow

COPY_READINGS = (
    b"COPY readings (series, time_us, number, value, wall_shift_us) FROM STDIN (FORMAT BINARY)"
)
_HEAD = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
_TAIL = struct.pack(">h", -1)
_ROW = struct.Struct(">h iq iq iq id iq".replace(" ", ""))
_COLUMNS, _BYTES = 5, 8


def packed(rows: Iterable[ReadingRow]) -> bytes:
    """All of them: five columns of eight bytes each."""
    pack = _ROW.pack
    return b"".join(
        (
            _HEAD,
            *(
                pack(
                    _COLUMNS,
                    _BYTES,
                    series,
                    _BYTES,
                    time_us,
                    _BYTES,
                    number,
                    _BYTES,
                    value,
                    _BYTES,
                    shift_us,
                )
                for series, time_us, number, value, shift_us in rows
            ),
            _TAIL,
        )
    )
