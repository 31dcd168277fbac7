"""What is told when pins of this machine cannot be had, in one line."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from orchestrator.ports.reactor import DeviceFault


@contextmanager
def pins_wanted(name: str) -> Iterator[None]:
    """Take pins of this machine for a device; gpiozero looks for a way to them at the first.

    Raises:
        DeviceFault: the machine has none, somebody else holds this one, or it is of no use.
    """
    from gpiozero import BadPinFactory, PinFactoryFallback

    try:
        with warnings.catch_warnings():
            # It warns of each way that leads nowhere.
            warnings.simplefilter("ignore", PinFactoryFallback)
            yield
    except BadPinFactory as error:
        message = f"{name} needs a GPIO pin, and this machine has none that can be used"
        raise DeviceFault(f"{message} ({error})") from error
    except Exception as error:  # whatever a pin library raises
        raise DeviceFault(f"{name}: {error}") from error
