"""Readings as Parquet: a tenth of the size, with types, for programs that read columns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from orchestrator.cli.exits import BadRequest
from orchestrator.cli.files import written_whole


def refuse_without_library() -> None:
    """Say before any work that it cannot be done.

    Raises:
        BadRequest: the library is not installed.
    """
    try:
        import pyarrow  # noqa: F401
    except ImportError as error:
        raise BadRequest(
            "--format parquet needs a library: pip install 'axenic[parquet]'"
        ) from error


def to_parquet(source: Path, target: Path) -> int:
    """Write the readings of a CSV file as Parquet, stretch by stretch; how many there are."""
    from pyarrow import csv, parquet

    rows = 0
    with (
        csv.open_csv(source, convert_options=_typed()) as stretches,
        written_whole(target) as file,
        parquet.ParquetWriter(file, stretches.schema, compression="zstd") as out,
    ):
        for stretch in stretches:
            out.write_batch(stretch)
            rows += stretch.num_rows
    return rows


def _typed() -> Any:
    import pyarrow
    from pyarrow import csv

    name = pyarrow.dictionary(pyarrow.int32(), pyarrow.string())
    return csv.ConvertOptions(
        column_types={
            "time_s": pyarrow.float64(),
            "wall": pyarrow.timestamp("ms", tz="UTC"),
            "vessel": name,
            "signal": name,
            "value": pyarrow.float64(),
            "calibration": name,
        },
        timestamp_parsers=[csv.ISO8601],
        null_values=[""],
        strings_can_be_null=False,
    )
