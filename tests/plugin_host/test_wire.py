"""What a guest is shown arrives as it was."""

from __future__ import annotations

from orchestrator.control.calibration.curve import Curve, Piece
from orchestrator.jobs.job import Account, Exchanged, Sensed, View
from orchestrator.model.outcome import Ending, Outcome
from orchestrator.model.signal import Sample
from orchestrator.plugin_host.wire import Do, pack_do, to_guest, view_of


def test_a_view_is_the_same_on_the_other_side() -> None:
    ended = Exchanged(
        key="k",
        own=True,
        by="dosing",
        removed_ml=1.0,
        added_ml=1.0,
        medium="feed",
        ending=Ending(outcome=Outcome.DONE),
        at_s=4.0,
    )
    view = View(
        settings={"pace": 60.0, "medium": "feed", "deep": True},
        automation="gentle",
        paused=True,
        signals={"od600": Sample(0.4, 3.0)},
        account=Account(volume_ml=15.0, nominal_ml=15.0),
        events=(Sensed("photodiode", None, 3.0, "silent"), ended),
        calibration={"photodiode.od600_per_v": 2.0},
        curves={"redox_probe": Curve((-1.0, 1.0), (Piece(0.0, (0.02, 1.0)),))},
        outputs=("heater",),
        sensors=("redox_probe",),
        held={"heater": "heater may be on only while stirrer is on"},
    )
    said = to_guest.decode(pack_do(view, view.events, 5.0))
    assert isinstance(said, Do)
    seen = view_of(said.view)
    assert seen == view
    assert seen.curves["redox_probe"].value(0.2) == view.curves["redox_probe"].value(0.2)
