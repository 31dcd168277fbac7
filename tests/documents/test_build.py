"""What a profile's text means, as values."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.documents.check import check_text
from orchestrator.documents.schema import read_schema
from orchestrator.model.event import Payload
from orchestrator.model.expression import (
    And,
    Binary,
    Call,
    Compare,
    Const,
    Input,
    Member,
    Or,
    Signal,
    Unary,
    Variable,
)
from orchestrator.model.profile import (
    AskStep,
    At,
    Axis,
    CallStep,
    ChooseStep,
    CirculateStep,
    Cron,
    CronStart,
    EndStep,
    EventStart,
    Every,
    EveryStart,
    FormulaShape,
    GoToStep,
    IfStep,
    JobUse,
    Late,
    MessageStep,
    Move,
    Operation,
    ParallelStep,
    PauseStep,
    PhaseTimeout,
    Profile,
    Ramp,
    RepeatStep,
    SampleStep,
    Series,
    SetStep,
    SineShape,
    Source,
    StartStep,
    Step,
    StopStep,
    TableShape,
    VolumeStep,
    WaitStep,
    WaitUntilStep,
    When,
    WhenStart,
)
from orchestrator.model.text import Text

SAMPLE = Path(__file__).with_name("everything.yaml")


@pytest.fixture(scope="module")
def profile() -> Profile:
    checked = check_text(SAMPLE.read_bytes(), "everything.yaml")
    assert [(each.line, each.message) for each in checked.diagnostics] == []
    assert checked.profile is not None
    return checked.profile


def steps(profile: Profile, op: Operation) -> list[Step]:
    return [step for step in profile.phases[0].do if step.op == op]


def test_every_operation_of_the_schema_is_in_the_sample(profile: Profile) -> None:
    offered = set(read_schema("profile/1")["$defs"]["step"]["x-one-of"])
    seen = {step.op for phase in profile.phases for step in phase.do}
    seen |= {step.op for rule in profile.rules for step in rule.do}
    (branch,) = [step.args for step in steps(profile, "if")]
    assert isinstance(branch, IfStep)
    seen |= {step.op for step in (*branch.then, *branch.otherwise)}
    assert {name.replace("then", "if") for name in offered} == seen


def test_settings_are_in_canonical_units_by_full_name(profile: Profile) -> None:
    (step,) = steps(profile, "set")
    assert step.args == SetStep(
        settings={
            "temperature.target": Const(32.0),
            "stirring.target": Binary("+", Const(400.0), Const(100.0)),
        }
    )


def test_jobs_start_with_settings_or_without_and_stop(profile: Profile) -> None:
    first, second = (step.args for step in steps(profile, "start"))
    assert isinstance(first, StartStep)
    assert isinstance(second, StartStep)
    assert (first.job.job, first.job.automation) == ("dosing", "chemostat")
    assert first.job.settings == {"dilution_rate": Const(0.4)}
    assert (second.job.job, second.job.automation) == ("dosing", None)
    assert steps(profile, "stop")[0].args == StopStep(job="dosing")


def test_doses_have_a_volume_and_a_medium(profile: Profile) -> None:
    plain, full = steps(profile, "dose")
    assert plain.args == VolumeStep(volume_ml=Const(0.5), medium="feed")
    assert full.args == VolumeStep(volume_ml=Const(0.1), medium="inhibitor")
    assert steps(profile, "dilute")[0].args == VolumeStep(
        volume_ml=Binary("*", Const(0.1), Signal("volume"))
    )


def test_a_step_carries_name_timeout_late_if_and_vessels(profile: Profile) -> None:
    step = steps(profile, "dose")[1]
    assert (step.name, step.timeout_s, step.vessels) == ("first inhibitor", Const(120.0), ("a",))
    assert step.late == Late(within_s=Const(600.0), then="ask")
    assert step.condition == And(
        (
            Compare(Signal("od600"), ((">", Const(0.1)),)),
            Unary("not", Compare(Signal("growth_rate"), (("<", Const(0.0)),))),
        )
    )
    assert (step.source.line, step.source.column) == (60, 9)


def test_texts_are_literals_and_trees(profile: Profile) -> None:
    assert steps(profile, "sample")[0].args == SampleStep(
        volume_ml=Const(1.0), label=Text(("Tube of ", Signal("vessel")))
    )
    assert steps(profile, "log")[0].args == MessageStep(text=Text.literal("Plain"))
    assert steps(profile, "note")[0].args == MessageStep(
        text=Text((Input("sugar"), " at ", Call("round", (Signal("od600"), Const(2.0)))))
    )
    assert steps(profile, "alert")[0].args == MessageStep(
        text=Text.literal("Look"), severity="critical"
    )
    assert steps(profile, "ask")[0].args == AskStep(question=Text.literal("Ready?"))


def test_a_question_has_a_type_or_choices_and_says_what_no_answer_means(profile: Profile) -> None:
    _, dense, go = (each.args for each in steps(profile, "ask"))
    assert dense == AskStep(
        question=Text.literal("How dense?"),
        answer_type="od",
        variable="dense",
        default=Const(0.4),
        then="hold",
    )
    assert go == AskStep(
        question=Text.literal("Go on?"), answer_type="choice", choices=("go", "stay")
    )


def test_a_loop_goes_through_values_of_a_type(profile: Profile) -> None:
    loop = steps(profile, "repeat")[3].args
    assert isinstance(loop, RepeatStep)
    assert (loop.loop, loop.variable) == ("for_each", "target")
    assert loop.values == (Const(30.0), Binary("+", Const(30.0), Input("density")))
    assert loop.do[0].args == SetStep(settings={"temperature.target": Variable("vars.target")})


def test_a_call_gives_every_variable_of_its_sequence_a_value(profile: Profile) -> None:
    (step,) = steps(profile, "call")
    wash = profile.sequences["wash"]
    assert step.args == CallStep(
        sequence="wash",
        variables={"volume": Const(1.0), "times": Const(2.0)},
        do=wash.do,
    )
    assert (step.name, step.timeout_s, step.vessels) == ("first wash", Const(3600.0), ("a",))
    assert (wash.description, list(wash.variables)) == (
        "Replace medium several times.",
        ["volume", "times"],
    )


def test_waiting(profile: Profile) -> None:
    assert steps(profile, "wait")[0].args == WaitStep(duration_s=Input("soak"))
    first, second = (step.args for step in steps(profile, "wait_until"))
    warm = Compare(Signal("temperature.measured"), ((">=", Const(31.5)),))
    assert first == WaitUntilStep(until=When(when=warm, for_s=Const(60.0)))
    other = Compare(Signal("od600", "b"), (("<", Const(1.0)),))
    late = Compare(Signal("phase_time"), ((">", Call("hours", (Const(2.0),))),))
    assert second == WaitUntilStep(until=When(when=Or((other, late))))


def test_repeat_and_if_hold_steps(profile: Profile) -> None:
    repeat, asking, trying, _ = (each.args for each in steps(profile, "repeat"))
    assert isinstance(repeat, RepeatStep)
    assert (repeat.count, [step.op for step in repeat.do]) == (Const(3.0), ["wait"])
    assert isinstance(asking, RepeatStep)
    thin = Compare(Signal("od600"), (("<", Const(0.1)),))
    assert (asking.loop, asking.condition, asking.max) == ("while", thin, 20)
    assert isinstance(trying, RepeatStep)
    dense = Compare(Signal("od600"), ((">", Const(0.1)),))
    assert (trying.loop, trying.condition, trying.max) == ("until", dense, 10_000)
    branch = steps(profile, "if")[0]
    assert isinstance(branch.args, IfStep)
    assert branch.condition is None
    assert branch.args.condition == And(
        (Input("careful"), Member(Signal("phase"), ("prepare", "hold")))
    )
    assert [step.args for step in branch.args.then] == [
        PauseStep(all_vessels=True),
        PauseStep(all_vessels=False),
    ]
    assert [step.args for step in branch.args.otherwise] == [GoToStep(phase="hold")]


def test_choices_are_made_in_their_order_and_lists_run_side_by_side(profile: Profile) -> None:
    (choose,) = (each.args for each in steps(profile, "choose"))
    assert isinstance(choose, ChooseStep)
    below = [Compare(Signal("od600"), (("<", Const(bound)),)) for bound in (0.2, 0.4)]
    assert [each.condition for each in choose.choices] == below
    assert [[step.op for step in each.then] for each in choose.choices] == [["log"], ["log"]]
    assert [step.args for step in choose.otherwise] == [MessageStep(text=Text.literal("Dense"))]
    (beside,) = steps(profile, "parallel")
    assert isinstance(beside.args, ParallelStep)
    assert [[step.op for step in each] for each in beside.args.branches] == [["wait"], ["log"]]
    assert beside.vessels == ("b",)


def test_to_circulate_takes_a_while_and_a_medium(profile: Profile) -> None:
    plain, full = (each.args for each in steps(profile, "circulate"))
    assert plain == CirculateStep(duration_s=Const(120.0), medium="feed")
    assert full == CirculateStep(duration_s=Input("soak"), medium="inhibitor")


def test_schedule_items_of_each_kind(profile: Profile) -> None:
    at, every, cron, ramp = profile.phases[1].schedule[:4]
    assert isinstance(at, At)
    assert (at.name, at.at_s, at.late) == (
        "once",
        Const(21_600.0),
        Late(within_s=Const(3600.0), then="run"),
    )
    assert at.condition == Compare(Signal("od600"), ((">", Const(0.2)),))
    assert isinstance(every, Every)
    assert (every.every_s, every.from_s, every.until_s, every.count) == (
        Const(14_400.0),
        Const(0.0),
        Const(172_800.0),
        Const(9.0),
    )
    assert every.vessels == ("a", "b")
    assert isinstance(cron, Cron)
    assert (cron.cron, cron.timezone) == (Const("0 9 * * mon-fri"), "America/New_York")
    assert isinstance(ramp, Ramp)
    assert (ramp.name, ramp.setting, ramp.from_, ramp.over_s, ramp.at_s) == (
        None,
        "temperature.target",
        Const(30.0),
        Const(432_000.0),
        Const(86_400.0),
    )


def test_settings_move_along_shapes_of_each_kind(profile: Profile) -> None:
    day, stairs, wave, formula = profile.phases[1].schedule[4:]
    assert isinstance(day, Move) and isinstance(day.shape, TableShape)
    assert (day.setting, day.shape.by_day, day.shape.timezone) == (
        "stirring.target",
        True,
        "Europe/Berlin",
    )
    assert [point.time_s for point in day.shape.points] == [Const(21_600.0), Const(79_200.0)]
    assert day.shape.interpolation == "smooth"
    assert isinstance(stairs, Move) and isinstance(stairs.shape, TableShape)
    assert [point.time_s for point in stairs.shape.points] == [Const(0.0), Const(7200.0)]
    assert (stairs.shape.length_s, stairs.shape.repeat) == (Const(12_600.0), True)
    assert isinstance(wave, Move) and wave.shape == SineShape(
        mean=Const(1.0), amplitude=Const(0.4), period_s=Const(43_200.0), phase_s=Const(3600.0)
    )
    assert isinstance(formula, Move) and isinstance(formula.shape, FormulaShape)
    assert formula.at_s == Const(518_400.0)


def test_phases_end_in_every_way(profile: Profile) -> None:
    hold = profile.phases[1]
    assert hold.duration_s == Const(864_000.0)
    assert hold.timeout == PhaseTimeout(after_s=Const(950_400.0), then="next")
    assert hold.until is not None
    assert hold.until.for_s == Const(10.0)
    (finish,) = profile.phases[-1].do
    assert finish.args == EndStep(reason=Text(("Done with ", Signal("vessel"))))


def test_phases_stand_in_loops_and_say_how_they_are_entered_held_and_left(
    profile: Profile,
) -> None:
    warm, cool = profile.phases[2:4]
    inner, outer = profile.loops
    assert [(each.name, each.first, each.last) for each in profile.loops] == [
        (None, 3, 3),
        ("shock", 2, 3),
    ]
    assert (inner.count, outer.count) == (Const(2.0), Const(3.0))
    assert outer.until == Compare(Signal("od600"), ((">", Const(3.0)),))
    assert warm.together is not None
    assert warm.together.timeout == PhaseTimeout(after_s=Const(7200.0), then="enter")
    assert warm.hold is not None
    assert (warm.hold.while_.for_s, warm.hold.max_s) == (Const(60.0), Const(3600.0))
    assert [len(steps) for steps in (warm.on_enter, warm.on_leave)] == [1, 1]
    assert (cool.vessels, cool.on_leave_s) == (("a",), Const(60.0))
    assert [rule.name for rule in cool.rules] == ["too cold"]


def test_jobs_and_vessels_say_what_they_do_when_something_fails(profile: Profile) -> None:
    stirring = profile.jobs[0]
    assert (stirring.on_pause, stirring.power_on) == ("stop", "resume")
    assert (profile.power_on, profile.on_vessel_failure) == ("off", "stop_all")


def test_rules(profile: Profile) -> None:
    dense, hot, *_ = profile.rules
    assert (dense.name, dense.mode, dense.max, dense.while_paused) == ("dense", "queued", 3, True)
    assert dense.vessels == ("a",)
    (start,) = dense.starts
    assert isinstance(start, WhenStart) and start.when.for_s == Const(300.0)
    (start,) = hot.starts
    assert isinstance(start, WhenStart) and start.when.for_s == Const(30.0)
    assert (hot.name, hot.mode) == (None, "single")
    assert hot.do[0].args == EndStep()


def test_vessels_override_inputs_jobs_and_limits(profile: Profile) -> None:
    a, b = profile.vessels.values()
    assert (a.worker, a.inputs) == ("axenic-1/r1", {"density": 1.2})
    assert b.jobs == (
        JobUse(
            job="temperature",
            settings={"target": Const(31.0)},
            source=Source(file="everything.yaml", line=24, column=12),
        ),
    )
    assert b.limits == {"temperature.maximum": Const(40.0)}
    assert profile.jobs[0].at_end == "keep"
    assert profile.jobs[2].settings == {}
    assert [medium.shared for medium in profile.media.values()] == [False, False, True, False]


def test_charts_know_their_units_and_axes(profile: Profile) -> None:
    named, inline, packaged = profile.charts
    assert packaged.name == "growth"
    assert named.name == "dosing"
    assert [series.unit for series in named.series] == ["mL", "1/h"]
    assert inline.window_s == 172_800.0
    assert inline.left == Axis(label="OD", minimum=0.0)
    assert inline.right == Axis(label="Specific growth rate", unit="1/h")
    assert inline.series == (
        Series(signal="od600", vessel="a", label="A"),
        Series(signal="growth_rate", label="Specific growth rate", unit="1/h", axis="right"),
        Series(signal="stirring.measured", label="Measured stirring speed", unit="rpm"),
    )


def test_rules_have_starts_of_every_kind(profile: Profile) -> None:
    rules = {rule.name: rule for rule in profile.rules}
    (again,) = rules["still hot"].starts
    assert isinstance(again, WhenStart) and again.again_s == Const(600.0)
    (cron,) = rules["in the morning"].starts
    assert isinstance(cron, CronStart)
    assert (cron.cron, cron.timezone) == (Const("0 8 * * *"), "Europe/London")
    assert rules["in the morning"].late == Late(within_s=Const(7200.0), then="ask")
    (every,) = rules["now and then"].starts
    assert isinstance(every, EveryStart)
    assert (every.every_s, every.from_s, every.count) == (Const(21600.0), Const(3600.0), Const(5.0))
    (entered,) = rules["into hold"].starts
    assert isinstance(entered, EventStart)
    assert (entered.event, entered.name, entered.for_s) == ("phase_entered", "hold", Const(60.0))


def test_a_rule_may_have_several_starts(profile: Profile) -> None:
    found = next(rule for rule in profile.rules if rule.name == "whatever happens").starts
    events = [(each.event, each.name, each.state) for each in found if isinstance(each, EventStart)]
    assert events[:6] == [
        ("power_returned", "", ""),
        ("phase_left", "prepare", ""),
        ("job", "dosing", "failed"),
        ("device", "thermometer", "fault"),
        ("dose", "inhibitor", "done"),
        ("answer", "ready", ""),
    ]
    assert events[6:] == [
        ("button", "rinse", ""),
        ("topic", "lab/door", ""),
        ("webhook", "door", ""),
    ]
    topic = next(each for each in found if isinstance(each, EventStart) and each.event == "topic")
    assert topic.payload == Payload(type="boolean", path="door.open", equals=True, retained=True)
    assert {type(each) for each in found} == {EventStart, WhenStart, EveryStart, CronStart}
    assert [each.cron for each in found if isinstance(each, CronStart)] == [Input("sampling")]
