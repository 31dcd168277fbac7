"""What plugins are written against; nothing else of Axenic is promised to stay as it is."""

from orchestrator.control.calibration.curve import Curve, Piece
from orchestrator.jobs.guest import Place, Question, Refused, Tested
from orchestrator.jobs.job import (
    Account,
    Alert,
    Command,
    Drive,
    Event,
    Exchange,
    Exchanged,
    Finish,
    Job,
    Remember,
    Requested,
    Sense,
    Sensed,
    Step,
    View,
    Withdrawn,
)
from orchestrator.model.outcome import Ending, Outcome
from orchestrator.model.signal import Sample

__all__ = [
    "Account",
    "Alert",
    "Command",
    "Curve",
    "Drive",
    "Ending",
    "Event",
    "Exchange",
    "Exchanged",
    "Finish",
    "Job",
    "Outcome",
    "Piece",
    "Place",
    "Question",
    "Refused",
    "Remember",
    "Requested",
    "Sample",
    "Sense",
    "Sensed",
    "Step",
    "Tested",
    "View",
    "Withdrawn",
]
