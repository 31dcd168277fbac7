"""Readings as Arrow record batches, portion by portion.

The library is optional, and is loaded by the first who asks for this.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from orchestrator.ports.records import ReadingRow
from orchestrator.server.problems import Problem, kind_of

ARROW: Final = "application/vnd.apache.arrow.stream"


class Batches:
    """Makes the bytes of one stream: schema, batches, end."""

    def __init__(self, *, calibrations: bool) -> None:
        """
        Raises:
            ImportError: the library is not installed.
        """
        import pyarrow

        self._arrow = pyarrow
        self._calibrations = calibrations
        fields = {
            "time_s": pyarrow.float64(),
            "wall": pyarrow.timestamp("ms", tz="UTC"),
            "vessel": pyarrow.string(),
            "signal": pyarrow.string(),
            "value": pyarrow.float64(),
            **({"calibration": pyarrow.string()} if calibrations else {}),
        }
        self._schema = pyarrow.schema(fields)
        self._bytes = io.BytesIO()
        self._stream = pyarrow.ipc.new_stream(self._bytes, self._schema)

    def next(self, portion: Sequence[ReadingRow]) -> bytes:
        """What is to be sent for these rows, and before the first of them."""
        rows: list[list[Any]] = [
            [row.process_s for row in portion],
            [_moment(row.wall_s) for row in portion],
            [row.vessel for row in portion],
            [row.signal for row in portion],
            [row.value for row in portion],
        ]
        if self._calibrations:
            rows.append([row.calibration for row in portion])
        columns = [
            self._arrow.array(values, type=field.type)
            for values, field in zip(rows, self._schema, strict=True)
        ]
        self._stream.write_batch(self._arrow.RecordBatch.from_arrays(columns, schema=self._schema))
        return self._taken()

    def end(self) -> bytes:
        """What is to be sent last."""
        self._stream.close()
        return self._taken()

    def _taken(self) -> bytes:
        data = self._bytes.getvalue()
        self._bytes.seek(0)
        self._bytes.truncate()
        return data


async def batches_begun(*, calibrations: bool) -> Batches:
    """A stream to be filled; loading the library takes a while.

    Raises:
        Problem: it is not installed.
    """
    try:
        return await asyncio.to_thread(Batches, calibrations=calibrations)
    except ImportError:
        detail = "the leader needs a library: pip install 'axenic[parquet]'; export.csv needs none"
        raise Problem(406, detail, kind=kind_of("not-installed")) from None


def _moment(wall_s: float | None) -> datetime | None:
    return None if wall_s is None else datetime.fromtimestamp(wall_s, UTC)
