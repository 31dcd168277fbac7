"""Messages to bytes and back."""

from __future__ import annotations

from typing import TypeVar

import msgspec

T = TypeVar("T")

_ENCODER = msgspec.json.Encoder()
_DECODERS: dict[type, msgspec.json.Decoder[object]] = {}


class BadMessage(ValueError):
    """The bytes are not such a message."""


def encode(message: msgspec.Struct) -> bytes:
    """JSON, UTF-8."""
    return _ENCODER.encode(message)


def decode(payload: bytes, kind: type[T]) -> T:
    """The message in the bytes.

    Raises:
        BadMessage: saying what was expected and where.
    """
    decoder = _DECODERS.get(kind)
    if decoder is None:
        decoder = _DECODERS[kind] = msgspec.json.Decoder(kind)
    try:
        return decoder.decode(payload)  # type: ignore[return-value]
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadMessage(f"not a {kind.__name__}: {error}") from error
