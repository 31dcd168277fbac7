"""What a worker says of its calibrations: one that has expired, and a session that asks."""

from __future__ import annotations

from orchestrator.messages.calibrations import (
    Asked,
    CalibrationRecord,
    CalibrationsMessage,
    SelfTest,
    SessionRecord,
    Trial,
)
from tests.server.office import NOW_S

PUMP = CalibrationRecord(
    reactor="r1",
    device="feed_pump",
    name="weighed",
    kind="pump",
    method="linear",
    points=[(2.0, 0.2), (5.0, 0.5), (10.0, 1.0)],
    made_wall_s=NOW_S - 86400.0,
    valid_for_s=3600.0,
    active=True,
)
SESSION = SessionRecord(
    id="s1",
    reactor="r1",
    device="feed_pump",
    kind="pump",
    by="ada",
    began_wall_s=NOW_S,
    stage="asking",
    done=1,
    of=4,
    asked=Asked(question="How much did the balance show, in g?", type="mass"),
    raw=5.0,
)
TESTED = SelfTest(
    id="t1",
    reactor="bench-1",
    by="ada",
    began_wall_s=NOW_S,
    ended_wall_s=NOW_S + 180.0,
    trials=[
        Trial(device="stirrer", result="passed", figure="450 rpm at 30 %, 900 rpm at 60 %"),
        Trial(device="heater", result="failed", figure="+0.0 °C in 60 s", reason="no heat"),
    ],
)
COMPARED = CalibrationsMessage(
    worker="bench-1", calibrations=[PUMP], sessions=[SESSION], self_tests=[TESTED]
)
