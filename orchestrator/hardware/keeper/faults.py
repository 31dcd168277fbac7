"""What an output may answer with."""


class PinsFault(RuntimeError):
    """An output could not be set."""
