"""The third truth value, and why it is one."""

from __future__ import annotations

from orchestrator.model.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Missing:
    """One reason for not knowing: a signal without a fresh value, or a sum without an answer."""

    reason: str
    signal: str | None = None
    age_s: float | None = None

    def __str__(self) -> str:
        if self.signal is None:
            return self.reason
        if self.age_s is None:
            return f"{self.signal}, {self.reason}"
        return f"{self.signal}, {self.reason}, {self.age_s:.0f} s old"


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that cannot be told, with every reason for it, each once."""

    because: tuple[Missing, ...]

    @classmethod
    def signal(cls, name: str, reason: str, age_s: float | None = None) -> Unknown:
        """Say that a signal has no value, or only one that is too old."""
        return cls((Missing(reason, name, age_s),))

    @classmethod
    def domain(cls, reason: str) -> Unknown:
        """Say that a calculation has no answer, such as a division by zero."""
        return cls((Missing(reason),))

    def __or__(self, other: Unknown) -> Unknown:
        """Join the reasons of two."""
        if other.because == self.because:
            return self
        return Unknown(tuple(dict.fromkeys(self.because + other.because)))

    def __str__(self) -> str:
        return "; ".join(map(str, self.because))

    def __bool__(self) -> bool:
        """Refuse to be taken for true or false: whoever asks has forgotten the third case."""
        raise TypeError("an unknown value is neither true nor false")
